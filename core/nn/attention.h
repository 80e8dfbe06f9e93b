// Multi-head attention on tokens, shared by the U-Net and the CLIP towers, and the U-Net's Attention module
// with diffusers' names (to_q, to_k, to_v, to_out.0). Shapes: b batch, s tokens, d features of all heads side
// by side.
#pragma once

#include <torch/torch.h>

#include "core/nn/linear.h"

namespace plumbline::nn {

// q b s d, k v b s' d to b s d; scores are scaled by 1 / sqrt(d / heads). mask is added to the scores: s s'
// for all, b 1 s' for what each row may look at, or undefined. Long sequences are worked through in blocks of
// queries, so memory stays bounded.
at::Tensor multiHeadAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t heads,
                              const at::Tensor& mask = {});

class AttentionImpl : public torch::nn::Module {
 public:
  // contextDim: features of the tokens attended to.
  AttentionImpl(int64_t dim, int64_t contextDim, int64_t heads, int64_t headDim);
  at::Tensor forward(const at::Tensor& x, const at::Tensor& context);  // b s dim, b s' contextDim to b s dim

 private:
  int64_t heads_;
  LoraCapableLinear toQ_, toK_, toV_;
  torch::nn::ModuleList toOut_;
  LoraCapableLinear out_;
};
TORCH_MODULE(Attention);

}  // namespace plumbline::nn
