#include "core/scenes/oracle/backdrop.h"

#include <algorithm>
#include <array>

#include "core/scenes/renderer.h"

namespace plumbline::scenes {
namespace {

constexpr float kReach = 14;         // in Lab: how far a background pixel may lie from its model
constexpr double kLeastShare = 0.2;  // of the picture, weighted by closeness

struct Model {
  Background kind;
  Picture picture;
  std::array<Lab, kCanvas> rows;  // every model is the same along a row
};

// Textures are reduced to their mean colour.
const std::array<Model, kBackgrounds>& models() {
  static const std::array<Model, kBackgrounds> kModels = [] {
    std::array<Model, kBackgrounds> list;
    for (std::size_t i = 0; i < list.size(); ++i) {
      Model& model = list[i];
      model.kind = Background(i + 1);
      model.picture = Picture(kCanvas, kCanvas);
      paintBackground(model.kind, 0, model.picture);
      const bool paper = model.kind == Background::kPaper, grass = model.kind == Background::kGrass;
      if (paper || grass) {
        const Rgb mean = paper ? kPaper : kGrass;
        for (std::size_t p = 0; p < model.picture.rgb.size(); p += 3) {
          model.picture.rgb[p] = std::uint8_t(mean.r);
          model.picture.rgb[p + 1] = std::uint8_t(mean.g);
          model.picture.rgb[p + 2] = std::uint8_t(mean.b);
        }
      }
      const cv::Mat3f lab = toLab(model.picture);
      for (int y = 0; y < kCanvas; ++y) model.rows[std::size_t(y)] = lab(y, 0);
    }
    return list;
  }();
  return kModels;
}

double fitShare(const cv::Mat3f& lab, const Model& model) {
  double sum = 0;
  for (int y = 0; y < lab.rows; y += 2) {
    const Lab row = model.rows[std::size_t(y)];
    for (int x = y / 2 % 2; x < lab.cols; x += 2)
      sum += std::max(0.0F, 1 - labDistance(lab(y, x), row) / kReach);
  }
  return sum * 4 / double(lab.total());
}

std::uint8_t median(std::array<int, 256>& histogram, int count) {
  int seen = 0;
  for (int v = 0; v < 256; ++v) {
    if ((seen += histogram[std::size_t(v)]) * 2 >= count) return std::uint8_t(v);
  }
  return 0;
}

// The model shifted by the median difference of the pixels near it: decoders and blur shift tones a little.
Picture shiftedModel(const Picture& picture, const cv::Mat3f& lab, const Model& model) {
  std::array<std::array<int, 256>, 3> histograms{};
  int count = 0;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      if (labDistance(lab(y, x), model.rows[std::size_t(y)]) > kReach) continue;
      ++count;
      for (std::size_t c = 0; c < 3; ++c) {
        ++histograms[c]
                    [std::size_t(std::clamp(128 + picture.at(x, y)[c] - model.picture.at(x, y)[c], 0, 255))];
      }
    }
  }
  Picture shifted = model.picture;
  for (std::size_t c = 0; c < 3; ++c) {
    const int shift = int(median(histograms[c], count)) - 128;
    for (std::size_t p = c; p < shifted.rgb.size(); p += 3) {
      shifted.rgb[p] = std::uint8_t(std::clamp(shifted.rgb[p] + shift, 0, 255));
    }
  }
  return shifted;
}

// No known background: the median colour of the border stands in for it.
Picture borderColour(const Picture& picture) {
  Picture flat(picture.width, picture.height);
  for (std::size_t c = 0; c < 3; ++c) {
    std::array<int, 256> histogram{};
    for (int i = 0; i < picture.width; ++i) {
      ++histogram[picture.at(i, 0)[c]];
      ++histogram[picture.at(i, picture.height - 1)[c]];
      ++histogram[picture.at(0, i)[c]];
      ++histogram[picture.at(picture.width - 1, i)[c]];
    }
    const std::uint8_t value = median(histogram, 4 * picture.width);
    for (std::size_t p = c; p < flat.rgb.size(); p += 3) flat.rgb[p] = value;
  }
  return flat;
}

float thresholdOf(const std::optional<Background>& kind) {
  if (!kind) return 20;
  switch (*kind) {
    case Background::kGrass:
      return 22;
    case Background::kPaper:
      return 15;
    default:
      return 13;
  }
}

}  // namespace

Backdrop findBackdrop(const Picture& picture, const cv::Mat3f& lab) {
  const Model* best = nullptr;
  double bestShare = kLeastShare;
  for (const Model& model : models()) {
    const double share = fitShare(lab, model);
    if (share <= bestShare) continue;
    bestShare = share;
    best = &model;
  }
  Backdrop backdrop;
  if (best != nullptr) backdrop.kind = best->kind;
  backdrop.picture = best != nullptr ? shiftedModel(picture, lab, *best) : borderColour(picture);
  backdrop.lab = toLab(backdrop.picture);
  backdrop.threshold = thresholdOf(backdrop.kind);
  backdrop.distance.create(lab.size());
  for (int y = 0; y < lab.rows; ++y) {
    for (int x = 0; x < lab.cols; ++x) backdrop.distance(y, x) = labDistance(lab(y, x), backdrop.lab(y, x));
  }
  return backdrop;
}

}  // namespace plumbline::scenes
