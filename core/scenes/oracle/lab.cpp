#include "core/scenes/oracle/lab.h"

#include <opencv2/imgproc.hpp>

namespace plumbline::scenes {

cv::Mat viewOf(const Picture& picture) {
  return {picture.height, picture.width, CV_8UC3, const_cast<std::uint8_t*>(picture.rgb.data())};
}

cv::Mat3f toLab(const Picture& picture) {
  cv::Mat3f scaled, lab;
  viewOf(picture).convertTo(scaled, CV_32F, 1.0 / 255);
  cv::cvtColor(scaled, lab, cv::COLOR_RGB2Lab);
  return lab;
}

Lab toLab(Rgb colour) {
  Picture one(1, 1);
  one.rgb = {std::uint8_t(colour.r), std::uint8_t(colour.g), std::uint8_t(colour.b)};
  return toLab(one)(0, 0);
}

const std::array<Lab, kColours>& labPalette() {
  static const std::array<Lab, kColours> kLab = [] {
    std::array<Lab, kColours> lab;
    for (std::size_t i = 0; i < kPalette.size(); ++i) lab[i] = toLab(kPalette[i]);
    return lab;
  }();
  return kLab;
}

NearestColour nearestColour(const Lab& lab) {
  const auto& palette = labPalette();
  NearestColour best{Colour::kRed, labDistance(lab, palette[0])};
  for (int i = 1; i < kColours; ++i) {
    const float d = labDistance(lab, palette[std::size_t(i)]);
    if (d < best.distance) best = {Colour(i), d};
  }
  return best;
}

}  // namespace plumbline::scenes
