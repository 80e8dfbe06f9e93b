#include "app/cli/host/engine.h"

#include "core/align/frozen_pictures.h"
#include "core/lora/lora.h"
#include "core/models/diffusion_model.h"
#include "core/reward/features.h"
#include "core/sampling/generator.h"
#include "core/tensor/engine_fingerprint.h"
#include "core/tensor/threads.h"

namespace plumbline {

namespace fs = std::filesystem;

struct Engine::Loaded {
  std::shared_ptr<DiffusionModel> model;
  std::shared_ptr<LoraSet> adapters;
  std::shared_ptr<FrozenPictures> frozen = std::make_shared<FrozenPictures>();
  std::unique_ptr<Generator> generator, quick;
  std::shared_ptr<const reward::FeatureExtractor> features;
  // By file, size and time of writing: a file that was written anew is another adapter.
  std::map<std::string, std::string> adapterNames;
};

Engine::Engine(std::string device, int threads) : device_(std::move(device)), threads_(useThreads(threads)) {}

Engine::~Engine() = default;

void Engine::prepareThread() {
  useThreads(threads_);
}

std::string Engine::fingerprint() const {
  return engineFingerprint(Precision::kFloat32, device_);
}

Engine::Loaded& Engine::loaded(const fs::path& folder) {
  std::unique_ptr<Loaded>& entry = models_[fs::weakly_canonical(folder).string()];
  if (!entry) {
    auto fresh = std::make_unique<Loaded>();
    fresh->model = loadModel(folder.string());
    fresh->adapters = std::make_shared<LoraSet>(fresh->model);
    fresh->generator = std::make_unique<Generator>(fresh->model, fresh->adapters);
    fresh->quick = std::make_unique<Generator>(fresh->model, fresh->adapters, 1);
    entry = std::move(fresh);
  }
  return *entry;
}

std::shared_ptr<DiffusionModel> Engine::model(const fs::path& folder) {
  return loaded(folder).model;
}

std::shared_ptr<LoraSet> Engine::adapters(const fs::path& folder) {
  return loaded(folder).adapters;
}

std::shared_ptr<FrozenPictures> Engine::frozenPictures(const fs::path& folder) {
  return loaded(folder).frozen;
}

Generator& Engine::generator(const fs::path& folder) {
  return *loaded(folder).generator;
}

Generator& Engine::quickGenerator(const fs::path& folder) {
  return *loaded(folder).quick;
}

std::shared_ptr<const reward::FeatureExtractor> Engine::features(const fs::path& folder) {
  Loaded& entry = loaded(folder);
  if (!entry.features) entry.features = std::make_shared<reward::FeatureExtractor>(entry.model);
  return entry.features;
}

std::string Engine::adapter(const fs::path& folder, const fs::path& file) {
  if (!fs::exists(file)) {
    throw Error(ErrorKind::kNotFound, "no adapter at '" + file.string() + "'; check the path");
  }
  Loaded& entry = loaded(folder);
  const std::string key = fs::weakly_canonical(file).string() + " " +
                          std::to_string(fs::last_write_time(file).time_since_epoch().count());
  std::string& name = entry.adapterNames[key];
  if (name.empty()) {
    const std::string fresh = "file " + std::to_string(entry.adapterNames.size());
    entry.adapters->load(fresh, file.string());
    name = fresh;
  }
  return name;
}

}  // namespace plumbline
