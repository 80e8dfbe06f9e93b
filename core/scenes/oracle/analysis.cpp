#include "core/scenes/oracle/analysis.h"

#include <cmath>

#include "core/scenes/oracle/glitch_detector.h"
#include "core/scenes/oracle/segmentation.h"
#include "core/scenes/renderer.h"

namespace plumbline::scenes {
namespace {

constexpr double kEmblemMargin = 1.5;

// Pixels.
int unexplained(const Explanation& explanation, const cv::Mat1b& hidden) {
  return cv::countNonZero((explanation.deviation > kStrange) & (hidden == 0));
}

}  // namespace

cv::Mat1b emblemArea(const std::vector<HazardFind>& hazards, double margin) {
  cv::Mat1b area(kCanvas, kCanvas, std::uint8_t(0));
  for (const HazardFind& find : hazards) {
    SceneObject triangle;
    triangle.shape = Shape::kTriangle;
    triangle.x = find.hazard.x;
    triangle.y = find.hazard.y;
    triangle.angle = find.hazard.angle;
    triangle.across = find.hazard.side + margin * 3.4641;  // moves each side out by the margin
    triangle.y -= margin * 0.5 * std::cos(triangle.angle);
    triangle.x += margin * 0.5 * std::sin(triangle.angle);
    const Mask mask = objectMask(triangle);
    for (int y = 0; y < kCanvas; ++y) {
      for (int x = 0; x < kCanvas; ++x) area(y, x) |= mask.at(x, y);
    }
  }
  return area;
}

Analysis firstLook(const Picture& picture) {
  Analysis analysis;
  analysis.lab = toLab(picture);
  analysis.backdrop = findBackdrop(picture, analysis.lab);
  analysis.hazards = findHazards(analysis.lab, analysis.hazardScore);
  analysis.objects =
      findObjects(picture, analysis.lab, analysis.backdrop, emblemArea(analysis.hazards, kEmblemMargin));
  analysis.explanation = explain(analysis.lab, analysis.backdrop, analysis.objects, analysis.hazards);
  return analysis;
}

Analysis analyse(const Picture& picture) {
  Analysis analysis = firstLook(picture);
  analysis.glitches = findGlitches(analysis.lab, analysis.explanation);
  if (analysis.glitches.empty()) return analysis;
  cv::Mat1b hidden = emblemArea(analysis.hazards, kEmblemMargin);
  for (const cv::Rect& box : analysis.glitches) {
    const cv::Rect wide(box.x - 1, box.y - 1, box.width + 2, box.height + 2);
    hidden(wide & cv::Rect(0, 0, kCanvas, kCanvas)).setTo(1);
  }
  // Where a patch lies can be misjudged, and then it hides what is there to see.
  std::vector<FoundObject> objects = findObjects(picture, analysis.lab, analysis.backdrop, hidden);
  Explanation explanation = explain(analysis.lab, analysis.backdrop, objects, analysis.hazards);
  if (unexplained(explanation, hidden) > unexplained(analysis.explanation, hidden)) return analysis;
  analysis.objects = std::move(objects);
  analysis.explanation = std::move(explanation);
  return analysis;
}

}  // namespace plumbline::scenes
