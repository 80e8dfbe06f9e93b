#include "core/reward/region_net.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/nn/initialise.h"
#include "core/tensor/picture_tensor.h"
#include "core/types/observation.h"

namespace plumbline::reward {
namespace {

constexpr int64_t kMeaning = 12, kChannels = 20;
constexpr double kRareLogit = -3;

}  // namespace

RegionNetImpl::RegionNetImpl(int64_t tokenSize, int64_t pixelChannels, int64_t categories)
    : meaning(register_module("meaning", nn::LoraCapableLinear(tokenSize, kMeaning))),
      near(register_module("near",
                           nn::LoraCapableConv2d(kMeaning + kAnomalies + pixelChannels, kChannels, 3, 1, 1))),
      wide(register_module("wide", nn::LoraCapableConv2d(kChannels, kChannels, 5, 1, 2))),
      map(register_module("map", nn::LoraCapableConv2d(kChannels, categories, 3, 1, 1))) {}

at::Tensor RegionNetImpl::forward(const at::Tensor& tokens, const at::Tensor& anomaly,
                                  const at::Tensor& pixels) {
  const auto b = tokens.size(0), rows = int64_t(std::lround(std::sqrt(double(tokens.size(1)))));
  const auto coarse = at::cat({meaning(tokens), 0.5 * anomaly}, 2)
                          .transpose(1, 2)
                          .reshape({b, kMeaning + kAnomalies, rows, rows});
  const auto fine = resizedTo(coarse, pixels.size(2), pixels.size(3));
  // Spread and steps are a fraction of the colours' range: brought to the same size.
  const auto colours = pixels.slice(1, 0, 3), texture = 4 * pixels.slice(1, 3);
  const auto x = at::relu(near(at::cat({fine, colours, texture}, 1)));
  return map(at::relu(wide(x)));
}

RegionNet freshRegionNet(const FeatureExtractor& features, std::uint64_t seed) {
  RegionNet net(features.tokenSize(), features.pixelChannels(), int64_t(std::size(kRegionCategories)));
  nn::initialise(*net, seed);
  torch::NoGradGuard noGrad;
  net->map->bias.fill_(kRareLogit);
  return net;
}

at::Tensor presenceLogit(const at::Tensor& logits) {
  // A fault of an eighth of the picture's side covers this many cells.
  const auto strongest = std::max<int64_t>(1, logits.size(2) * logits.size(3) / 64);
  return std::get<0>(logits.flatten(2).topk(strongest, 2)).mean(2);
}

}  // namespace plumbline::reward
