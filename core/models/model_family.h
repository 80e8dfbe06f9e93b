// A model family knows which pipeline folders it can read and how. One file per family in families/.
// Pure functions over folders; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/models/diffusion_model.h"
#include "core/types/registry.h"

namespace plumbline::model_family {

struct ModelFamily {
  Descriptor descriptor;  // extra: {"pipelines": ["StableDiffusionPipeline"], "components": [...]}
  // index: model_index.json as read.
  std::function<bool(const Json& index)> accepts;
  // Fills everything but path and hash. Throws Error.
  std::function<std::shared_ptr<DiffusionModel>(const std::string& folder, const Json& index, Precision)>
      load;
  std::function<void(const DiffusionModel&, const std::string& folder)> save;
};

using Registry = plumbline::Registry<ModelFamily>;
void registerAll(Registry& registry);

}  // namespace plumbline::model_family
