// The dense map: where a person would paint each category. Patch tokens say what is there and whether it
// looks corrupted, the pixel pyramid where exactly. Small, since it learns from some tens of painted
// pictures. One thread while training; read-only after. Shapes: b batch, s patch tokens (rows x rows), d
// token width, m pixel channels, k categories, g grid side.
#pragma once

#include <torch/torch.h>

#include "core/nn/linear.h"
#include "core/reward/features.h"

namespace plumbline::reward {

struct RegionNetImpl : torch::nn::Module {
  RegionNetImpl(int64_t tokenSize, int64_t pixelChannels, int64_t categories);
  // tokens b s d, anomaly b s kAnomalies, pixels b m g g to logits b k g g.
  at::Tensor forward(const at::Tensor& tokens, const at::Tensor& anomaly, const at::Tensor& pixels);

  nn::LoraCapableLinear meaning{nullptr};
  nn::LoraCapableConv2d near{nullptr}, wide{nullptr}, map{nullptr};
};
TORCH_MODULE(RegionNet);

// A seeded start: nothing is wrong anywhere.
RegionNet freshRegionNet(const FeatureExtractor& features, std::uint64_t seed);

// How strongly a map says that its category is present at all: mean logit of its strongest cells, b k.
at::Tensor presenceLogit(const at::Tensor& logits);

}  // namespace plumbline::reward
