// CLIP's text encoder with Hugging Face's names (text_model.encoder.layers.0.self_attn.q_proj ...).
// Weights are not initialised on construction: load them, or call nn::initialise.
// Passes may run concurrently (core/tensor/shards.h), not beside a change of the weights; backward passes
// where their gradients are kept apart. Shapes: b batch, s tokens, d features.
#pragma once

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include "core/nn/initialise.h"
#include "core/nn/linear.h"

namespace plumbline::nn {

struct ClipTextOutput {
  at::Tensor lastHiddenState;         // b s d, after the final norm
  at::Tensor penultimateHiddenState;  // b s d, before the last layer, not normed
  at::Tensor pooled;                  // b d, at the end-of-text token, after the final norm
};

// What text and image tower share: a stack of pre-norm transformer layers ("layers.0.self_attn.q_proj" ...).
class ClipEncoderImpl : public torch::nn::Module, public CustomInitialisation {
 public:
  explicit ClipEncoderImpl(const nlohmann::json& config);  // text_config or vision_config
  // x b s d; mask s s or undefined. If penultimate is given, it receives the input of the last layer.
  at::Tensor forward(at::Tensor x, const at::Tensor& mask, at::Tensor* penultimate = nullptr);
  void initialise(std::uint64_t seed, const std::string& name) override;

 private:
  int64_t hiddenSize_, layerCount_;
  torch::nn::ModuleList layers_;
};
TORCH_MODULE(ClipEncoder);

// The module that checkpoints call "text_model".
class ClipTextTowerImpl : public torch::nn::Module, public CustomInitialisation {
 public:
  explicit ClipTextTowerImpl(const nlohmann::json& config);
  ClipTextOutput forward(const at::Tensor& ids);  // b s, whole numbers; s up to maxPositions()
  void initialise(std::uint64_t seed, const std::string& name) override;
  int64_t maxPositions() const { return maxPositions_; }
  int64_t hiddenSize() const { return hiddenSize_; }
  int64_t vocabularySize() const { return vocabularySize_; }

 private:
  at::Tensor pool(const at::Tensor& normed, const at::Tensor& ids) const;

  int64_t maxPositions_, hiddenSize_, vocabularySize_, endOfText_;
  at::Tensor tokenEmbedding_, positionEmbedding_;  // vocabulary d, positions d
  ClipEncoder encoder_{nullptr};
  torch::nn::LayerNorm finalLayerNorm_{nullptr};
};
TORCH_MODULE(ClipTextTower);

class ClipTextModelImpl : public torch::nn::Module {
 public:
  // config: text_encoder/config.json. Throws Error(kUnsupported) on an unknown activation.
  explicit ClipTextModelImpl(const nlohmann::json& config);
  ClipTextOutput forward(const at::Tensor& ids) { return textModel_(ids); }
  int64_t maxPositions() const { return textModel_->maxPositions(); }
  int64_t hiddenSize() const { return textModel_->hiddenSize(); }
  int64_t vocabularySize() const { return textModel_->vocabularySize(); }
  const nlohmann::json& config() const { return config_; }

 private:
  nlohmann::json config_;
  ClipTextTower textModel_{nullptr};
};
TORCH_MODULE(ClipTextModel);

}  // namespace plumbline::nn
