// Everything the oracle works out about one picture, from which its readings follow.
#pragma once

#include <vector>

#include "core/scenes/oracle/explanation.h"

namespace plumbline::scenes {

struct Analysis {
  cv::Mat3f lab;
  Backdrop backdrop;
  std::vector<FoundObject> objects;
  std::vector<HazardFind> hazards;
  double hazardScore = 0;
  std::vector<cv::Rect> glitches;
  Explanation explanation;
};

// Pictures of 128 pixels a side. The first look takes everything for objects and emblems; the whole analysis
// then looks for glitches and once more at the objects without what the glitches cover, and keeps what leaves
// less unexplained beside them.
Analysis firstLook(const Picture& picture);
Analysis analyse(const Picture& picture);

// What emblems cover, each side moved out by the margin in pixels.
cv::Mat1b emblemArea(const std::vector<HazardFind>& hazards, double margin);

}  // namespace plumbline::scenes
