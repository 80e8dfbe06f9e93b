// CLIP with both towers, Hugging Face's names (vision_model..., text_model..., visual_projection,
// text_projection, logit_scale). Backbone of the reward models; trained from scratch for the default model.
// Weights are not initialised on construction: load them, or call nn::initialise.
// Passes may run concurrently (core/tensor/shards.h), not beside a change of the weights; backward passes
// where their gradients are kept apart. Shapes: b batch, H W pixels (already CLIP-normalised), p patches of a
// square grid row by row, d features, e embedding.
#pragma once

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include "core/nn/clip_text_model.h"

namespace plumbline::nn {

struct ClipVisionOutput {
  at::Tensor patches;  // b p d, last layer, not normed
  at::Tensor pooled;   // b d, class token after the last norm
};

// The module that checkpoints call "vision_model".
class ClipVisionTowerImpl : public torch::nn::Module, public CustomInitialisation {
 public:
  explicit ClipVisionTowerImpl(const nlohmann::json& config);  // vision_config
  ClipVisionOutput forward(const at::Tensor& pixels);          // b 3 H W
  void initialise(std::uint64_t seed, const std::string& name) override;
  int64_t imageSize() const { return imageSize_; }
  int64_t patchSize() const { return patchSize_; }
  int64_t hiddenSize() const { return hiddenSize_; }

 private:
  int64_t imageSize_, patchSize_, hiddenSize_;
  at::Tensor classEmbedding_, positionEmbedding_;  // d, 1+p d
  LoraCapableConv2d patchEmbedding_{nullptr};
  torch::nn::LayerNorm preNorm_{nullptr}, postNorm_{nullptr};
  ClipEncoder encoder_{nullptr};
};
TORCH_MODULE(ClipVisionTower);

class ClipModelImpl : public torch::nn::Module, public CustomInitialisation {
 public:
  explicit ClipModelImpl(const nlohmann::json& config);  // config.json of a CLIPModel

  ClipVisionOutput visionFeatures(const at::Tensor& pixels) { return visionModel_(pixels); }
  ClipTextOutput textFeatures(const at::Tensor& ids) { return textModel_(ids); }
  // Projected, not normalised: b e. Divide by the norm before comparing (normalised() below).
  at::Tensor imageEmbeds(const at::Tensor& pixels);
  at::Tensor textEmbeds(const at::Tensor& ids);
  at::Tensor projectImage(const at::Tensor& pooled) { return visualProjection_(pooled); }
  at::Tensor projectText(const at::Tensor& pooled) { return textProjection_(pooled); }
  // exp(logit_scale) times the cosine of every picture with every text, b b'.
  at::Tensor logitsPerImage(const at::Tensor& imageEmbeds, const at::Tensor& textEmbeds);
  static at::Tensor normalised(const at::Tensor& embeds);

  void initialise(std::uint64_t seed, const std::string& name) override;
  int64_t imageSize() const { return visionModel_->imageSize(); }
  int64_t patchesPerSide() const { return visionModel_->imageSize() / visionModel_->patchSize(); }
  int64_t visionHiddenSize() const { return visionModel_->hiddenSize(); }
  int64_t textHiddenSize() const { return textModel_->hiddenSize(); }
  int64_t projectionDim() const { return projectionDim_; }
  int64_t maxPositions() const { return textModel_->maxPositions(); }
  const nlohmann::json& config() const { return config_; }

 private:
  nlohmann::json config_;
  int64_t projectionDim_;
  ClipTextTower textModel_{nullptr};
  ClipVisionTower visionModel_{nullptr};
  LoraCapableLinear visualProjection_{nullptr}, textProjection_{nullptr};
  at::Tensor logitScale_;
};
TORCH_MODULE(ClipModel);

}  // namespace plumbline::nn
