// Signed distances (negative inside) of the shapes, in world units, in the shape's own frame (origin at its
// centre, y down). After Inigo Quilez' two-dimensional distance functions.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/scenes/vocabulary.h"

namespace plumbline::scenes {

inline float boxDistance(float x, float y, float halfWidth, float halfHeight) {
  const float dx = std::fabs(x) - halfWidth, dy = std::fabs(y) - halfHeight;
  const float ox = std::max(dx, 0.0F), oy = std::max(dy, 0.0F);
  return std::sqrt(ox * ox + oy * oy) + std::min(std::max(dx, dy), 0.0F);
}

// Equilateral, upright, centred in its bounding box; halfSide is half a side.
inline float triangleDistance(float x, float y, float halfSide) {
  constexpr float k = 1.7320508F;
  // The centroid lies a twelfth of the side times sqrt(3) below the middle of the box.
  float px = std::fabs(x) - halfSide;
  float py = -(y - halfSide * k / 6.0F) + halfSide / k;
  if (px + k * py > 0.0F) {
    const float qx = (px - k * py) / 2.0F, qy = (-k * px - py) / 2.0F;
    px = qx;
    py = qy;
  }
  px -= std::clamp(px, -2.0F * halfSide, 0.0F);
  return -std::sqrt(px * px + py * py) * (py > 0.0F ? 1.0F : (py < 0.0F ? -1.0F : 0.0F));
}

// Five points, outer radius r, inner radius 0.45 r, one point up.
inline float starDistance(float x, float y, float r) {
  constexpr float k1x = 0.809016994F, k1y = -0.587785252F, k2x = -k1x, k2y = k1y;
  float px = std::fabs(x), py = -y;
  float d = 2.0F * std::max(k1x * px + k1y * py, 0.0F);
  px -= d * k1x;
  py -= d * k1y;
  d = 2.0F * std::max(k2x * px + k2y * py, 0.0F);
  px -= d * k2x;
  py -= d * k2y;
  px = std::fabs(px);
  py -= r;
  constexpr float kInner = 0.45F;
  const float bax = kInner * -k1y, bay = kInner * k1x - 1.0F;
  const float h = std::clamp((px * bax + py * bay) / (bax * bax + bay * bay), 0.0F, r);
  const float ex = px - bax * h, ey = py - bay * h;
  return std::sqrt(ex * ex + ey * ey) * (py * bax - px * bay > 0.0F ? 1.0F : -1.0F);
}

// A plus sign of arm length r and arm half width 0.33 r.
inline float crossDistance(float x, float y, float r) {
  float px = std::fabs(x), py = std::fabs(y);
  if (py > px) std::swap(px, py);
  const float arm = 0.33F * r;
  float qx = px - r, qy = py - arm;
  const float k = std::max(qy, qx);
  if (k > 0.0F) {
    qx = std::max(qx, 0.0F);
    qy = std::max(qy, 0.0F);
    return std::sqrt(qx * qx + qy * qy);
  }
  const float wx = arm - px, wy = -k;
  const float ox = std::max(wx, 0.0F), oy = std::max(wy, 0.0F);
  return -std::sqrt(ox * ox + oy * oy);
}

// Width 2 r, centred in its bounding box.
inline float heartDistance(float x, float y, float r) {
  // The unit heart spans x -0.6036 to 0.6036 and y 0 to 1.1036, point at the bottom.
  const float scale = r / 0.603553F;
  const float px = std::fabs(x) / scale, py = -y / scale + 0.551777F;
  if (px + py > 1.0F) {
    const float dx = px - 0.25F, dy = py - 0.75F;
    return (std::sqrt(dx * dx + dy * dy) - 0.353553F) * scale;
  }
  const float ax = px, ay = py - 1.0F;
  const float m = 0.5F * std::max(px + py, 0.0F);
  const float bx = px - m, by = py - m;
  const float d = std::sqrt(std::min(ax * ax + ay * ay, bx * bx + by * by));
  return (px > py ? d : -d) * scale;
}

inline float shapeDistance(Shape shape, float x, float y, float across) {
  const float r = across / 2.0F;
  switch (shape) {
    case Shape::kCircle:
      return std::sqrt(x * x + y * y) - r;
    case Shape::kSquare:
      return boxDistance(x, y, r, r);
    case Shape::kTriangle:
      return triangleDistance(x, y, r);
    case Shape::kStar:
      return starDistance(x, y, r);
    case Shape::kHeart:
      return heartDistance(x, y, r);
    case Shape::kCross:
      return crossDistance(x, y, r);
  }
  return 1e9F;
}

// No point of the shape is farther from its centre than this times half its width.
inline float reach(Shape shape) {
  switch (shape) {
    case Shape::kSquare:
      return 1.4142136F;
    case Shape::kTriangle:
      return 1.3228757F;  // the lower corners seen from the middle of the box
    case Shape::kCross:
      return 1.0530432F;
    case Shape::kHeart:
      return 1.1144F;
    default:
      return 1.0F;
  }
}

}  // namespace plumbline::scenes
