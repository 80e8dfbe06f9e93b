#include "core/models/clip_folder.h"

#include <filesystem>

#include "core/models/config_file.h"
#include "core/models/weight_source.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

std::array<double, 3> threeNumbers(const Json& config, const char* key, std::array<double, 3> fallback,
                                   const std::string& path) {
  if (!config.contains(key)) return fallback;
  try {
    return config.at(key).get<std::array<double, 3>>();
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::kCorrupt, path + ": " + key + " must be three numbers");
  }
}

}  // namespace

ClipFolder loadClip(const std::string& folder) {
  ClipFolder clip;
  const std::string configPath = folder + "/config.json";
  clip.model = buildModule<nn::ClipModelImpl>(configPath, readConfig(configPath));
  WeightSource::Rules rules;
  rules.ignored = {"text_model.embeddings.position_ids", "vision_model.embeddings.position_ids"};
  WeightSource::open(folder, "model").fill(*clip.model, rules);
  clip.model->eval();
  for (auto& parameter : clip.model->parameters()) parameter.requires_grad_(false);

  for (const std::string& place : {folder + "/tokenizer", folder}) {
    if (clip.tokenizer || !fs::exists(place + "/vocab.json")) continue;
    clip.tokenizer = std::make_shared<const ClipTokenizer>(ClipTokenizer::load(place));
  }
  const std::string preprocessor = folder + "/preprocessor_config.json";
  if (fs::exists(preprocessor)) {
    const Json config = readConfig(preprocessor);
    clip.preprocessing.mean = threeNumbers(config, "image_mean", clip.preprocessing.mean, preprocessor);
    clip.preprocessing.deviation =
        threeNumbers(config, "image_std", clip.preprocessing.deviation, preprocessor);
  }
  return clip;
}

void saveClip(const nn::ClipModelImpl& model, const ClipPreprocessing& preprocessing,
              const std::string& folder) {
  fs::create_directories(folder);
  writeConfig(folder + "/config.json", model.config());
  writeSafetensors(folder + "/model.safetensors", halfPrecisionState(model));
  const int64_t size = model.imageSize();
  writeConfig(folder + "/preprocessor_config.json", {{"image_mean", preprocessing.mean},
                                                     {"image_std", preprocessing.deviation},
                                                     {"size", {{"height", size}, {"width", size}}}});
}

}  // namespace plumbline
