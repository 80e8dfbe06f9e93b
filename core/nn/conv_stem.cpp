#include "core/nn/conv_stem.h"

#include <algorithm>
#include <bit>

#include "core/types/error.h"

namespace plumbline::nn {
namespace {

constexpr std::int64_t kNarrowest = 16;
constexpr std::int64_t kGroups = 8;

// A residual block of two 3x3 convolutions (He et al. 2016, Identity Mappings, 1603.05027).
class BlockImpl : public torch::nn::Module {
 public:
  explicit BlockImpl(std::int64_t channels)
      : norm1_(register_module("norm1", torch::nn::GroupNorm(std::min(kGroups, channels), channels))),
        norm2_(register_module("norm2", torch::nn::GroupNorm(std::min(kGroups, channels), channels))),
        conv1_(register_module("conv1", LoraCapableConv2d(channels, channels, 3, 1, 1))),
        conv2_(register_module("conv2", LoraCapableConv2d(channels, channels, 3, 1, 1))) {}

  at::Tensor forward(const at::Tensor& x) {
    return x + conv2_->forward(at::silu(norm2_->forward(conv1_->forward(at::silu(norm1_->forward(x))))));
  }

 private:
  torch::nn::GroupNorm norm1_, norm2_;
  LoraCapableConv2d conv1_, conv2_;
};
TORCH_MODULE(Block);

}  // namespace

ConvStemImpl::ConvStemImpl(std::int64_t width, std::int64_t patchSize)
    : halvings_(register_module("halvings", torch::nn::ModuleList())),
      blocks_(register_module("blocks", torch::nn::ModuleList())) {
  if (patchSize < 2 || !std::has_single_bit(std::uint64_t(patchSize)))
    throw Error(ErrorKind::kUnsupported, "patches of " + std::to_string(patchSize) +
                                             " pixels cannot be reached by halving; 2, 4, 8, 16 ... can");
  const int halvings = std::countr_zero(std::uint64_t(patchSize));
  std::int64_t in = 3;
  for (int i = 0; i < halvings; ++i) {
    const std::int64_t out = std::max(std::min(kNarrowest, width), width >> (halvings - 1 - i));
    halvings_->push_back(LoraCapableConv2d(in, out, 3, 2, 1));
    // The first size has the most pixels and the least to say.
    if (i > 0) blocks_->push_back(Block(out));
    in = out;
  }
  blocks_->push_back(Block(width));
}

at::Tensor ConvStemImpl::forward(const at::Tensor& pictures) const {
  at::Tensor x = pictures;
  for (std::size_t i = 0; i < halvings_->size(); ++i) {
    if (i > 0) x = at::silu(x);
    x = halvings_->ptr(i)->as<LoraCapableConv2d>()->forward(x);
    if (i > 0) x = blocks_->ptr(i - 1)->as<Block>()->forward(x);
  }
  x = blocks_->ptr(blocks_->size() - 1)->as<Block>()->forward(x);
  return x.flatten(2).transpose(1, 2);
}

}  // namespace plumbline::nn
