#include "core/scenes/oracle/patch_search.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace plumbline::scenes {
namespace {

constexpr float kExplained = 8;  // deviation below which a pixel is as it should be
constexpr float kSameColour = 16, kSameRow = 12, kOther = 22;  // Lab distances
constexpr int kRoom = 20;                                      // pixels a side that are searched at least

bool canShift(int dx, int dy) {
  const int square = dx * dx + dy * dy;
  return square >= 29 && square <= 160;
}

cv::Rect roomFor(const cv::Rect& box, const cv::Size& picture) {
  cv::Rect area(box.x - 4, box.y - 4, box.width + 8, box.height + 8);
  if (area.width < kRoom) area.x -= (kRoom - area.width) / 2, area.width = kRoom;
  if (area.height < kRoom) area.y -= (kRoom - area.height) / 2, area.height = kRoom;
  return area & cv::Rect({0, 0}, picture);
}

// known, or the rectangle within the area that gains more. lefts: how many columns it may start at.
PatchExplanation better(const PatchExplanation& known, const cv::Rect& area, const cv::Mat1f& gain,
                        int lefts) {
  if (cv::sum(cv::max(gain, 0))[0] <= known.gain) return known;
  cv::Mat1d sums;
  cv::integral(gain, sums);
  PatchExplanation best = known;
  const auto least = kLeastPatchSide, largest = kLargestPatchSide;
  for (int left = 0; left < std::min(lefts, area.width - least + 1); ++left) {
    for (int right = left + least; right <= std::min(area.width, left + largest); ++right) {
      for (int top = 0; top + least <= area.height; ++top) {
        for (int bottom = top + least; bottom <= std::min(area.height, top + largest); ++bottom) {
          const double sum = sums(bottom, right) - sums(top, right) - sums(bottom, left) + sums(top, left);
          if (sum > best.gain)
            best = {sum, cv::Rect(area.x + left, area.y + top, right - left, bottom - top)};
        }
      }
    }
  }
  return best;
}

}  // namespace

// distance(x, y) of a pixel to what the patch would show there.
template <class Distance>
cv::Mat1f PatchSearch::gains(const cv::Rect& area, float same, Distance distance) const {
  cv::Mat1f gain(area.size(), 0.0F);
  for (int y = 0; y < area.height; ++y) {
    for (int x = 0; x < area.width; ++x) {
      const float deviation = explanation_.deviation(area.y + y, area.x + x);
      if (deviation <= kStrange && deviation >= kExplained) continue;
      const float off = distance(area.x + x, area.y + y);
      if (deviation > kStrange) gain(y, x) = off < same ? 1.0F : off > kOther ? -0.5F : 0.0F;
      if (deviation < kExplained && off > kOther) gain(y, x) = -1;
    }
  }
  return gain;
}

// Rectangles whose rows all show what stands at their left edge.
PatchExplanation PatchSearch::smear(const cv::Rect& box) const {
  const cv::Rect area = roomFor(box, lab_.size());
  PatchExplanation best{0, box};
  for (int left = area.x; left + kLeastPatchSide <= area.br().x; ++left) {
    const cv::Rect strip(left, area.y, std::min(area.br().x - left, kLargestPatchSide), area.height);
    const cv::Mat1f gain =
        gains(strip, kSameRow, [&](int x, int y) { return labDistance(lab_(y, x), lab_(y, left)); });
    best = better(best, strip, gain, 1);
  }
  return best;
}

// Rectangles that show the picture as it is expected some pixels further on.
PatchExplanation PatchSearch::shift(const cv::Rect& box) const {
  const cv::Rect area = roomFor(box, lab_.size());
  PatchExplanation best{0, box};
  for (int dy = -12; dy <= 12; ++dy) {
    for (int dx = -12; dx <= 12; ++dx) {
      if (!canShift(dx, dy)) continue;
      const cv::Mat1f gain = gains(area, kSameColour, [&](int x, int y) {
        return labDistance(lab_(y, x), labAt(explanation_.expected, x - dx, y - dy));
      });
      best = better(best, area, gain, area.width);
    }
  }
  return best;
}

}  // namespace plumbline::scenes
