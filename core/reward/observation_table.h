// Observations brought into one order with their pictures, so that training depends on what was answered and
// not on the order in which it is handed over; and the folds by prompt that hold answers out. Plain data.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/reward/reward_head.h"
#include "core/reward/reward_model.h"
#include "core/types/picture.h"

namespace plumbline::reward {

struct ComparisonRow {
  std::int64_t winner = 0, loser = 0;
  bool tie = false;
  double strength = 1;
};

struct LevelRow {
  std::int64_t picture = 0;
  double value = 0;
};

// Everything painted on one picture.
struct PaintedPicture {
  std::int64_t picture = 0;
  std::map<std::string, std::vector<Mask>> masks;  // by category; empty: nothing wrong
};

struct ObservationTable {
  std::vector<LabelledPicture> pictures;  // sorted by name, each once
  std::vector<int> folds;                 // of each picture, by its prompt
  std::vector<ComparisonRow> comparisons;
  std::map<std::string, std::vector<LevelRow>> levels;  // by criterion
  std::vector<PaintedPicture> painted;
};

// Throws Error(kInvalidInput) if an observation names a picture that is not in the set.
ObservationTable observationTable(const TrainingSet& data, int folds, std::uint64_t seed);

// Comparisons and levels of a criterion outside (or, held out, inside) a fold. weights: one factor per
// comparison, then one per level, of the whole table; empty for ones. fold -1: everything is outside.
reward_head::ComparisonTargets comparisonTargets(const ObservationTable& table, int fold, bool heldOut,
                                                 const std::vector<double>& weights = {});
reward_head::LevelTargets levelTargets(const ObservationTable& table, const std::string& criterion, int fold,
                                       bool heldOut, const std::vector<double>& weights = {});

// Of pairs that were decided more than once: how often two answers agree; none without such pairs.
std::optional<double> repeatAgreement(const ObservationTable& table);

}  // namespace plumbline::reward
