// Where a glitch patch of a kind would lie, if a cluster of strange pixels were one: the rectangle whose rows
// go on as they start (a smear), or that shows what stands some pixels beside it (a displaced block).
#pragma once

#include "core/scenes/oracle/explanation.h"

namespace plumbline::scenes {

inline constexpr int kLeastPatchSide = 12, kLargestPatchSide = 31;  // with a pixel or two of blur

struct PatchExplanation {
  double gain = 0;  // strange pixels that the patch explains, less ordinary and half the strange ones that it
                    // contradicts
  cv::Rect patch;
};

// Over a picture of 128 a side, which outlives it.
class PatchSearch {
 public:
  PatchSearch(const cv::Mat3f& lab, const Explanation& explanation) : lab_(lab), explanation_(explanation) {}

  // In and around the box; the box with no gain where nothing is explained.
  PatchExplanation smear(const cv::Rect& box) const;
  PatchExplanation shift(const cv::Rect& box) const;

 private:
  template <class Distance>
  cv::Mat1f gains(const cv::Rect& area, float same, Distance distance) const;

  const cv::Mat3f& lab_;
  const Explanation& explanation_;
};

}  // namespace plumbline::scenes
