// A folder with a CLIPModel as Hugging Face writes it: config.json, model.safetensors, and optionally
// preprocessor_config.json and the tokenizer's files (beside them or in tokenizer/).
#pragma once

#include <memory>
#include <string>

#include "core/models/diffusion_model.h"

namespace plumbline {

struct ClipFolder {
  std::shared_ptr<nn::ClipModelImpl> model;        // frozen, float32
  std::shared_ptr<const ClipTokenizer> tokenizer;  // null if the folder has none
  ClipPreprocessing preprocessing;
};

ClipFolder loadClip(const std::string& folder);
void saveClip(const nn::ClipModelImpl& model, const ClipPreprocessing& preprocessing,
              const std::string& folder);

}  // namespace plumbline
