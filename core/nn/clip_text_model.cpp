#include "core/nn/clip_text_model.h"

#include <cmath>
#include <limits>

#include "core/nn/attention.h"
#include "core/types/error.h"

namespace plumbline::nn {
namespace {

using nlohmann::json;

using Activation = at::Tensor (*)(const at::Tensor&);

Activation activationNamed(const std::string& name) {
  if (name == "quick_gelu") return [](const at::Tensor& x) { return x * at::sigmoid(x * 1.702); };
  if (name == "gelu") return [](const at::Tensor& x) { return at::gelu(x); };
  throw Error(ErrorKind::kUnsupported,
              "CLIP activation '" + name + "' is not supported; quick_gelu and gelu are");
}

torch::nn::LayerNorm layerNorm(const json& config) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({config.at("hidden_size").get<int64_t>()})
                                  .eps(config.value("layer_norm_eps", 1e-5)));
}

class ClipMlpImpl : public torch::nn::Module {
 public:
  explicit ClipMlpImpl(const json& config)
      : activation_(activationNamed(config.value("hidden_act", "quick_gelu"))),
        fc1_(register_module("fc1", LoraCapableLinear(config.at("hidden_size").get<int64_t>(),
                                                      config.at("intermediate_size").get<int64_t>()))),
        fc2_(register_module("fc2", LoraCapableLinear(config.at("intermediate_size").get<int64_t>(),
                                                      config.at("hidden_size").get<int64_t>()))) {}
  at::Tensor forward(const at::Tensor& x) { return fc2_(activation_(fc1_(x))); }

 private:
  Activation activation_;
  LoraCapableLinear fc1_, fc2_;
};
TORCH_MODULE(ClipMlp);

class ClipAttentionImpl : public torch::nn::Module {
 public:
  ClipAttentionImpl(int64_t dim, int64_t heads)
      : heads_(heads),
        q_(register_module("q_proj", LoraCapableLinear(dim, dim))),
        k_(register_module("k_proj", LoraCapableLinear(dim, dim))),
        v_(register_module("v_proj", LoraCapableLinear(dim, dim))),
        out_(register_module("out_proj", LoraCapableLinear(dim, dim))) {
    if (heads <= 0 || dim % heads != 0) {
      throw Error(ErrorKind::kInvalidInput,
                  "CLIP config: hidden_size does not divide into num_attention_heads");
    }
  }
  at::Tensor forward(const at::Tensor& x, const at::Tensor& mask) {
    return out_(multiHeadAttention(q_(x), k_(x), v_(x), heads_, mask));
  }

 private:
  int64_t heads_;
  LoraCapableLinear q_, k_, v_, out_;
};
TORCH_MODULE(ClipAttention);

class ClipLayerImpl : public torch::nn::Module {
 public:
  explicit ClipLayerImpl(const json& config)
      : attention_(
            register_module("self_attn", ClipAttention(config.at("hidden_size").get<int64_t>(),
                                                       config.at("num_attention_heads").get<int64_t>()))),
        norm1_(register_module("layer_norm1", layerNorm(config))),
        norm2_(register_module("layer_norm2", layerNorm(config))),
        mlp_(register_module("mlp", ClipMlp(config))) {}
  at::Tensor forward(at::Tensor x, const at::Tensor& mask) {
    x = x + attention_(norm1_(x), mask);
    return x + mlp_(norm2_(x));
  }

 private:
  ClipAttention attention_;
  torch::nn::LayerNorm norm1_, norm2_;
  ClipMlp mlp_;
};
TORCH_MODULE(ClipLayer);

std::string join(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

at::Tensor causalMask(int64_t length, const at::Tensor& like) {
  return at::full({length, length}, -std::numeric_limits<float>::infinity(),
                  like.options().requires_grad(false))
      .triu_(1);
}

}  // namespace

ClipEncoderImpl::ClipEncoderImpl(const json& config)
    : hiddenSize_(config.at("hidden_size").get<int64_t>()),
      layerCount_(config.at("num_hidden_layers").get<int64_t>()),
      layers_(register_module("layers", torch::nn::ModuleList())) {
  for (int64_t i = 0; i < layerCount_; ++i) layers_->push_back(ClipLayer(config));
}

