#include "core/nn/clip_model.h"

#include <cmath>

#include "core/types/error.h"

namespace plumbline::nn {
namespace {

using nlohmann::json;

torch::nn::LayerNorm layerNorm(const json& config) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({config.at("hidden_size").get<int64_t>()})
                                  .eps(config.value("layer_norm_eps", 1e-5)));
}

std::string join(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

}  // namespace

ClipVisionTowerImpl::ClipVisionTowerImpl(const json& config)
    : imageSize_(config.value("image_size", int64_t{224})),
      patchSize_(config.value("patch_size", int64_t{32})),
      hiddenSize_(config.at("hidden_size").get<int64_t>()) {
  if (patchSize_ <= 0 || imageSize_ % patchSize_ != 0) {
    throw Error(ErrorKind::kInvalidInput, "CLIP config: image_size is no multiple of patch_size");
  }
  const int64_t side = imageSize_ / patchSize_;
  auto embeddings = register_module("embeddings", std::make_shared<torch::nn::Module>("embeddings"));
  auto position =
      embeddings->register_module("position_embedding", std::make_shared<torch::nn::Module>("embedding"));
  classEmbedding_ = embeddings->register_parameter("class_embedding", torch::empty({hiddenSize_}));
  positionEmbedding_ = position->register_parameter("weight", torch::empty({side * side + 1, hiddenSize_}));
  patchEmbedding_ = LoraCapableConv2d(config.value("num_channels", int64_t{3}), hiddenSize_, patchSize_,
                                      patchSize_, 0, /*withBias=*/false);
  embeddings->register_module("patch_embedding", patchEmbedding_);
  // The checkpoints spell it so.
  preNorm_ = register_module("pre_layrnorm", layerNorm(config));
  encoder_ = register_module("encoder", ClipEncoder(config));
  postNorm_ = register_module("post_layernorm", layerNorm(config));
}

ClipVisionOutput ClipVisionTowerImpl::forward(const at::Tensor& pixels) {
  if (pixels.size(2) != imageSize_ || pixels.size(3) != imageSize_) {
    throw Error(ErrorKind::kInternal,
                "CLIP image tower wants " + std::to_string(imageSize_) + " pixels a side");
  }
  const at::Tensor patches =
      patchEmbedding_(pixels.to(classEmbedding_.scalar_type())).flatten(2).transpose(1, 2);  // b p d
  const at::Tensor classToken = classEmbedding_.expand({pixels.size(0), 1, hiddenSize_});
  at::Tensor x = at::cat({classToken, patches}, 1) + positionEmbedding_;
  x = encoder_->forward(preNorm_(x), {});
  return {x.slice(1, 1), postNorm_(x.select(1, 0))};
}

void ClipVisionTowerImpl::initialise(std::uint64_t seed, const std::string& name) {
  InitialRandom(seed, join(name, "embeddings.class_embedding"))
      .normal(classEmbedding_, 1.0 / std::sqrt(double(hiddenSize_)));
  InitialRandom(seed, join(name, "embeddings.position_embedding.weight")).normal(positionEmbedding_, 0.02);
  InitialRandom(seed, join(name, "embeddings.patch_embedding.weight")).normal(patchEmbedding_->weight, 0.02);
}

ClipModelImpl::ClipModelImpl(const json& config)
    : config_(config), projectionDim_(config.value("projection_dim", int64_t{512})) {
  textModel_ = register_module("text_model", ClipTextTower(config.at("text_config")));
  visionModel_ = register_module("vision_model", ClipVisionTower(config.at("vision_config")));
  visualProjection_ = register_module("visual_projection",
                                      LoraCapableLinear(visionModel_->hiddenSize(), projectionDim_, false));
  textProjection_ =
      register_module("text_projection", LoraCapableLinear(textModel_->hiddenSize(), projectionDim_, false));
  logitScale_ = register_parameter("logit_scale", torch::empty({}));
}

at::Tensor ClipModelImpl::imageEmbeds(const at::Tensor& pixels) {
  return projectImage(visionModel_(pixels).pooled);
}

at::Tensor ClipModelImpl::textEmbeds(const at::Tensor& ids) {
  return projectText(textModel_(ids).pooled);
}

at::Tensor ClipModelImpl::normalised(const at::Tensor& embeds) {
  return embeds / embeds.norm(2, -1, /*keepdim=*/true);
}

at::Tensor ClipModelImpl::logitsPerImage(const at::Tensor& imageEmbeds, const at::Tensor& textEmbeds) {
  return at::matmul(normalised(imageEmbeds), normalised(textEmbeds).t()) * logitScale_.exp();
}

void ClipModelImpl::initialise(std::uint64_t seed, const std::string& name) {
  at::Tensor& visual = visualProjection_->weight;
  at::Tensor& text = textProjection_->weight;
  InitialRandom(seed, join(name, "visual_projection.weight"))
      .normal(visual, 1.0 / std::sqrt(double(visual.size(1))));
  InitialRandom(seed, join(name, "text_projection.weight"))
      .normal(text, 1.0 / std::sqrt(double(text.size(1))));
  logitScale_.fill_(config_.value("logit_scale_init_value", 2.6592));
}

}  // namespace plumbline::nn
