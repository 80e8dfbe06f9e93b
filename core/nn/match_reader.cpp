#include "core/nn/match_reader.h"

#include <cmath>

#include "core/nn/attention.h"

namespace plumbline::nn {
namespace {

constexpr std::int64_t kHeads = 4, kLayers = 2;
constexpr std::int64_t kCounters = 8, kCounterWidth = 16;
constexpr double kFewCounted = -4;  // log odds at first that a patch is one of those asked for

// One look: at the patches, how many of them there are, at the other words, and a little thought on it.
class LookImpl : public torch::nn::Module, public CustomInitialisation {
 public:
  explicit LookImpl(std::int64_t width)
      : query_(register_module("query", LoraCapableLinear(width, width))),
        key_(register_module("key", LoraCapableLinear(width, width))),
        value_(register_module("value", LoraCapableLinear(width, width))),
        seen_(register_module("seen", LoraCapableLinear(width, width))),
        countQuery_(register_module("count_query", LoraCapableLinear(width, kCounters * kCounterWidth))),
        countKey_(register_module("count_key", LoraCapableLinear(width, kCounters * kCounterWidth))),
        counted_(register_module("counted", LoraCapableLinear(kCounters, width))),
        wordsAll_(register_module("words_all", LoraCapableLinear(width, 3 * width))),
        told_(register_module("told", LoraCapableLinear(width, width))),
        inner_(register_module("inner", LoraCapableLinear(width, 2 * width))),
        outer_(register_module("outer", LoraCapableLinear(2 * width, width))),
        norms_(register_module("norms", torch::nn::ModuleList())) {
    countOdds_ = register_parameter("count_odds", at::zeros({kCounters}));
    for (int i = 0; i < 3; ++i) norms_->push_back(torch::nn::LayerNorm(std::vector<std::int64_t>{width}));
  }

  // words b c t d, patches b s d, valid b c t; the same as words.
  at::Tensor forward(at::Tensor words, const at::Tensor& patches, const at::Tensor& valid) {
    const auto b = words.size(0), c = words.size(1), t = words.size(2), d = words.size(3);
    const auto asking = normed(0, words).reshape({b, c * t, d});
    const auto seen = seen_->forward(multiHeadAttention(query_->forward(asking), key_->forward(patches),
                                                        value_->forward(patches), kHeads));
    words = words + (seen + counted_->forward(counts(asking, patches))).view({b, c, t, d});
    words = words + told_->forward(amongWords(normed(1, words), valid));
    return words + outer_->forward(at::gelu(inner_->forward(normed(2, words))));
  }

  // A reader that was trained before there were counts goes on from where it was.
  void initialise(std::uint64_t, const std::string&) override {
    countOdds_.fill_(kFewCounted);
    counted_->weight.zero_();
    counted_->bias.zero_();
  }

 private:
  // Attention weighs, so that two red patches and four give it the same; a sum of yes and no tells them
  // apart. b n d, b s d to b n kCounters, logarithms.
  at::Tensor counts(const at::Tensor& asking, const at::Tensor& patches) {
    const auto heads = [](const at::Tensor& x) {
      return x.view({x.size(0), x.size(1), kCounters, kCounterWidth}).transpose(1, 2);
    };
    const auto alike = at::matmul(heads(countQuery_->forward(asking)) / std::sqrt(double(kCounterWidth)),
                                  heads(countKey_->forward(patches)).transpose(2, 3));
    return at::sigmoid(alike + countOdds_.view({1, -1, 1, 1})).sum(-1).log1p().transpose(1, 2);
  }

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

  LoraCapableLinear query_, key_, value_, seen_, countQuery_, countKey_, counted_, wordsAll_, told_, inner_,
      outer_;
  at::Tensor countOdds_;  // kCounters
  torch::nn::ModuleList norms_;
};
TORCH_MODULE(Look);

}  // namespace

MatchReaderImpl::MatchReaderImpl(std::int64_t patchWidth, std::int64_t wordWidth, std::int64_t patchSize)
    : whole_(register_parameter("whole", at::zeros({patchWidth}))),
      stem_(register_module("stem", ConvStem(patchWidth, patchSize))),
      wordsIn_(register_module("words_in", LoraCapableLinear(wordWidth, patchWidth))),
      patchesIn_(register_module("patches_in", LoraCapableLinear(patchWidth, patchWidth))),
      stemIn_(register_module("stem_in", LoraCapableLinear(patchWidth, patchWidth))),
      answer_(register_module("answer", LoraCapableLinear(patchWidth, kMatchAnswers))),
      layers_(register_module("layers", torch::nn::ModuleList())),
      norm_(register_module("norm", torch::nn::LayerNorm(std::vector<std::int64_t>{patchWidth}))) {
  for (std::int64_t i = 0; i < kLayers; ++i) layers_->push_back(Look(patchWidth));
}

at::Tensor MatchReaderImpl::forward(const at::Tensor& pictures, const at::Tensor& patches,
                                    const at::Tensor& words, const at::Tensor& isWord) const {
  const auto b = words.size(0), c = words.size(1), d = whole_.size(0);
  auto seen = at::cat({whole_.expand({b, c, 1, d}), wordsIn_->forward(words)}, 2);
  const auto valid = at::cat({at::ones({b, c, 1}, isWord.options()), isWord}, 2);
  const auto looked = patchesIn_->forward(at::layer_norm(patches, {d})) +
                      stemIn_->forward(at::layer_norm(stem_->forward(pictures), {d}));
  for (const auto& layer : *layers_) seen = layer->as<Look>()->forward(seen, looked, valid);
  return answer_->forward(at::layer_norm(seen.select(2, 0), {d}, norm_->weight, norm_->bias));
}

// At first it sees what a CLIP sees.
void MatchReaderImpl::initialise(std::uint64_t seed, const std::string& name) {
  stemIn_->weight.zero_();
  stemIn_->bias.zero_();
  InitialRandom(seed, name.empty() ? "whole" : name + ".whole").normal(whole_, 0.5);
}

}  // namespace plumbline::nn
