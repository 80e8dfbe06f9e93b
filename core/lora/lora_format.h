// File forms of LoRA weights. One file per form in formats/. Pure functions over files; thread-safe.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "core/lora/lora_weights.h"
#include "core/types/registry.h"
#include "core/weights/safetensors.h"

namespace plumbline::lora_format {

struct FileContent {
  std::map<std::string, at::Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

struct LoraFormat {
  Descriptor descriptor;  // extra: {"file": usual file name}
  // Judged by the tensors' names alone.
  std::function<bool(const SafetensorsFile&)> accepts;
  // Throws Error(kCorrupt) that lists the keys it cannot read.
  std::function<LoraWeights(const SafetensorsFile&)> read;
  // Float32 in, stored as given in precision; throws Error(kUnsupported) for layers that the form cannot
  // express.
  std::function<FileContent(const LoraWeights&)> write;
};

using Registry = plumbline::Registry<LoraFormat>;
void registerAll(Registry& registry);

// All forms, made on first use.
const Registry& registry();

}  // namespace plumbline::lora_format

namespace plumbline {

// Reads with the first form that accepts the file. path: the file, or a folder with one safetensors file in
// it.
LoraWeights readLora(const std::string& path);
void writeLora(const std::string& path, const LoraWeights& weights, const std::string& format = "peft");

}  // namespace plumbline
