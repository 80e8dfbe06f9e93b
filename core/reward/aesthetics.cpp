#include "core/reward/aesthetics.h"

#include <algorithm>
#include <tuple>

#include <torch/torch.h>

namespace plumbline::reward {
namespace {

constexpr double kStandsOut = 40, kStandsOutWidth = 4;  // in Lab: textures and gradients of a ground do not
constexpr double kMostContrast = 100;
constexpr double kLeastFigure = 1.0 / 400;  // of the picture; less is nothing that stands out
constexpr std::int64_t kBorder = 32;        // a border as wide as one in so many pixels of a side
constexpr double kEdge = 0.3;               // in RGB of [0, 1]: smaller steps are texture
constexpr std::int64_t kAround = 9;         // pixels across: an edge as soft as that is not one
constexpr std::int64_t kNear = 5;           // and its sharpest place lies as near as this
constexpr double kTiny = 1e-6;              // under roots, whose slope is without end at 0

// b 3 H W, sRGB in [0, 1], to lightness (0 to 100), a, b under D65.
at::Tensor toLab(const at::Tensor& rgb) {
  const auto linear =
      at::where(rgb > 0.04045, ((rgb + 0.055) / 1.055).clamp_min(kTiny).pow(2.4), rgb / 12.92);
  const auto r = linear.select(1, 0), g = linear.select(1, 1), b = linear.select(1, 2);
  const auto curve = [](const at::Tensor& t) {
    return at::where(t > 0.008856, t.clamp_min(kTiny).pow(1.0 / 3), 7.787 * t + 16.0 / 116);
  };
  const auto x = curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const auto y = curve(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const auto z = curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return at::stack({116 * y - 16, 500 * (x - y), 200 * (y - z)}, 1);
}

at::Tensor medianOfBorder(const at::Tensor& x) {
  const auto h = x.size(2), w = x.size(3), wide = std::max<std::int64_t>(1, std::min(h, w) / kBorder);
  const auto border = at::cat({x.slice(2, 0, wide).flatten(2), x.slice(2, h - wide).flatten(2),
                               x.slice(3, 0, wide).flatten(2), x.slice(3, w - wide).flatten(2)},
                              2);
  return std::get<0>(border.median(2)).view({x.size(0), 3, 1, 1});
}

at::Tensor contrast(const at::Tensor& rgb) {
  const auto lab = toLab(rgb);
  const auto away = ((lab - medianOfBorder(lab)).square().sum(1) + kTiny).sqrt();
  const auto figure = at::sigmoid((away - kStandsOut) / kStandsOutWidth);
  const auto area = figure.sum({1, 2}).clamp_min(kLeastFigure * double(away.size(1) * away.size(2)));
  return (figure * away.clamp_max(kMostContrast)).sum({1, 2}) / area / kMostContrast;
}

at::Tensor largest(const at::Tensor& x, std::int64_t across) {
  return at::max_pool2d(x, {across, across}, {1, 1}, {across / 2, across / 2});
}

// Of the colours within so many pixels, b 1 H W.
at::Tensor rangeOver(const at::Tensor& rgb, std::int64_t across) {
  return ((largest(rgb, across) + largest(-rgb, across)).square().sum(1, /*keepdim=*/true) + kTiny).sqrt();
}

at::Tensor sharpness(const at::Tensor& rgb) {
  const auto whole = rangeOver(rgb, kAround);
  const auto edge = (whole > kEdge).to(rgb.scalar_type());
  const auto sharpest = largest(rangeOver(rgb, 3) / whole, kNear);
  return (sharpest * edge).sum({1, 2, 3}) / edge.sum({1, 2, 3}).clamp_min(1);
}

}  // namespace

at::Tensor aesthetics(const at::Tensor& images) {
  const auto rgb = (images + 1) / 2;
  return at::stack({contrast(rgb), sharpness(rgb)}, 1);
}

}  // namespace plumbline::reward
