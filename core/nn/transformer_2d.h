// The U-Net's attention half: self-attention, attention to the text, gated feed-forward; diffusers' names.
// Shapes: b batch, c channels, h w latent size, s text tokens, d text features, n = h w cells.
#pragma once

#include <torch/torch.h>

#include "core/nn/attention.h"
#include "core/nn/linear.h"

namespace plumbline::nn {

struct TransformerSizes {
  int64_t channels = 0;
  int64_t heads = 1;
  int64_t layers = 1;
  int64_t contextDim = 0;
  int64_t groups = 32;
  bool linearProjection = false;
};

// The module that checkpoints call "ff": net.0.proj, (dropout), net.2.
class GegluFeedForwardImpl : public torch::nn::Module {
 public:
  explicit GegluFeedForwardImpl(int64_t dim);
  at::Tensor forward(const at::Tensor& x);  // b n dim

 private:
  LoraCapableLinear proj_, out_;
};
TORCH_MODULE(GegluFeedForward);

class BasicTransformerBlockImpl : public torch::nn::Module {
 public:
  BasicTransformerBlockImpl(int64_t dim, int64_t contextDim, int64_t heads);
  at::Tensor forward(at::Tensor x, const at::Tensor& context);  // b n dim, b s d

 private:
  torch::nn::LayerNorm norm1_, norm2_, norm3_;
  Attention attn1_, attn2_;
  GegluFeedForward ff_;
};
TORCH_MODULE(BasicTransformerBlock);

class Transformer2DImpl : public torch::nn::Module {
 public:
  explicit Transformer2DImpl(const TransformerSizes& sizes);
  at::Tensor forward(const at::Tensor& x, const at::Tensor& context);  // b c h w, b s d to b c h w

 private:
  torch::nn::GroupNorm norm_;
  // One of each pair is set: 1x1 convolutions in SD 1, linear layers with use_linear_projection.
  LoraCapableConv2d projInConv_{nullptr}, projOutConv_{nullptr};
  LoraCapableLinear projInLinear_{nullptr}, projOutLinear_{nullptr};
  torch::nn::ModuleList blocks_;
};
TORCH_MODULE(Transformer2D);

}  // namespace plumbline::nn
