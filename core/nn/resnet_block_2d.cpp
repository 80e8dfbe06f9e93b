#include "core/nn/resnet_block_2d.h"

namespace plumbline::nn {
namespace {

torch::nn::GroupNorm groupNorm(int64_t groups, int64_t channels, double eps) {
  return torch::nn::GroupNorm(torch::nn::GroupNormOptions(groups, channels).eps(eps));
}

}  // namespace

at::Tensor siluReusing(at::Tensor x) {
  const bool tracked = at::GradMode::is_enabled() && x.requires_grad();
  return tracked ? at::silu(x) : at::silu_(x);
}

ResnetBlock2DImpl::ResnetBlock2DImpl(int64_t in, int64_t out, int64_t timeDim, int64_t groups, double eps,
                                     double outputScale)
    : outputScale_(outputScale),
      norm1_(register_module("norm1", groupNorm(groups, in, eps))),
      norm2_(register_module("norm2", groupNorm(groups, out, eps))),
      conv1_(register_module("conv1", LoraCapableConv2d(in, out, 3, 1, 1))),
      conv2_(register_module("conv2", LoraCapableConv2d(out, out, 3, 1, 1))),
      timeEmbProj_(register_module("time_emb_proj", LoraCapableLinear(timeDim, out))) {
  if (in != out) convShortcut_ = register_module("conv_shortcut", LoraCapableConv2d(in, out, 1));
}

at::Tensor ResnetBlock2DImpl::forward(const at::Tensor& x, const at::Tensor& activatedTime) {
  at::Tensor y = conv1_(siluReusing(norm1_(x)));
  y = y + timeEmbProj_(activatedTime).unsqueeze(-1).unsqueeze(-1);
  y = conv2_(siluReusing(norm2_(y)));
  y = (convShortcut_ ? convShortcut_(x) : x) + y;
  return outputScale_ == 1.0 ? y : y / outputScale_;
}

Downsample2DImpl::Downsample2DImpl(int64_t channels, int64_t padding)
    : padding_(padding),
      conv_(register_module("conv", LoraCapableConv2d(channels, channels, 3, 2, padding))) {}

at::Tensor Downsample2DImpl::forward(const at::Tensor& x) {
  // Without padding of its own diffusers pads right and bottom only.
  return padding_ == 0 ? conv_(at::constant_pad_nd(x, {0, 1, 0, 1})) : conv_(x);
}

Upsample2DImpl::Upsample2DImpl(int64_t channels)
    : conv_(register_module("conv", LoraCapableConv2d(channels, channels, 3, 1, 1))) {}

at::Tensor Upsample2DImpl::forward(const at::Tensor& x, int64_t height, int64_t width) {
  return conv_(at::upsample_nearest2d(x, {height, width}));
}

}  // namespace plumbline::nn
