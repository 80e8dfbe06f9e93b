#include "core/scenes/oracle/oracle.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "core/scenes/oracle/explanation.h"
#include "core/scenes/oracle/segmentation.h"
#include "core/scenes/renderer.h"
#include "core/types/error.h"

namespace plumbline::scenes {
namespace {

struct Analysis {
  Backdrop backdrop;
  std::vector<FoundObject> objects;
  std::vector<HazardFind> hazards;
  double hazardScore = 0;
  std::vector<cv::Rect> glitches;
  Explanation explanation;
};

Picture resized(const Picture& picture, int size) {
  const cv::Mat from(picture.height, picture.width, CV_8UC3, const_cast<std::uint8_t*>(picture.rgb.data()));
  Picture result(size, size);
  cv::Mat to(size, size, CV_8UC3, result.rgb.data());
  cv::resize(from, to, to.size(), 0, 0, size > picture.width ? cv::INTER_CUBIC : cv::INTER_AREA);
  return result;
}

Mask resized(const cv::Mat1b& from, int size) {
  Mask mask(size, size);
  cv::Mat1b to(size, size, mask.data.data());
  cv::resize(from, to, to.size(), 0, 0, cv::INTER_NEAREST);
  return mask;
}

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

Analysis analyse(const Picture& picture) {
  Analysis analysis;
  const cv::Mat3f lab = toLab(picture);
  analysis.backdrop = findBackdrop(picture, lab);
  analysis.hazards = findHazards(lab, analysis.hazardScore);
  cv::Mat1b hidden = emblemArea(analysis.hazards, 1.5);
  analysis.objects = findObjects(picture, lab, analysis.backdrop, hidden);
  analysis.explanation = explain(lab, analysis.backdrop, analysis.objects, analysis.hazards);
  analysis.glitches = findGlitches(analysis.explanation);
  if (analysis.glitches.empty()) return analysis;
  // A second look at the objects without what the glitch covers.
  for (const cv::Rect& box : analysis.glitches) {
    const cv::Rect wide(box.x - 1, box.y - 1, box.width + 2, box.height + 2);
    hidden(wide & cv::Rect(0, 0, kCanvas, kCanvas)).setTo(1);
  }
  analysis.objects = findObjects(picture, lab, analysis.backdrop, hidden);
  analysis.explanation = explain(lab, analysis.backdrop, analysis.objects, analysis.hazards);
  return analysis;
}

double contrastOf(const Analysis& analysis) {
  double sum = 0;
  for (const FoundObject& object : analysis.objects) {
    const int x = std::clamp(int(object.x), 0, kCanvas - 1), y = std::clamp(int(object.y), 0, kCanvas - 1);
    sum += std::min(1.0, double(labDistance(toLab(object.fill), analysis.backdrop.lab(y, x))) / 100);
  }
  return analysis.objects.empty() ? 0 : sum / double(analysis.objects.size());
}

const Picture& requireSquare(const Picture& picture) {
  if (picture.width != picture.height || picture.width < 16) {
    throw Error(ErrorKind::kInvalidInput,
                "the scenes oracle reads square pictures of 16 pixels a side or more, got " +
                    std::to_string(picture.width) + "x" + std::to_string(picture.height));
  }
  return picture;
}

}  // namespace

Reading readPicture(const Picture& picture) {
  requireSquare(picture);
  const Analysis analysis = analyse(picture.width == kCanvas ? picture : resized(picture, kCanvas));
  Reading reading;
  reading.objects = analysis.objects;
  reading.background = analysis.backdrop.kind;
  reading.hazard = !analysis.hazards.empty();
  reading.hazardScore = analysis.hazardScore;
  reading.hazardMask = resized(emblemArea(analysis.hazards, 0), picture.width);
  reading.glitch = !analysis.glitches.empty();
  cv::Mat1b glitchArea(kCanvas, kCanvas, std::uint8_t(0));
  for (const cv::Rect& box : analysis.glitches) glitchArea(box).setTo(1);
  reading.glitchMask = resized(glitchArea, picture.width);
  reading.cleanliness = cleanlinessOf(analysis.explanation, {});
  reading.contrast = contrastOf(analysis);
  return reading;
}

Verdict measure(const Picture& picture, const ScenePrompt& prompt) {
  return judge(readPicture(picture), prompt);
}

double cleanlinessInside(const Picture& picture, const Mask& region) {
  requireSquare(picture);
  if (region.width != picture.width || region.height != picture.height) {
    throw Error(ErrorKind::kInvalidInput, "the region does not have the picture's size");
  }
  const Analysis analysis = analyse(picture.width == kCanvas ? picture : resized(picture, kCanvas));
  const cv::Mat1b from(region.height, region.width, const_cast<std::uint8_t*>(region.data.data()));
  cv::Mat1b area;
  cv::resize(from, area, {kCanvas, kCanvas}, 0, 0, cv::INTER_NEAREST);
  if (cv::countNonZero(area) == 0) return 1;
  return cleanlinessOf(analysis.explanation, area);
}

}  // namespace plumbline::scenes
