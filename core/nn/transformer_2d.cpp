#include "core/nn/transformer_2d.h"

namespace plumbline::nn {
namespace {

constexpr double kGroupNormEps = 1e-6;  // fixed in diffusers' Transformer2DModel, whatever norm_eps says
constexpr int64_t kFeedForwardFactor = 4;

torch::nn::LayerNorm layerNorm(int64_t dim) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({dim}));
}

}  // namespace

GegluFeedForwardImpl::GegluFeedForwardImpl(int64_t dim)
    : proj_(dim, 2 * kFeedForwardFactor * dim), out_(kFeedForwardFactor * dim, dim) {
  auto net = std::make_shared<torch::nn::Module>("net");
  auto gate = std::make_shared<torch::nn::Module>("gate");
  gate->register_module("proj", proj_);
  net->register_module("0", gate);
  net->register_module("2", out_);
  register_module("net", net);
}

at::Tensor GegluFeedForwardImpl::forward(const at::Tensor& x) {
  const auto halves = proj_(x).chunk(2, -1);
  return out_(halves[0] * at::gelu(halves[1]));
}

BasicTransformerBlockImpl::BasicTransformerBlockImpl(int64_t dim, int64_t contextDim, int64_t heads)
    : norm1_(register_module("norm1", layerNorm(dim))),
      norm2_(register_module("norm2", layerNorm(dim))),
      norm3_(register_module("norm3", layerNorm(dim))),
      attn1_(register_module("attn1", Attention(dim, dim, heads, dim / heads))),
      attn2_(register_module("attn2", Attention(dim, contextDim, heads, dim / heads))),
      ff_(register_module("ff", GegluFeedForward(dim))) {}

at::Tensor BasicTransformerBlockImpl::forward(at::Tensor x, const at::Tensor& context) {
  const at::Tensor normed = norm1_(x);
  x = x + attn1_(normed, normed);
  x = x + attn2_(norm2_(x), context);
  return x + ff_(norm3_(x));
}

Transformer2DImpl::Transformer2DImpl(const TransformerSizes& sizes)
    : norm_(register_module(
          "norm", torch::nn::GroupNorm(
                      torch::nn::GroupNormOptions(sizes.groups, sizes.channels).eps(kGroupNormEps)))),
      blocks_(register_module("transformer_blocks", torch::nn::ModuleList())) {
  const int64_t c = sizes.channels;
  const int64_t inner = c / sizes.heads * sizes.heads;
  for (int64_t i = 0; i < sizes.layers; ++i) {
    blocks_->push_back(BasicTransformerBlock(inner, sizes.contextDim, sizes.heads));
  }
  if (sizes.linearProjection) {
    projInLinear_ = register_module("proj_in", LoraCapableLinear(c, inner));
    projOutLinear_ = register_module("proj_out", LoraCapableLinear(inner, c));
  } else {
    projInConv_ = register_module("proj_in", LoraCapableConv2d(c, inner, 1));
    projOutConv_ = register_module("proj_out", LoraCapableConv2d(inner, c, 1));
  }
}

at::Tensor Transformer2DImpl::forward(const at::Tensor& x, const at::Tensor& context) {
  const int64_t b = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
  // A view and no copy when x is channels-last.
  at::Tensor tokens = norm_(x).permute({0, 2, 3, 1}).reshape({b, h * w, c});
  tokens = projInConv_ ? projInConv_->forwardTokens(tokens) : projInLinear_(tokens);
  for (const auto& block : *blocks_) tokens = block->as<BasicTransformerBlock>()->forward(tokens, context);
  tokens = projOutConv_ ? projOutConv_->forwardTokens(tokens) : projOutLinear_(tokens);
  return x + tokens.view({b, h, w, c}).permute({0, 3, 1, 2});
}

}  // namespace plumbline::nn
