// What the Reward page shows, read in one piece on the database thread: the answers a reward would learn
// from, the trained models, the training under way. And the two things the page does: start a training, stop
// it. A training is a job row that the device host works on. UI thread.
#pragma once

#include <QObject>
#include <optional>
#include <vector>

#include "db/stores/job_store.h"
#include "db/stores/reward_model_store.h"
#include "db/stores/run_store.h"
#include "ui/studio_context.h"

namespace plumbline {

struct RewardFacts {
  std::int64_t pairs = 0, binaries = 0, masks = 0, others = 0;  // current answers by query type
  std::int64_t skipped = 0;                                     // of them, without anything to learn
  std::int64_t heldOut = 0;                                     // observations on held-out prompts: not used
  std::int64_t fresh = 0;  // current answers with something to learn that the model in use has not seen
  std::vector<RewardModelRow> models;  // newest first; the newest is in use
  std::optional<JobRow> job;           // the latest training; absent if there was none
  std::vector<MetricRow> metrics;      // of a training under way

  std::int64_t usable() const { return pairs + binaries + masks + others - skipped; }
  bool training() const;  // queued, running or waiting
};

class RewardOverview : public QObject {
  Q_OBJECT

 public:
  // Fewer answers teach next to nothing, and could not be calibrated.
  static constexpr std::int64_t kFewestAnswers = 20;

  explicit RewardOverview(StudioContext& context, QObject* parent = nullptr);

  void refresh();  // changed() follows; several calls in a row read once
  bool isLoaded() const { return loaded_; }
  const RewardFacts& facts() const { return facts_; }

  void train(const nlohmann::json& settings);  // does nothing while one is under way
  void cancel();                               // takes effect within one step
  void resume();                               // a training that was interrupted, paused, cancelled or failed

 Q_SIGNALS:
  void changed();

 private:
  void change(std::function<void(Project&)> write);

  StudioContext& context_;
  RewardFacts facts_;
  bool loaded_ = false, reading_ = false, again_ = false;
};

}  // namespace plumbline
