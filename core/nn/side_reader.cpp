#include "core/nn/side_reader.h"

#include <cmath>

namespace plumbline::nn {

SideReaderImpl::SideReaderImpl(std::int64_t width, std::int64_t sides, std::int64_t answers)
    : sideEmbedding_(register_parameter("side_embedding", at::zeros({sides, width}))),
      key_(register_module("key", LoraCapableLinear(width, width))),
      answer_(register_module("answer", LoraCapableLinear(width, answers))) {}

at::Tensor SideReaderImpl::forward(const at::Tensor& features) const {
  const auto looks =
      at::matmul(key_->forward(features), sideEmbedding_.t()) / std::sqrt(double(features.size(2)));
  return answer_->forward(at::matmul(at::softmax(looks, 1).transpose(1, 2), features));
}

void SideReaderImpl::initialise(std::uint64_t seed, const std::string& name) {
  InitialRandom(seed, name.empty() ? "side_embedding" : name + ".side_embedding").normal(sideEmbedding_, 0.5);
}

}  // namespace plumbline::nn
