// What the Align page shows: the runs with their jobs, what a method could learn from, and of one run its
// curves and pictures. Read on the database thread, in one piece each.
#pragma once

#include <QImage>
#include <QMap>
#include <QString>
#include <QVector>
#include <optional>
#include <vector>

#include "core/types/picture.h"
#include "db/stores/job_store.h"
#include "db/stores/reward_model_store.h"
#include "db/stores/run_store.h"

namespace plumbline {

class Project;

// A fine-tune from its request on: first only a job, then a run too (an imported run has no job).
struct AlignEntry {
  std::optional<JobRow> job;
  std::optional<RunRow> run;

  qint64 jobId() const { return job ? job->id : 0; }
  qint64 runId() const { return run ? run->id : 0; }
  JobState state() const { return job ? job->state : run->state; }
  QString method() const;
  nlohmann::json settings() const;  // of the method, as far as they were said
  std::int64_t createdMs() const { return job ? job->createdMs : run->createdMs; }
};

struct AlignFacts {
  std::vector<AlignEntry> entries;           // newest first
  std::vector<RewardModelRow> rewardModels;  // newest first
  std::int64_t prompts = 0, heldOutPrompts = 0, pairs = 0, binaries = 0, masks = 0;
  std::vector<std::int64_t> evaluating;  // runs with an evaluation in the queue or under way
  QString modelMissing;                  // the folder that should hold the generator and does not

  static AlignFacts read(Project& project);
  const AlignEntry* find(qint64 job, qint64 run) const;
  bool hasRegionHead(std::int64_t rewardModel) const;  // 0: the newest
};

// Why a method cannot start, and where to go for it.
struct MethodNeed {
  QString text;
  bool met = false;
  QString page, button;  // empty when met or when no page helps
  bool operator==(const MethodNeed&) const = default;
};
// need: a name of the descriptor's extra.needs.
MethodNeed checkNeed(const std::string& need, const AlignFacts& facts, std::int64_t rewardModel);
// Why a finished run cannot be evaluated now; empty if it can.
QString evaluationProblem(const AlignFacts& facts, std::int64_t run);

struct Curve {
  QVector<double> steps, values;
  bool operator==(const Curve&) const = default;
};

// Pictures drawn from the same noise: before, after, and where something may change.
struct SamplePair {
  QImage base, tuned;
  Mask mask;  // empty if not known
  QString prompt;
};

struct RunDetail {
  QMap<QString, Curve> curves;
  QVector<int> strips;     // steps at which pictures were drawn
  bool hasJudged = false;  // an evaluation left pictures of held-out prompts
  static RunDetail read(Project& project, std::int64_t run);
};

// The pictures of one step of one run.
struct SampleSet {
  int step = 0;
  QString stamp;  // changes when the files do
  std::vector<SamplePair> pairs;
};
// step < 0: the pictures of the evaluation, at most `most` of them. Nothing if they are those of the stamp
// `known`: decoding them again would be for nothing.
std::optional<SampleSet> readSamples(Project& project, std::int64_t run, int step, int most,
                                     const QString& known = {});

// Mean absolute change per channel, of 255; over the pixels outside the mask if there is one.
double meanChange(const SamplePair& pair);

}  // namespace plumbline
