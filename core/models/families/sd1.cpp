// Stable Diffusion 1: CLIP text encoder, conditional U-Net, KL autoencoder, epsilon or v prediction.
#include <filesystem>

#include "core/models/config_file.h"
#include "core/models/model_family.h"
#include "core/models/weight_source.h"

namespace plumbline::model_family {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPipeline = "StableDiffusionPipeline";
constexpr std::pair<const char*, const char*> kComponents[] = {
    {"unet", "UNet2DConditionModel"}, {"vae", "AutoencoderKL"}, {"text_encoder", "CLIPTextModel"}};

bool accepts(const Json& index) {
  return index.value("_class_name", Json()) == kPipeline;
}

void checkComponents(const std::string& folder, const Json& index) {
  for (const auto& [name, type] : kComponents) {
    const Json entry = index.value(name, Json());
    const bool good = entry.is_array() && entry.size() == 2;
    if (good && entry[1] == type) continue;
    throw Error(ErrorKind::kUnsupported, folder + "/model_index.json must name a " + type + " as its " +
                                             name + ", it names " +
                                             (good ? entry[1].dump() : std::string("none")));
  }
}

// Autoencoders written before diffusers 0.15 call their attention layers otherwise.
std::string modernAutoencoderName(std::string name) {
  static const std::pair<std::string, std::string> kOld[] = {
      {".query.", ".to_q."}, {".key.", ".to_k."}, {".value.", ".to_v."}, {".proj_attn.", ".to_out.0."}};
  for (const auto& [old, now] : kOld) {
    const std::size_t at = name.find(old);
    if (at != std::string::npos) return name.replace(at, old.size(), now);
  }
  return name;
}

template <class Module>
std::shared_ptr<Module> loadComponent(const std::string& folder, const std::string& stem, Json& config,
                                      Precision precision, const WeightSource::Rules& rules = {}) {
  const std::string configPath = folder + "/config.json";
  config = readConfig(configPath);
  const WeightSource source = WeightSource::open(folder, stem);
  auto module = buildModule<Module>(configPath, config);
  source.fill(*module, rules);
  module->eval();
  for (auto& parameter : module->parameters()) parameter.requires_grad_(false);
  if (precision != Precision::kFloat32) module->to(plumbline::scalarType(precision));
  return module;
}

[[noreturn]] void mismatch(const std::string& folder, const std::string& what) {
  throw Error(ErrorKind::kCorrupt, "the parts of the model in " + folder + " do not fit together: " + what);
}

void checkFit(const DiffusionModel& m, const std::string& folder) {
  const auto number = [](int64_t n) { return std::to_string(n); };
  if (m.unet->inChannels() != m.vae->latentChannels()) {
    mismatch(folder, "the U-Net reads " + number(m.unet->inChannels()) +
                         " latent channels, the autoencoder writes " + number(m.vae->latentChannels()));
  }
  if (m.unet->crossAttentionDim() != m.textEncoder->hiddenSize()) {
    mismatch(folder, "the U-Net reads text features of width " + number(m.unet->crossAttentionDim()) +
                         ", the text encoder writes " + number(m.textEncoder->hiddenSize()));
  }
  if (!m.tokenizer) return;
  const int64_t vocabulary = m.textEncoder->vocabularySize();
  if (int64_t(m.tokenizer->vocabularySize()) > vocabulary) {
    mismatch(folder, "the tokenizer has " + number(int64_t(m.tokenizer->vocabularySize())) +
                         " entries, the text encoder knows " + number(vocabulary));
  }
  if (m.tokenizer->maxLength() > m.textEncoder->maxPositions()) {
    mismatch(folder, "the tokenizer gives " + number(m.tokenizer->maxLength()) +
                         " tokens, the text encoder reads " + number(m.textEncoder->maxPositions()));
  }
}

std::shared_ptr<DiffusionModel> load(const std::string& folder, const Json& index, Precision precision) {
  checkComponents(folder, index);
  auto model = std::make_shared<DiffusionModel>();
  Json config;
  WeightSource::Rules text;
  text.ignored = {"text_model.embeddings.position_ids"};
  model->textEncoder =
      loadComponent<nn::ClipTextModelImpl>(folder + "/text_encoder", "model", config, precision, text);
  model->unet = loadComponent<nn::UNet2DConditionModelImpl>(folder + "/unet", "diffusion_pytorch_model",
                                                            config, precision);
  WeightSource::Rules autoencoder;
  autoencoder.rename = modernAutoencoderName;
  model->vae = loadComponent<nn::AutoencoderKlImpl>(folder + "/vae", "diffusion_pytorch_model",
                                                    model->vaeConfig, precision, autoencoder);
  model->schedulerConfig = readConfig(folder + "/scheduler/scheduler_config.json");
  if (fs::is_directory(folder + "/tokenizer")) {
    model->tokenizer = std::make_shared<const ClipTokenizer>(ClipTokenizer::load(folder + "/tokenizer"));
  }
  checkFit(*model, folder);
  return model;
}

void saveComponent(const torch::nn::Module& module, const Json& config, const std::string& folder,
                   const std::string& stem) {
  fs::create_directories(folder);
  writeConfig(folder + "/config.json", config);
  writeSafetensors(folder + "/" + stem + ".safetensors", halfPrecisionState(module));
}

void save(const DiffusionModel& model, const std::string& folder) {
  saveComponent(*model.textEncoder, model.textEncoder->config(), folder + "/text_encoder", "model");
  saveComponent(*model.unet, model.unet->config(), folder + "/unet", "diffusion_pytorch_model");
  saveComponent(*model.vae, model.vaeConfig, folder + "/vae", "diffusion_pytorch_model");
  fs::create_directories(folder + "/scheduler");
  writeConfig(folder + "/scheduler/scheduler_config.json", model.schedulerConfig);
}

}  // namespace

void register_sd1(Registry& registry) {
  ModelFamily family;
  family.descriptor = {
      "sd1",
      "Stable Diffusion 1",
      "Latent diffusion with a CLIP text encoder, a conditional U-Net and a KL autoencoder, read "
      "from a diffusers folder. The default model is of this family.",
      "arXiv 2112.10752",
      1,
      {},
      {{"pipelines", {kPipeline}},
       {"components", {"unet", "vae", "text_encoder", "tokenizer", "scheduler", "clip"}}}};
  family.accepts = accepts;
  family.load = load;
  family.save = save;
  registry.add(std::move(family));
}

}  // namespace plumbline::model_family
