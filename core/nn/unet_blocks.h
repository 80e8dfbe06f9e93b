// Down, middle and up blocks of UNet2DConditionModel: CrossAttnDownBlock2D, DownBlock2D,
// UNetMidBlock2DCrossAttn, UpBlock2D, CrossAttnUpBlock2D; a block without attention is the same class with no
// transformers. Shapes: b batch, c channels, h w latent size at this level, t timestep features, s tokens, d
// text features.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "core/nn/resnet_block_2d.h"
#include "core/nn/transformer_2d.h"

namespace plumbline::nn {

struct ResnetSizes {
  int64_t timeDim = 0;
  int64_t groups = 32;
  double eps = 1e-5;
  double outputScale = 1.0;
};

class UNetBlockImpl : public torch::nn::Module {
 public:
  // One resnet per entry of `inputs` (its input channels), each followed by a transformer if attention is
  // set.
  UNetBlockImpl(const std::vector<int64_t>& inputs, int64_t out, const ResnetSizes& resnet, bool attention,
                const TransformerSizes& transformer);
  void addDownsampler(int64_t channels, int64_t padding);
  void addUpsampler(int64_t channels);

  // Appends every output to skips, as the up blocks expect them.
  at::Tensor down(at::Tensor x, const at::Tensor& activatedTime, const at::Tensor& context,
                  std::vector<at::Tensor>& skips);
  // Takes as many skips from the back as it has resnets, and grows to the size of the next one.
  at::Tensor up(at::Tensor x, const at::Tensor& activatedTime, const at::Tensor& context,
                std::vector<at::Tensor>& skips);

 private:
  torch::nn::ModuleList resnets_, attentions_{nullptr};
  Downsample2D downsampler_{nullptr};
  Upsample2D upsampler_{nullptr};
};

class UNetMidBlockImpl : public torch::nn::Module {
 public:
  UNetMidBlockImpl(int64_t channels, const ResnetSizes& resnet, const TransformerSizes& transformer);
  at::Tensor forward(at::Tensor x, const at::Tensor& activatedTime, const at::Tensor& context);

 private:
  torch::nn::ModuleList resnets_, attentions_;
};

}  // namespace plumbline::nn
