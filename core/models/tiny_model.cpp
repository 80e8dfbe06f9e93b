#include "core/models/tiny_model.h"

#include <filesystem>

#include "core/models/clip_folder.h"
#include "core/models/config_file.h"
#include "core/models/model_family.h"
#include "core/nn/initialise.h"
#include "core/text/vocabulary_trainer.h"

namespace plumbline {
namespace {

constexpr int64_t kTokens = 12;
constexpr int64_t kWidth = 16;
constexpr int64_t kDownFactor = 4;

Json textConfig(int64_t vocabulary, int64_t endOfText) {
  return {{"architectures", {"CLIPTextModel"}},
          {"model_type", "clip_text_model"},
          {"hidden_size", kWidth},
          {"intermediate_size", 2 * kWidth},
          {"num_hidden_layers", 2},
          {"num_attention_heads", 2},
          {"hidden_act", "quick_gelu"},
          {"max_position_embeddings", kTokens},
          {"vocab_size", vocabulary},
          {"layer_norm_eps", 1e-5},
          {"eos_token_id", endOfText},
          {"projection_dim", kWidth}};
}

Json unetConfig(const TinyModelOptions& options) {
  return {{"_class_name", "UNet2DConditionModel"},
          {"act_fn", "silu"},
          {"attention_head_dim", 2},
          {"block_out_channels", {16, 32}},
          {"cross_attention_dim", kWidth},
          {"down_block_types", {"CrossAttnDownBlock2D", "DownBlock2D"}},
          {"flip_sin_to_cos", true},
          {"freq_shift", 0},
          {"in_channels", options.latentChannels},
          {"layers_per_block", 1},
          {"norm_eps", 1e-5},
          {"norm_num_groups", 4},
          {"out_channels", options.latentChannels},
          {"sample_size", options.pictureSize / kDownFactor},
          {"up_block_types", {"UpBlock2D", "CrossAttnUpBlock2D"}},
          {"use_linear_projection", options.linearProjection}};
}

Json vaeConfig(const TinyModelOptions& options) {
  return {{"_class_name", "AutoencoderKL"},
          {"act_fn", "silu"},
          {"block_out_channels", {8, 8, 16}},
          {"down_block_types", {"DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"}},
          {"in_channels", 3},
          {"latent_channels", options.latentChannels},
          {"layers_per_block", 1},
          {"norm_num_groups", 4},
          {"out_channels", 3},
          {"sample_size", options.pictureSize},
          {"scaling_factor", 0.5},
          {"up_block_types", {"UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"}}};
}

Json clipConfig(const Json& text, const TinyModelOptions& options) {
  return {{"architectures", {"CLIPModel"}},
          {"model_type", "clip"},
          {"projection_dim", kWidth},
          {"logit_scale_init_value", 2.6592},
          {"text_config", text},
          {"vision_config",
           {{"model_type", "clip_vision_model"},
            {"hidden_size", kWidth},
            {"intermediate_size", 2 * kWidth},
            {"num_hidden_layers", 2},
            {"num_attention_heads", 2},
            {"hidden_act", "quick_gelu"},
            {"image_size", options.pictureSize},
            {"patch_size", options.pictureSize / 4},
            {"num_channels", 3},
            {"layer_norm_eps", 1e-5},
            {"projection_dim", kWidth}}}};
}

Json schedulerConfig() {
  return {{"_class_name", "DDIMScheduler"},
          {"num_train_timesteps", 1000},
          {"beta_start", 0.00085},
          {"beta_end", 0.012},
          {"beta_schedule", "scaled_linear"},
          {"steps_offset", 1},
          {"clip_sample", false},
          {"set_alpha_to_one", false},
          {"timestep_spacing", "leading"},
          {"prediction_type", "epsilon"}};
}

Json modelIndex() {
  return {
      {"_class_name", "StableDiffusionPipeline"},       {"_diffusers_version", "0.24.0"},
      {"scheduler", {"diffusers", "DDIMScheduler"}},    {"text_encoder", {"transformers", "CLIPTextModel"}},
      {"tokenizer", {"transformers", "CLIPTokenizer"}}, {"unet", {"diffusers", "UNet2DConditionModel"}},
      {"vae", {"diffusers", "AutoencoderKL"}}};
}

template <class Module>
std::shared_ptr<Module> randomModule(const Json& config, std::uint64_t seed) {
  auto module = std::make_shared<Module>(config);
  nn::initialise(*module, seed);
  return module;
}

}  // namespace

void writeTinyModel(const std::string& folder, std::uint64_t seed, const TinyModelOptions& options) {
  std::filesystem::create_directories(folder + "/tokenizer");
  trainVocabulary({"a red circle", "a large blue square left of a small green triangle",
                   "two yellow stars above three purple rings on white"},
                  folder + "/tokenizer", {.maxLength = kTokens});
  DiffusionModel model;
  model.family = "sd1";
  model.tokenizer = std::make_shared<const ClipTokenizer>(ClipTokenizer::load(folder + "/tokenizer"));
  const Json text = textConfig(int64_t(model.tokenizer->vocabularySize()), model.tokenizer->endId());
  model.modelIndex = modelIndex();
  model.schedulerConfig = schedulerConfig();
  model.vaeConfig = vaeConfig(options);
  model.textEncoder = randomModule<nn::ClipTextModelImpl>(text, seed);
  model.unet = randomModule<nn::UNet2DConditionModelImpl>(unetConfig(options), seed + 1);
  model.vae = randomModule<nn::AutoencoderKlImpl>(model.vaeConfig, seed + 2);
  if (options.clip) model.clip = randomModule<nn::ClipModelImpl>(clipConfig(text, options), seed + 3);
  saveModel(model, folder);
}

}  // namespace plumbline
