#include "core/scenes/training/base_model.h"

#include <algorithm>
#include <filesystem>

#include "core/scenes/training/autoencoder_trainer.h"
#include "core/scenes/training/clip_trainer.h"
#include "core/scenes/training/diffusion_trainer.h"
#include "core/scenes/training/match_trainer.h"
#include "core/scenes/training/redrawing.h"
#include "core/scenes/training/training_batch.h"
#include "core/scenes/training_sample.h"
#include "core/text/vocabulary_trainer.h"

namespace plumbline::training {
namespace {

using nlohmann::json;

constexpr int kTextLength = 24;  // tokens: the longest caption of the grammar has 20 words

struct Shape {
  int pictureSize;
  std::vector<int> vaeChannels;
  int latentChannels, vaeLayers, vaeGroups;
  std::vector<int> unetChannels;
  json unetLayers;  // of each level, or one number for all
  int unetGroups, textWidth, textLayers;
};

// Groups of an autoencoder's norms must be wide: one of two channels cannot carry a flat background's colour.
// Most of what small draws wrongly goes wrong where little noise is left, and there the first level of its
// U-Net has most to say: it gets a second layer.
Shape shapeOf(const std::string& size) {
  if (size == "mini") return {64, {8, 24, 48, 64}, 4, 1, 1, {48, 96}, 1, 8, 64, 2};
  if (size == "small") return {128, {16, 32, 96, 64, 128}, 16, 1, 1, {96, 192}, {2, 1}, 16, 128, 3};
  if (size == "base") return {128, {32, 64, 128, 192}, 4, 1, 4, {128, 256, 384}, 2, 32, 256, 6};
  if (size == "large") return {128, {64, 128, 192, 256}, 4, 2, 8, {224, 448, 672}, 2, 32, 512, 8};
  throw Error(ErrorKind::kInvalidInput, "unknown size '" + size + "'; known are: mini, small, base, large");
}

json repeated(const char* value, std::size_t times) {
  return json(std::vector<std::string>(times, value));
}

json vaeConfig(const Shape& s) {
  return {{"_class_name", "AutoencoderKL"},
          {"_diffusers_version", "0.24.0"},
          {"act_fn", "silu"},
          {"block_out_channels", s.vaeChannels},
          {"down_block_types", repeated("DownEncoderBlock2D", s.vaeChannels.size())},
          {"up_block_types", repeated("UpDecoderBlock2D", s.vaeChannels.size())},
          {"in_channels", 3},
          {"out_channels", 3},
          {"latent_channels", s.latentChannels},
          {"layers_per_block", s.vaeLayers},
          {"norm_num_groups", s.vaeGroups},
          {"sample_size", s.pictureSize},
          {"force_upcast", true}};
}

json unetConfig(const Shape& s) {
  return {{"_class_name", "UNet2DConditionModel"},
          {"_diffusers_version", "0.24.0"},
          {"act_fn", "silu"},
          {"attention_head_dim", 4},
          {"block_out_channels", s.unetChannels},
          {"center_input_sample", false},
          {"cross_attention_dim", s.textWidth},
          {"down_block_types", repeated("CrossAttnDownBlock2D", s.unetChannels.size())},
          {"up_block_types", repeated("CrossAttnUpBlock2D", s.unetChannels.size())},
          {"mid_block_type", "UNetMidBlock2DCrossAttn"},
          {"downsample_padding", 1},
          {"flip_sin_to_cos", true},
          {"freq_shift", 0},
          {"in_channels", s.latentChannels},
          {"out_channels", s.latentChannels},
          {"layers_per_block", s.unetLayers},
          {"mid_block_scale_factor", 1},
          {"norm_eps", 1e-5},
          {"norm_num_groups", s.unetGroups},
          {"sample_size", s.pictureSize >> (int(s.vaeChannels.size()) - 1)},
          {"use_linear_projection", true}};
}

json textConfig(const Shape& s, std::size_t vocabulary) {
  return {{"architectures", {"CLIPTextModel"}}, {"model_type", "clip_text_model"},
          {"hidden_size", s.textWidth},         {"intermediate_size", 4 * s.textWidth},
          {"num_hidden_layers", s.textLayers},  {"num_attention_heads", 4},
          {"hidden_act", "quick_gelu"},         {"max_position_embeddings", kTextLength},
          {"vocab_size", vocabulary},           {"layer_norm_eps", 1e-5},
          {"bos_token_id", vocabulary - 2},     {"eos_token_id", vocabulary - 1},
          {"pad_token_id", vocabulary - 1},     {"projection_dim", s.textWidth}};
}

// Noisier at the end than Stable Diffusion's: a background spreads over all 64 places of so small a latent,
// so that at its last timestep the network would still read it from the noise it starts with.
json schedulerConfig() {
  return {{"_class_name", "DDIMScheduler"},
          {"_diffusers_version", "0.24.0"},
          {"num_train_timesteps", 1000},
          {"beta_start", 0.00085},
          {"beta_end", 0.02},
          {"beta_schedule", "scaled_linear"},
          {"clip_sample", false},
          {"set_alpha_to_one", false},
          {"steps_offset", 1},
          {"timestep_spacing", "trailing"},
          {"prediction_type", "v_prediction"}};
}

json modelIndex() {
  return {
      {"_class_name", "StableDiffusionPipeline"},       {"_diffusers_version", "0.24.0"},
      {"unet", {"diffusers", "UNet2DConditionModel"}},  {"vae", {"diffusers", "AutoencoderKL"}},
      {"scheduler", {"diffusers", "DDIMScheduler"}},    {"text_encoder", {"transformers", "CLIPTextModel"}},
      {"tokenizer", {"transformers", "CLIPTokenizer"}}, {"safety_checker", {nullptr, nullptr}},
      {"feature_extractor", {nullptr, nullptr}},        {"requires_safety_checker", false}};
}

// Learns the vocabulary from captions and writes every configuration that depends on its size.
void writeVocabulary(const std::string& folder, const BaseModelSettings& settings) {
  constexpr std::uint64_t kCaptions = 4000;
  std::vector<std::string> captions;
  for (std::uint64_t i = 0; i < kCaptions; ++i)
    captions.push_back(scenes::trainingSample(settings.seed, i, 16).caption);
  const auto vocabulary = trainVocabulary(captions, folder + "/tokenizer", {.maxLength = kTextLength});
  const Shape shape = shapeOf(settings.size);
  writeConfig(folder + "/model_index.json", modelIndex());
  writeConfig(folder + "/scheduler/scheduler_config.json", schedulerConfig());
  writeConfig(folder + "/unet/config.json", unetConfig(shape));
  writeConfig(folder + "/text_encoder/config.json", textConfig(shape, vocabulary.entries));
}

// The pictures that a CLIP and its reader learn from, as far as the model is there to make them.
void takeFrom(const std::string& folder, std::uint64_t seed, ClipPictures& pictures) {
  pictures.tokenizerFolder = folder + "/tokenizer";
  pictures.seed = seed;
  if (std::filesystem::exists(folder + "/vae/diffusion_pytorch_model.safetensors"))
    pictures.autoencoderFolder = folder + "/vae";
  if (Redrawing::possible(folder)) pictures.diffusionFolder = folder;
}

}  // namespace

void trainBase(const std::string& folder, const BaseModelSettings& settings, ProgressSink& progress,
               std::stop_token stop) {
  const Shape shape = shapeOf(settings.size);
  const bool all = settings.stage == "all";
  const double seconds = settings.hours * 3600;
  const bool haveWords = std::filesystem::exists(folder + "/tokenizer/vocab.json");
  if (settings.stage == "vocabulary" ||
      ((all || settings.stage == "diffusion" || settings.stage == "clip") && !haveWords)) {
    writeVocabulary(folder, settings);
  }
  if (all || settings.stage == "autoencoder") {
    AutoencoderSettings s{
        .pictureSize = shape.pictureSize,
        .seconds = all ? seconds * 0.2 : seconds,
        .keepLatents = std::filesystem::exists(folder + "/unet/diffusion_pytorch_model.safetensors"),
        .seed = settings.seed};
    trainAutoencoder(vaeConfig(shape), folder + "/vae", s, settings.resume, progress, stop);
  }
  if (settings.stage == "decoder") {
    AutoencoderSettings s{.pictureSize = shape.pictureSize,
                          .seconds = seconds,
                          .cropShare = 0.4,
                          .learningRate = 1e-3,
                          .keepLatents = true,
                          .decoderOnly = true,
                          .seed = settings.seed + 1};
    trainAutoencoder(vaeConfig(shape), folder + "/vae", s, true, progress, stop);
  }
  if (all || settings.stage == "diffusion") {
    DiffusionSettings s{.pictureSize = shape.pictureSize,
                        .seconds = all ? seconds * 0.5 : seconds,
                        .unet = unetConfig(shape),
                        .seed = settings.seed};
    trainDiffusion(folder, s, settings.resume, progress, stop);
  }
  if (all || settings.stage == "clip") {
    ClipSettings s{.seconds = all ? seconds * 0.2 : seconds};
    takeFrom(folder, settings.seed, s.pictures);
    trainClip(defaultClipConfig(shape.pictureSize, s.pictures.tokenizerFolder), folder + "/clip", s,
              settings.resume, progress, stop);
  }
  if (all || settings.stage == "match") {
    MatchSettings s{.seconds = all ? seconds * 0.1 : seconds};
    takeFrom(folder, settings.seed, s.pictures);
    trainMatchReader(folder + "/clip", s, settings.resume, progress, stop);
  }
}

}  // namespace plumbline::training
