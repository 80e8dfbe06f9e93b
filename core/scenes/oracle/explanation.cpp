#include "core/scenes/oracle/explanation.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "core/scenes/renderer.h"
#include "core/scenes/shapes.h"

namespace plumbline::scenes {
namespace {

SceneObject drawnAs(const FoundObject& found) {
  SceneObject object;
  object.shape = found.shape;
  object.across = found.across;
  object.x = found.x;
  object.y = found.y;
  object.angle = found.angle;
  object.fill = found.fill;
  return object;
}

float textureTolerance(const std::optional<Background>& kind) {
  if (!kind) return 6;
  switch (*kind) {
    case Background::kGrass:
      return 11;
    case Background::kPaper:
      return 6;
    default:
      return 3;
  }
}

// Along the edge: how much of the step between outside and inside happens within 2.4 pixels.
void markBlur(const cv::Mat3f& lab, const FoundObject& object, cv::Mat1f& blur) {
  const float c = float(std::cos(object.angle)), s = float(std::sin(object.angle));
  const float across = float(object.across);
  const auto distanceAt = [&](float x, float y) {
    const float wx = x - float(object.x), wy = y - float(object.y);
    return shapeDistance(object.shape, c * wx + s * wy, c * wy - s * wx, across);
  };
  const int r = int(across / 2 * reach(object.shape)) + 2;
  const auto inPicture = [&](float x, float y) {
    return x >= 0 && y >= 0 && x < float(lab.cols) && y < float(lab.rows);
  };
  const auto labAt = [&](float x, float y) { return lab(int(y), int(x)); };
  for (int y = std::max(int(object.y) - r, 0); y < std::min(int(object.y) + r, lab.rows); ++y) {
    for (int x = std::max(int(object.x) - r, 0); x < std::min(int(object.x) + r, lab.cols); ++x) {
      const float px = float(x) + 0.5F, py = float(y) + 0.5F;
      if (std::fabs(distanceAt(px, py)) > 0.6F) continue;
      float nx = distanceAt(px + 1, py) - distanceAt(px - 1, py),
            ny = distanceAt(px, py + 1) - distanceAt(px, py - 1);
      const float length = std::hypot(nx, ny);
      if (length < 1) continue;  // at a corner there is no one edge
      nx /= length;
      ny /= length;
      if (distanceAt(px + 4 * nx, py + 4 * ny) < 3 || distanceAt(px - 4 * nx, py - 4 * ny) > -3) continue;
      if (!inPicture(px + 4 * nx, py + 4 * ny)) continue;
      const float whole = labDistance(labAt(px + 4 * nx, py + 4 * ny), labAt(px - 4 * nx, py - 4 * ny));
      const float step =
          labDistance(labAt(px + 1.7F * nx, py + 1.7F * ny), labAt(px - 1.7F * nx, py - 1.7F * ny));
      if (whole < 10) continue;
      blur(y, x) = std::clamp(1.05F - step / whole, 0.0F, 1.0F);
    }
  }
}

}  // namespace

Explanation explain(const cv::Mat3f& lab, const Backdrop& backdrop, const std::vector<FoundObject>& objects,
                    const std::vector<HazardFind>& hazards) {
  Picture ideal = backdrop.picture;
  for (const FoundObject& object : objects) paintObject(drawnAs(object), ideal);
  for (const HazardFind& find : hazards) paintHazard(find.hazard, ideal);
  Explanation explanation;
  explanation.expected = toLab(ideal);
  explanation.deviation.create(lab.size());
  explanation.blur = cv::Mat1f(lab.size(), -1.0F);
  const float tolerance = textureTolerance(backdrop.kind);
  // A blend of what lies around explains a pixel: blurred edges and shifts of one pixel are not strange.
  cv::Mat3f low, high;
  const cv::Mat around = cv::Mat::ones(3, 3, CV_8U);
  cv::erode(explanation.expected, low, around);
  cv::dilate(explanation.expected, high, around);
  for (int y = 0; y < lab.rows; ++y) {
    for (int x = 0; x < lab.cols; ++x) {
      const Lab &v = lab(y, x), &a = low(y, x), &b = high(y, x);
      float sum = 0;
      for (int c = 0; c < 3; ++c) {
        const float d = std::max({v[c] - b[c], a[c] - v[c], 0.0F});
        sum += d * d;
      }
      explanation.deviation(y, x) = std::max(0.0F, std::sqrt(sum) - tolerance);
    }
  }
  for (const FoundObject& object : objects) markBlur(lab, object, explanation.blur);
  for (const HazardFind& find : hazards) {
    // An emblem is fitted by its parts, not pixel by pixel: what lies on it is explained.
    const int r = int(find.hazard.side * 0.62) + 2;
    const cv::Rect box = cv::Rect(int(find.hazard.x) - r, int(find.hazard.y) - r, 2 * r, 2 * r) &
                         cv::Rect(0, 0, lab.cols, lab.rows);
    const float c = float(std::cos(find.hazard.angle)), s = float(std::sin(find.hazard.angle));
    for (int y = box.y; y < box.br().y; ++y) {
      for (int x = box.x; x < box.br().x; ++x) {
        const float wx = float(x + 0.5 - find.hazard.x), wy = float(y + 0.5 - find.hazard.y);
        if (triangleDistance(c * wx + s * wy, c * wy - s * wx, float(find.hazard.side) / 2) > 2.5F) continue;
        explanation.deviation(y, x) = std::min(explanation.deviation(y, x), 5.0F);
        explanation.blur(y, x) = -1;
      }
    }
  }
  return explanation;
}

double cleanlinessOf(const Explanation& explanation, const cv::Mat1b& region) {
  double edges = 0, blurred = 0, pixels = 0, dirt = 0;
  for (int y = 0; y < explanation.blur.rows; ++y) {
    for (int x = 0; x < explanation.blur.cols; ++x) {
      if (!region.empty() && region(y, x) == 0) continue;
      pixels += 1;
      dirt += std::min(1.0, double(explanation.deviation(y, x)) / 20);
      if (explanation.blur(y, x) < 0) continue;
      edges += 1;
      blurred += double(explanation.blur(y, x));
    }
  }
  if (pixels == 0) return 1;
  // A twentieth of the pixels fully off is as unclean as can be told.
  const double flat = std::max(0.0, 1 - 20 * dirt / pixels);
  const double sharp = edges >= 8 ? std::clamp(1 - blurred / edges, 0.0, 1.0) : flat;
  return 0.5 * flat + 0.5 * sharp;
}

}  // namespace plumbline::scenes
