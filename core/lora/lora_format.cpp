#include "core/lora/lora_format.h"

#include <filesystem>

#include "core/types/error.h"

namespace plumbline {

namespace lora_format {

const Registry& registry() {
  static const Registry kRegistry = [] {
    Registry formats("lora_format");
    registerAll(formats);
    return formats;
  }();
  return kRegistry;
}

}  // namespace lora_format

namespace {

std::string soleFile(const std::string& path) {
  namespace fs = std::filesystem;
  if (!fs::is_directory(path)) return path;
  std::string only;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() != ".safetensors") continue;
    if (!only.empty()) {
      throw Error(ErrorKind::kInvalidInput, path + " holds several safetensors files; name the one to load");
    }
    only = entry.path().string();
  }
  if (only.empty()) throw Error(ErrorKind::kNotFound, path + " holds no safetensors file");
  return only;
}

}  // namespace

LoraWeights readLora(const std::string& path) {
  const SafetensorsFile file = SafetensorsFile::open(soleFile(path));
  for (const auto& format : lora_format::registry().all()) {
    if (format->accepts(file)) return format->read(file);
  }
  throw Error(ErrorKind::kUnsupported,
              path + " is not a LoRA file of a form that can be read here (diffusers or PEFT)");
}

void writeLora(const std::string& path, const LoraWeights& weights, const std::string& format) {
  const lora_format::FileContent content = lora_format::registry().get(format).write(weights);
  writeSafetensors(path, content.tensors, content.metadata);
}

}  // namespace plumbline
