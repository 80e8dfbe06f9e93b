#include "ui/models/reward_overview.h"

#include <algorithm>
#include <utility>

#include "db/project.h"
#include "ui/data_hub.h"
#include "ui/jobs/host_client.h"
#include "ui/models/db_thread.h"

namespace plumbline {
namespace {

constexpr const char* kJobKind = "reward_train";

std::optional<JobRow> latestTraining(Project& project) {
  for (JobRow& job : project.jobs().list()) {  // newest first
    if (job.kind == kJobKind) return std::move(job);
  }
  return {};
}

// Not the difference of the ids: taking back and correcting an answer writes rows too.
std::int64_t freshAnswers(Project& project, std::int64_t upToAnswer) {
  if (project.answers().latestId() <= upToAnswer) return 0;
  const std::vector<AnswerRow> answers = project.answers().listCurrent();
  return std::count_if(answers.begin(), answers.end(), [upToAnswer](const AnswerRow& answer) {
    return answer.id > upToAnswer && answer.observations > 0;
  });
}

bool isLive(const std::optional<JobRow>& job) {
  return job && (job->state == JobState::kQueued || job->state == JobState::kRunning ||
                 job->state == JobState::kWaiting);
}

RewardFacts readFacts(Project& project) {
  RewardFacts facts;
  const AnswerCounts counts = project.answers().counts();
  for (const auto& [type, count] : counts.byType) {
    (type == "pair"     ? facts.pairs
     : type == "binary" ? facts.binaries
     : type == "mask"   ? facts.masks
                        : facts.others) += count;
  }
  facts.skipped = counts.skipped;
  ObservationFilter heldOut;
  heldOut.split = "held_out";
  facts.heldOut = project.observations().count(heldOut);
  facts.models = project.rewardModels().list();
  if (!facts.models.empty()) facts.fresh = freshAnswers(project, facts.models.front().upToAnswer);
  facts.job = latestTraining(project);
  if (isLive(facts.job) && facts.job->run) facts.metrics = project.runs().metrics(*facts.job->run);
  return facts;
}

}  // namespace

bool RewardFacts::training() const {
  return isLive(job);
}

RewardOverview::RewardOverview(StudioContext& context, QObject* parent)
    : QObject(parent), context_(context) {}

void RewardOverview::refresh() {
  if (reading_) {
    again_ = true;
    return;
  }
  reading_ = true;
  context_.database->run(
      this, readFacts,
      [this](RewardFacts facts) {
        reading_ = false;
        loaded_ = true;
        facts_ = std::move(facts);
        Q_EMIT changed();
        if (std::exchange(again_, false)) refresh();
      },
      [this](const Error& e) {
        reading_ = false;
        Q_EMIT context_.hub->failure(QString::fromStdString(e.message()));
      });
}

void RewardOverview::change(std::function<void(Project&)> write) {
  context_.database->run(this, std::move(write), [this] {
    refresh();
    Q_EMIT context_.hub->jobsChanged();
  });
}

void RewardOverview::train(const nlohmann::json& settings) {
  JobRow job;
  job.kind = kJobKind;
  job.title = tr("Reward training").toStdString();
  job.spec = settings;
  job.priority = JobPriority::kScoring;
  change([job](Project& p) {
    if (!isLive(latestTraining(p))) p.jobs().enqueue(job);
  });
}

void RewardOverview::cancel() {
  if (!facts_.training()) return;
  const std::int64_t id = facts_.job->id;
  // The host hears it at once; the row's request reaches whoever else may hold the job.
  if (context_.host && facts_.job->state == JobState::kRunning) context_.host->cancel(id);
  change([id](Project& p) {
    const auto job = p.jobs().find(id);
    if (job && !jobStateIsFinal(job->state)) p.jobs().requestCancel(id);
  });
}

void RewardOverview::resume() {
  if (!facts_.job || facts_.training()) return;
  change([id = facts_.job->id](Project& p) { p.jobs().resume(id); });
}

}  // namespace plumbline
