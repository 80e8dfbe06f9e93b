#include "ui/models/queue_keeper.h"

#include "db/project.h"
#include "ui/data_hub.h"
#include "ui/models/db_thread.h"

namespace plumbline {
namespace {

constexpr const char* kJobKind = "generate";

QueueKeeper::State readState(Project& project) {
  QueueKeeper::State state;
  state.pictures = project.images().count();
  state.prompts = project.prompts().count();
  for (const JobRow& job : project.jobs().list()) {
    if (job.kind != kJobKind) continue;
    const bool live =
        job.state == JobState::kQueued || job.state == JobState::kRunning || job.state == JobState::kWaiting;
    if (live) {
      state.generating = true;
      state.phase = QString::fromStdString(job.progress.phase);
      state.done = job.progress.done;
      state.total = job.progress.total;
      return state;
    }
    if (state.error.isEmpty() && !state.stopped && job.state != JobState::kSucceeded) {
      state.stopped = true;
      state.error = QString::fromStdString(job.error);
    }
    break;  // newest first: older ones no longer matter
  }
  return state;
}

}  // namespace

QueueKeeper::QueueKeeper(StudioContext& context, QObject* parent) : QObject(parent), context_(context) {
  connect(context.hub, &DataHub::jobsChanged, this, &QueueKeeper::refresh);
}

void QueueKeeper::refresh() {
  context_.database->run(this, readState, [this](State state) {
    state_ = std::move(state);
    Q_EMIT changed();
  });
}

void QueueKeeper::generate() {
  const std::string title = tr("New questions").toStdString();
  context_.database->run(
      this,
      [title](Project& p) {
        State state = readState(p);
        if (state.generating) return state;
        JobRow job;
        job.kind = kJobKind;
        job.title = title;
        job.spec = {{"queries", kQueriesPerJob}};
        job.priority = JobPriority::kQueries;
        p.jobs().enqueue(job);
        return readState(p);
      },
      [this](State state) {
        state_ = std::move(state);
        Q_EMIT changed();
        Q_EMIT context_.hub->jobsChanged();
      });
}

}  // namespace plumbline
