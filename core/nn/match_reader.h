// Reads a caption and a picture together: its words look over the patches, count them, then look over each
// other, and what it answers is about the two of them. A likeness of two finished vectors cannot ask where
// the second circle is; this can (the matching head beside the contrast of ALBEF, Li et al. 2021, 2107.07651,
// in small). It sees the picture's own pixels beside what a CLIP makes of its patches. Shapes: b pictures, H
// W pixels, s patches, d their width, c captions of each picture, t words, e their width.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>

#include "core/nn/conv_stem.h"
#include "core/nn/initialise.h"
#include "core/nn/linear.h"

namespace plumbline::nn {

// How much of the caption the picture shows; whether it shows all of it.
inline constexpr std::int64_t kMatchAnswers = 2;

class MatchReaderImpl : public torch::nn::Module, public CustomInitialisation {
 public:
  // patchSize: pixels a side of the patches.
  MatchReaderImpl(std::int64_t patchWidth, std::int64_t wordWidth, std::int64_t patchSize);
  // pictures b 3 H W in [-1, 1], patches b s d, words b c t e, isWord b c t (1 for words, 0 for what is not
  // to be read) to b c kMatchAnswers, log odds.
  at::Tensor forward(const at::Tensor& pictures, const at::Tensor& patches, const at::Tensor& words,
                     const at::Tensor& isWord) const;
  void initialise(std::uint64_t seed, const std::string& name) override;

 private:
  at::Tensor whole_;  // d, reads the caption as a whole
  ConvStem stem_;
  LoraCapableLinear wordsIn_, patchesIn_, stemIn_, answer_;
  torch::nn::ModuleList layers_;
  torch::nn::LayerNorm norm_;
};
TORCH_MODULE(MatchReader);

}  // namespace plumbline::nn
