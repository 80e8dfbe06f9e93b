// Colours as people see them: CIE Lab, and pictures in it.
#pragma once

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "core/scenes/vocabulary.h"
#include "core/types/picture.h"

namespace plumbline::scenes {

using Lab = cv::Vec3f;  // lightness 0 to 100, a, b

Lab toLab(Rgb colour);
cv::Mat3f toLab(const Picture& picture);

// Reads beyond the picture's edge give the edge.
inline const Lab& labAt(const cv::Mat3f& picture, int x, int y) {
  return picture(std::clamp(y, 0, picture.rows - 1), std::clamp(x, 0, picture.cols - 1));
}

inline float labDistance(const Lab& a, const Lab& b) {
  const float l = a[0] - b[0], u = a[1] - b[1], v = a[2] - b[2];
  return std::sqrt(l * l + u * u + v * v);
}

// To the nearest blend of two colours.
inline float distanceToSegment(const Lab& p, const Lab& a, const Lab& b) {
  const Lab d = b - a;
  const float length = d.dot(d);
  const float t = length > 0 ? std::clamp((p - a).dot(d) / length, 0.0F, 1.0F) : 0.0F;
  return labDistance(p, a + t * d);
}

// The picture's own bytes, not a copy.
cv::Mat viewOf(const Picture& picture);

// The palette in Lab, in the order of Colour.
const std::array<Lab, kColours>& labPalette();

struct NearestColour {
  Colour colour = Colour::kRed;
  float distance = 0;
};
NearestColour nearestColour(const Lab& lab);

}  // namespace plumbline::scenes
