// Trains the ensemble of one criterion on cached, standardised features: each member without one fold of
// prompts, on which it is measured, and with its own random weights on the answers (Bayesian
// bootstrap). Deterministic in its arguments. Shapes: n pictures, f features.
#pragma once

#include "core/reward/observation_table.h"
#include "core/reward/reward_net.h"

namespace plumbline::reward {

// One answer that a member had not seen.
struct HeldOutAnswer {
  double difference = 0;  // of scores, oriented as answered
  bool tie = false;
};

struct EnsembleResult {
  Members members;
  std::vector<HeldOutAnswer> comparisons;  // of every fold, by the member that left it out
  std::vector<double> levelMargins;        // score less bar, oriented as answered; likewise
  nlohmann::json curve =
      nlohmann::json::array();  // [{"epoch", "train_loss", "heldout_accuracy"}], over all members
  int epochs = 0;               // at which they stopped
};

// Where weights start and how freely they move. Before they move one by one, features of one part, whose
// means are known to be in proportion, are weighed together: a handful of numbers, which some hundred answers
// tell.
struct PriorTerm {
  at::Tensor mean, width;  // f
  at::Tensor part;         // f, int64 below parts; says nothing where mean is 0
  std::int64_t parts = 0;
};

// features n f. criterion "overall" uses the comparisons too.
EnsembleResult trainMembers(const at::Tensor& features, const ObservationTable& table,
                            const std::string& criterion, const PriorTerm& prior, const RewardConfig& config,
                            ProgressSink& progress, const std::stop_token& stop);

}  // namespace plumbline::reward
