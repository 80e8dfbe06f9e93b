// A head that looks over the features of a text or a picture and answers the same questions for each of its
// sides. Two of them, one for captions and one for pictures, trained on the same answers
// (core/scenes/training/caption_reading.h), say in words of one kind what a prompt asks for and what a
// picture shows. Shapes: b batch, s tokens or patches, d features, m sides, k answers to all questions
// together.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>

#include "core/nn/initialise.h"
#include "core/nn/linear.h"

namespace plumbline::nn {

class SideReaderImpl : public torch::nn::Module, public CustomInitialisation {
 public:
  SideReaderImpl(std::int64_t width, std::int64_t sides, std::int64_t answers);
  at::Tensor forward(const at::Tensor& features) const;  // b s d to b m k, logits
  void initialise(std::uint64_t seed, const std::string& name) override;

 private:
  at::Tensor sideEmbedding_;  // m d
  LoraCapableLinear key_, answer_;
};
TORCH_MODULE(SideReader);

}  // namespace plumbline::nn
