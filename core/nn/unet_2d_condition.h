// UNet2DConditionModel of the Stable Diffusion 1 family, as diffusers 0.24 builds it; names mirror its
// checkpoint (down_blocks.0.attentions.1.transformer_blocks.0.attn2.to_k ...). All sizes come from
// unet/config.json. Weights are not initialised on construction: load them, or call nn::initialise. Not
// thread-safe while weights or adapters change; passes may run concurrently (core/tensor/shards.h). Shapes: b
// batch, c latent channels, h w latent size, s tokens, d features.
#pragma once

#include <torch/torch.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "core/nn/linear.h"

namespace plumbline::nn {

class TimestepEmbeddingImpl : public torch::nn::Module {
 public:
  TimestepEmbeddingImpl(int64_t in, int64_t dim);
  at::Tensor forward(const at::Tensor& x);  // b in to b dim

 private:
  LoraCapableLinear linear1_, linear2_;
};
TORCH_MODULE(TimestepEmbedding);

// Sinusoids of timesteps b (any type), float32, b dim.
at::Tensor timestepSinusoids(const at::Tensor& timesteps, int64_t dim, bool flipSinToCos, double freqShift);

class UNetBlockImpl;
class UNetMidBlockImpl;

class UNet2DConditionModelImpl : public torch::nn::Module {
 public:
  // config: unet/config.json. Throws Error(kUnsupported) that names the first setting this class cannot do.
  explicit UNet2DConditionModelImpl(const nlohmann::json& config);
  ~UNet2DConditionModelImpl() override;

  // sample b c h w, timestep b (or 1, for all), encoderHiddenStates b s d; returns b c h w in the sample's
  // precision. The work itself is done in the precision of the weights.
  at::Tensor forward(const at::Tensor& sample, const at::Tensor& timestep,
                     const at::Tensor& encoderHiddenStates);

  int64_t inChannels() const { return inChannels_; }
  int64_t sampleSize() const { return sampleSize_; }  // latent cells along a side
  int64_t crossAttentionDim() const { return crossAttentionDim_; }
  const nlohmann::json& config() const { return config_; }

 private:
  nlohmann::json config_;
  int64_t inChannels_, sampleSize_, crossAttentionDim_, timeDim_;
  bool flipSinToCos_;
  double freqShift_;
  LoraCapableConv2d convIn_{nullptr};
  TimestepEmbedding timeEmbedding_{nullptr};
  std::vector<std::shared_ptr<UNetBlockImpl>> downBlocks_, upBlocks_;
  std::shared_ptr<UNetMidBlockImpl> midBlock_;  // null if the config has none
  torch::nn::GroupNorm convNormOut_{nullptr};
  LoraCapableConv2d convOut_{nullptr};
};
TORCH_MODULE(UNet2DConditionModel);

}  // namespace plumbline::nn
