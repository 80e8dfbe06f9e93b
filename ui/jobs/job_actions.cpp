#include "ui/jobs/job_actions.h"

#include "db/project.h"
#include "ui/data_hub.h"
#include "ui/jobs/host_client.h"
#include "ui/models/db_thread.h"

namespace plumbline {
namespace {

constexpr std::int64_t kMuchWorkMs = 10 * 60 * 1000;

}  // namespace

JobActions::JobActions(StudioContext& context, QObject* parent) : QObject(parent), context_(context) {}

bool JobActions::mayPause(const JobRow& job) {
  if (job.cancelRequested || job.pauseRequested) return false;
  return job.state == JobState::kRunning || job.state == JobState::kQueued;
}

bool JobActions::mayResume(const JobRow& job) {
  return job.state == JobState::kPaused || job.state == JobState::kInterrupted ||
         job.state == JobState::kWaiting;
}

bool JobActions::mayRetry(const JobRow& job) {
  return job.state == JobState::kFailed || job.state == JobState::kCancelled;
}

bool JobActions::mayCancel(const JobRow& job) {
  return !jobStateIsFinal(job.state) && !job.cancelRequested;
}

bool JobActions::mayFinish(const JobRow& job, bool atHost) {
  return atHost && job.kind == "align" && job.state == JobState::kRunning && !job.cancelRequested;
}

bool JobActions::worthAsking(const JobRow& job, std::int64_t workedMs) {
  return mayCancel(job) && workedMs >= kMuchWorkMs;
}

bool JobActions::hostReady() const {
  return context_.host && context_.host->isReady();
}

void JobActions::change(void (JobStore::*request)(std::int64_t), std::int64_t job,
                        std::function<void()> then) {
  context_.database->run(
      this, [request, job](Project& p) { (p.jobs().*request)(job); },
      [this, then = std::move(then)] {
        if (then) then();
        Q_EMIT context_.hub->jobsChanged();
      },
      [this](const Error& e) {
        // The row went on meanwhile: say so, and show what it is now.
        Q_EMIT context_.hub->failure(QString::fromStdString(e.message()));
        Q_EMIT context_.hub->jobsChanged();
      });
}

void JobActions::pause(std::int64_t job) {
  change(&JobStore::requestPause, job, [this, job] {
    if (hostReady()) context_.host->pause(job);
  });
}

void JobActions::cancel(std::int64_t job) {
  // The host too, or it would take a row of its queue for one to be tried again.
  change(&JobStore::requestCancel, job, [this, job] {
    if (hostReady()) context_.host->cancel(job);
  });
}

void JobActions::resume(std::int64_t job) {
  // Queued again; whoever watches the rows hands it to the host.
  change(&JobStore::resume, job, [this, job] {
    if (!hostReady())
      Q_EMIT context_.hub->message(tr("Job %1 starts as soon as the device host runs.").arg(job));
  });
}

void JobActions::finish(std::int64_t job) {
  if (!hostReady()) return;
  context_.host->finish(job);
  Q_EMIT context_.hub->message(tr("Job %1 ends after this step and saves what it has learned.").arg(job));
}

}  // namespace plumbline
