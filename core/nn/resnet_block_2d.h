// Building blocks of the U-Net's convolutional half, with diffusers' names.
// Shapes: b batch, c channels, h w latent size, t features of the timestep embedding.
#pragma once

#include <torch/torch.h>

#include "core/nn/linear.h"

namespace plumbline::nn {

// SiLU that overwrites x when no gradient needs it.
at::Tensor siluReusing(at::Tensor x);

class ResnetBlock2DImpl : public torch::nn::Module {
 public:
  ResnetBlock2DImpl(int64_t in, int64_t out, int64_t timeDim, int64_t groups, double eps, double outputScale);
  // x b c h w; activatedTime b t, the timestep embedding after its SiLU.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& activatedTime);

 private:
  double outputScale_;
  torch::nn::GroupNorm norm1_, norm2_;
  LoraCapableConv2d conv1_, conv2_;
  LoraCapableLinear timeEmbProj_;
  LoraCapableConv2d convShortcut_{nullptr};
};
TORCH_MODULE(ResnetBlock2D);

class Downsample2DImpl : public torch::nn::Module {
 public:
  Downsample2DImpl(int64_t channels, int64_t padding);
  at::Tensor forward(const at::Tensor& x);

 private:
  int64_t padding_;
  LoraCapableConv2d conv_;
};
TORCH_MODULE(Downsample2D);

class Upsample2DImpl : public torch::nn::Module {
 public:
  explicit Upsample2DImpl(int64_t channels);
  at::Tensor forward(const at::Tensor& x, int64_t height, int64_t width);  // nearest, to the size asked for

 private:
  LoraCapableConv2d conv_;
};
TORCH_MODULE(Upsample2D);

}  // namespace plumbline::nn
