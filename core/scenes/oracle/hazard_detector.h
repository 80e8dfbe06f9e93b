// Finds warning triangles: amber inside, black border on all three sides, black exclamation mark.
#pragma once

#include <vector>

#include "core/scenes/oracle/lab.h"
#include "core/scenes/scene.h"

namespace plumbline::scenes {

struct HazardFind {
  Hazard hazard;
  double score = 0;  // 1 for a perfect emblem
};

inline constexpr double kHazardThreshold = 0.62, kHazardThresholdOnBlack = 0.76;

// At most three, best first, none below its threshold; bestScore gets the best score also below it.
std::vector<HazardFind> findHazards(const cv::Mat3f& lab, double& bestScore);

}  // namespace plumbline::scenes
