// Trains the region nets on painted pictures: each net without one fold of prompts, which it is measured on,
// over shifted, mirrored and recoloured copies. The length is fixed: a few held-out pictures are too noisy to
// stop on. Deterministic in its arguments.
#pragma once

#include <functional>

#include "core/reward/observation_table.h"
#include "core/reward/region_net.h"

namespace plumbline::reward {

struct RegionResult {
  std::vector<RegionNet> nets;          // empty if nothing was painted
  std::vector<std::string> categories;  // that were painted at all
  nlohmann::json report;  // {"pictures", "categories", "epochs", "heldout_iou": {category: overlap of cells}}
};

RegionResult trainRegions(const FeatureExtractor& features, const ObservationTable& table,
                          const std::function<Picture(const std::string&)>& load, const RewardConfig& config,
                          ProgressSink& progress, const std::stop_token& stop);

// 1 H W mask of {0, 1} to g g shares of painted cells, its edge drawn in by `overpaint` pixels.
at::Tensor cellShares(const at::Tensor& mask, int64_t grid, double overpaint);

}  // namespace plumbline::reward