at::Tensor ClipEncoderImpl::forward(at::Tensor x, const at::Tensor& mask, at::Tensor* penultimate) {
  for (std::size_t i = 0; i < layers_->size(); ++i) {
    if (penultimate && i + 1 == layers_->size()) *penultimate = x;
    x = layers_[i]->as<ClipLayer>()->forward(x, mask);
  }
  return x;
}

void ClipEncoderImpl::initialise(std::uint64_t seed, const std::string& name) {
  const double wide = 1.0 / std::sqrt(double(hiddenSize_));
  const double into = wide / std::sqrt(2.0 * double(layerCount_));
  for (auto& item : named_parameters()) {
    const std::string& key = item.key();
    if (key.ends_with(".bias")) item.value().zero_();
    if (item.value().dim() != 2) continue;
    const bool fc1 = key.find("fc1") != std::string::npos;
    const bool outProjection = key.find("out_proj") != std::string::npos;
    const double deviation = fc1 ? wide / std::sqrt(2.0) : outProjection ? wide : into;
    InitialRandom(seed, join(name, key)).normal(item.value(), deviation);
  }
}

ClipTextTowerImpl::ClipTextTowerImpl(const json& config)
    : maxPositions_(config.value("max_position_embeddings", int64_t{77})),
      hiddenSize_(config.at("hidden_size").get<int64_t>()),
      vocabularySize_(config.at("vocab_size").get<int64_t>()),
      endOfText_(config.value("eos_token_id", int64_t{2})) {
  auto embeddings = register_module("embeddings", std::make_shared<torch::nn::Module>("embeddings"));
  auto token =
      embeddings->register_module("token_embedding", std::make_shared<torch::nn::Module>("embedding"));
  auto position =
      embeddings->register_module("position_embedding", std::make_shared<torch::nn::Module>("embedding"));
  tokenEmbedding_ = token->register_parameter("weight", torch::empty({vocabularySize_, hiddenSize_}));
  positionEmbedding_ = position->register_parameter("weight", torch::empty({maxPositions_, hiddenSize_}));
  encoder_ = register_module("encoder", ClipEncoder(config));
  finalLayerNorm_ = register_module("final_layer_norm", layerNorm(config));
}

ClipTextOutput ClipTextTowerImpl::forward(const at::Tensor& ids) {
  const int64_t length = ids.size(1);
  if (length > maxPositions_) {
    throw Error(ErrorKind::kInvalidInput, "a prompt of " + std::to_string(length) +
                                              " tokens is longer than the " + std::to_string(maxPositions_) +
                                              " this text encoder reads");
  }
  const at::Tensor x = at::embedding(tokenEmbedding_, ids) + positionEmbedding_.narrow(0, 0, length);
  ClipTextOutput output;
  const at::Tensor last = encoder_->forward(x, causalMask(length, x), &output.penultimateHiddenState);
  output.lastHiddenState = finalLayerNorm_(last);
  output.pooled = pool(output.lastHiddenState, ids);
  return output;
}

at::Tensor ClipTextTowerImpl::pool(const at::Tensor& normed, const at::Tensor& ids) const {
  // Old configs say eos_token_id 2 while the real token is the vocabulary's last: then the largest id marks
  // the end.
  const at::Tensor end = endOfText_ == 2 ? ids.argmax(-1) : ids.eq(endOfText_).to(at::kInt).argmax(-1);
  return normed.index({at::arange(ids.size(0), end.options()), end});
}

void ClipTextTowerImpl::initialise(std::uint64_t seed, const std::string& name) {
  InitialRandom(seed, join(name, "embeddings.token_embedding.weight")).normal(tokenEmbedding_, 0.02);
  InitialRandom(seed, join(name, "embeddings.position_embedding.weight")).normal(positionEmbedding_, 0.02);
}

ClipTextModelImpl::ClipTextModelImpl(const json& config)
    : config_(config), textModel_(register_module("text_model", ClipTextTower(config))) {}

}  // namespace plumbline::nn
