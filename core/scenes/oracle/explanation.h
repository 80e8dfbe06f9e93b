// The picture as it would be if it held exactly what was found, and where the real one differs from it.
#pragma once

#include <vector>

#include "core/scenes/oracle/backdrop.h"
#include "core/scenes/oracle/hazard_detector.h"
#include "core/scenes/reading.h"

namespace plumbline::scenes {

inline constexpr float kStrange = 20;  // deviation that nothing explains

// Per pixel of a 128 picture.
struct Explanation {
  cv::Mat3f expected;  // Lab
  cv::Mat1f
      deviation;   // in Lab, beyond what blending with the next pixel and the background's texture explain
  cv::Mat1f blur;  // 0 sharp to 1 washed out at the edges of objects, -1 elsewhere
};

Explanation explain(const cv::Mat3f& lab, const Backdrop& backdrop, const std::vector<FoundObject>& objects,
                    const std::vector<HazardFind>& hazards);

// Over the pixels of the region (128 a side; empty for all).
double cleanlinessOf(const Explanation& explanation, const cv::Mat1b& region);

}  // namespace plumbline::scenes
