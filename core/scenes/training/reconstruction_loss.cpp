#include "core/scenes/training/reconstruction_loss.h"

namespace plumbline::training {
namespace {

constexpr double kFaintest = 2;  // how much more an object counts that hardly differs from its background
constexpr double kRough =
    0.36;  // mean distance of noise from the 3x3 pixels around, to 0.6; edges come to 0.35
constexpr double kTextureWeight = 4;

at::Tensor edgeLoss(const at::Tensor& difference) {
  const auto dx = difference.slice(3, 1) - difference.slice(3, 0, -1);
  const auto dy = difference.slice(2, 1) - difference.slice(2, 0, -1);
  return dx.abs().mean() + dy.abs().mean();
}

// b c H W -> b 2c H W: standard deviation within the 5x5 pixels around, of each channel and of its difference
// from the next: noise of many colours is no mottled grey.
at::Tensor localSpread(const at::Tensor& x) {
  const auto mean = [](const at::Tensor& y) { return at::avg_pool2d(y, 5, 1, 2, false, false); };
  const auto all = at::cat({x, x - x.roll(1, 1)}, 1);
  return (mean(all.square()) - mean(all).square()).clamp_min(0).add(1e-3).sqrt();
}

// b 3 H W -> b 1 H W, 1 within noise: every pixel of it differs from the next, in each channel by itself.
at::Tensor noisiness(const at::Tensor& x) {
  const auto detail = (x - at::avg_pool2d(x, 3, 1, 1, false, false)).abs();
  const auto rough = at::avg_pool2d(detail, 5, 1, 2, false, false).mean(1, true);
  return ((rough - kRough) / 0.1).clamp(0, 1);
}

}  // namespace

// Of a patch of noise no pixel can be told from so few numbers, but that it is noise can: the mean of what it
// could be is a flat grey, which costs the differences of pixels least and is no patch of noise any more.
at::Tensor textureLoss(const at::Tensor& made, const at::Tensor& x) {
  return (localSpread(made) - localSpread(x)).abs().mean();
}

// Most of a scene is plain background, soon learnt; what differs from the picture's median colour counts four
// times, or the first half hour goes by before objects have a colour. Where it differs less than black from
// white it counts more, up to twice as much again: a green star in the dark is as much of a star as on white,
// and its corners cost less. Next to an object counts as well, or corners could be filled up for nothing;
// the pixels of noise hardly count, see textureLoss.
at::Tensor foregroundWeight(const at::Tensor& x) {
  const auto background = std::get<0>(x.flatten(2).median(2)).view({x.size(0), 3, 1, 1});
  const auto distance = (x - background).abs().sum(1, true);
  const auto strength = (3.0 / distance.clamp_min(0.5)).clamp(1.0, kFaintest);
  return at::max_pool2d(1.0 + 3.0 * (distance / 0.5).clamp_max(1) * strength, 3, 1, 1) *
         (1 - 0.95 * noisiness(x));
}

at::Tensor reconstructionLoss(const at::Tensor& made, const at::Tensor& x) {
  const auto difference = (made - x) * foregroundWeight(x);
  return difference.abs().mean() + 2.0 * difference.square().mean() + 0.5 * edgeLoss(difference) +
         kTextureWeight * textureLoss(made, x);
}

}  // namespace plumbline::training
