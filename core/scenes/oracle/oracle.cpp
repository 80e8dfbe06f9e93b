#include "core/scenes/oracle/oracle.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "core/scenes/oracle/analysis.h"
#include "core/types/error.h"

namespace plumbline::scenes {
namespace {

Picture resized(const Picture& picture, int size) {
  Picture result(size, size);
  cv::Mat to = viewOf(result);
  cv::resize(viewOf(picture), to, to.size(), 0, 0, size > picture.width ? cv::INTER_CUBIC : cv::INTER_AREA);
  return result;
}

Mask resized(const cv::Mat1b& from, int size) {
  Mask mask(size, size);
  cv::Mat1b to(size, size, mask.data.data());
  cv::resize(from, to, to.size(), 0, 0, cv::INTER_NEAREST);
  return mask;
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
