#include "core/nn/match_reader.h"

#include "core/nn/attention.h"

namespace plumbline::nn {
namespace {

constexpr std::int64_t kHeads = 4, kLayers = 2;

// One look: at the patches, at the other words, and a little thought on it.
class LookImpl : public torch::nn::Module {
 public:
  explicit LookImpl(std::int64_t width)
      : query_(register_module("query", LoraCapableLinear(width, width))),
        key_(register_module("key", LoraCapableLinear(width, width))),
        value_(register_module("value", LoraCapableLinear(width, width))),
        seen_(register_module("seen", LoraCapableLinear(width, width))),
        wordsAll_(register_module("words_all", LoraCapableLinear(width, 3 * width))),
        told_(register_module("told", LoraCapableLinear(width, width))),
        inner_(register_module("inner", LoraCapableLinear(width, 2 * width))),
        outer_(register_module("outer", LoraCapableLinear(2 * width, width))),
        norms_(register_module("norms", torch::nn::ModuleList())) {
    for (int i = 0; i < 3; ++i) norms_->push_back(torch::nn::LayerNorm(std::vector<std::int64_t>{width}));
  }

  // words b c t d, patches b s d, valid b c t; the same as words.
  at::Tensor forward(at::Tensor words, const at::Tensor& patches, const at::Tensor& valid) {
    const auto b = words.size(0), c = words.size(1), t = words.size(2), d = words.size(3);
    const auto asked = query_->forward(normed(0, words)).reshape({b, c * t, d});
    words =
        words +
        seen_->forward(multiHeadAttention(asked, key_->forward(patches), value_->forward(patches), kHeads))
            .view({b, c, t, d});
    words = words + told_->forward(amongWords(normed(1, words), valid));
    return words + outer_->forward(at::gelu(inner_->forward(normed(2, words))));
  }

 private:
  at::Tensor normed(std::size_t which, const at::Tensor& x) {
    return norms_[which]->as<torch::nn::LayerNorm>()->forward(x);
  }

  // Captions are of different length, so every one has a mask of its own.
  at::Tensor amongWords(const at::Tensor& words, const at::Tensor& valid) {
    const auto rows = words.size(0) * words.size(1), t = words.size(2), d = words.size(3);
    const auto parts = wordsAll_->forward(words).view({rows, t, 3 * d}).chunk(3, 2);
    const auto mask = (valid.reshape({rows, 1, t}) < 0.5).to(words.scalar_type()) * -1e4;
    return multiHeadAttention(parts[0], parts[1], parts[2], kHeads, mask).view(words.sizes());
  }

  LoraCapableLinear query_, key_, value_, seen_, wordsAll_, told_, inner_, outer_;
  torch::nn::ModuleList norms_;
};
TORCH_MODULE(Look);

}  // namespace

MatchReaderImpl::MatchReaderImpl(std::int64_t patchWidth, std::int64_t wordWidth)
    : whole_(register_parameter("whole", at::zeros({patchWidth}))),
      wordsIn_(register_module("words_in", LoraCapableLinear(wordWidth, patchWidth))),
      patchesIn_(register_module("patches_in", LoraCapableLinear(patchWidth, patchWidth))),
      answer_(register_module("answer", LoraCapableLinear(patchWidth, kMatchAnswers))),
      layers_(register_module("layers", torch::nn::ModuleList())),
      norm_(register_module("norm", torch::nn::LayerNorm(std::vector<std::int64_t>{patchWidth}))) {
  for (std::int64_t i = 0; i < kLayers; ++i) layers_->push_back(Look(patchWidth));
}

at::Tensor MatchReaderImpl::forward(const at::Tensor& patches, const at::Tensor& words,
                                    const at::Tensor& isWord) const {
  const auto b = words.size(0), c = words.size(1), d = whole_.size(0);
  auto seen = at::cat({whole_.expand({b, c, 1, d}), wordsIn_->forward(words)}, 2);
  const auto valid = at::cat({at::ones({b, c, 1}, isWord.options()), isWord}, 2);
  const auto looked = patchesIn_->forward(at::layer_norm(patches, {patches.size(-1)}));
  for (const auto& layer : *layers_) seen = layer->as<Look>()->forward(seen, looked, valid);
  return answer_->forward(at::layer_norm(seen.select(2, 0), {d}, norm_->weight, norm_->bias));
}

void MatchReaderImpl::initialise(std::uint64_t seed, const std::string& name) {
  InitialRandom(seed, name.empty() ? "whole" : name + ".whole").normal(whole_, 0.5);
}

}  // namespace plumbline::nn
