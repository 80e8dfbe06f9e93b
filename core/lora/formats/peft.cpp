// The form of diffusers and PEFT: pytorch_lora_weights.safetensors. Keys are <component>.<module path>
// followed by one of several spellings that diffusers has written over time.
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <vector>

#include "core/lora/lora_format.h"
#include "core/types/error.h"

namespace plumbline::lora_format {
namespace {

constexpr const char* kMetadataKey = "lora_adapter_metadata";

bool startsWith(const std::string& text, const std::string& start) {
  return text.rfind(start, 0) == 0;
}

bool cutSuffix(std::string& text, const std::string& suffix) {
  if (text.size() <= suffix.size() || text.compare(text.size() - suffix.size(), suffix.size(), suffix) != 0)
    return false;
  text.resize(text.size() - suffix.size());
  return true;
}

enum class Part { kDown, kUp, kAlpha };

struct Key {
  std::string layer;
  Part part;
};

// ".lora_A.weight" and ".lora_A.<adapter>.weight".
bool cutPeftSuffix(std::string& text, const std::string& mark) {
  if (cutSuffix(text, mark + ".weight")) return true;
  const std::size_t at = text.rfind(mark + ".");
  if (at == std::string::npos || at == 0) return false;
  std::string rest = text.substr(at + mark.size() + 1);
  if (!cutSuffix(rest, ".weight") || rest.find('.') != std::string::npos) return false;
  text.resize(at);
  return true;
}

// attn1.processor.to_q_lora -> attn1.to_q, with to_out_lora -> to_out.0
void undoProcessor(std::string& layer) {
  const std::string mark = ".processor.";
  const std::size_t at = layer.rfind(mark);
  if (at == std::string::npos) return;
  std::string last = layer.substr(at + mark.size());
  if (!cutSuffix(last, "_lora")) return;
  layer = layer.substr(0, at + 1) + (last == "to_out" ? "to_out.0" : last);
}

std::string withComponent(std::string layer) {
  if (startsWith(layer, "base_model.model.")) layer = layer.substr(17);
  for (const char* component : {"unet.", "text_encoder.", "text_encoder_2.", "transformer."}) {
    if (startsWith(layer, component)) return layer;
  }
  return (startsWith(layer, "text_model.") ? "text_encoder." : "unet.") + layer;
}

std::optional<Key> parseKey(const std::string& name) {
  std::string layer = name;
  Part part = Part::kDown;
  if (cutSuffix(layer, ".alpha")) {
    part = Part::kAlpha;
  } else if (cutPeftSuffix(layer, ".lora_A") || cutSuffix(layer, ".lora.down.weight") ||
             cutSuffix(layer, ".lora_linear_layer.down.weight")) {
    part = Part::kDown;
  } else if (cutPeftSuffix(layer, ".lora_B") || cutSuffix(layer, ".lora.up.weight") ||
             cutSuffix(layer, ".lora_linear_layer.up.weight")) {
    part = Part::kUp;
  } else if (layer.find(".processor.") != std::string::npos && cutSuffix(layer, ".down.weight")) {
    part = Part::kDown;
  } else if (layer.find(".processor.") != std::string::npos && cutSuffix(layer, ".up.weight")) {
    part = Part::kUp;
  } else {
    return std::nullopt;
  }
  undoProcessor(layer);
  return Key{withComponent(layer), part};
}

bool accepts(const SafetensorsFile& file) {
  const auto names = file.names();
  const bool kohya = std::any_of(names.begin(), names.end(), [](const std::string& n) {
    return startsWith(n, "lora_unet_") || startsWith(n, "lora_te");
  });
  return !kohya && std::any_of(names.begin(), names.end(), [](const std::string& n) {
    const auto key = parseKey(n);
    return key && key->part != Part::kAlpha;
  });
}

// Scales stated beside the tensors: {"unet.lora_alpha": 8, "unet.alpha_pattern": {...}, "unet.use_rslora":
// false}.
class StatedAlphas {
 public:
  explicit StatedAlphas(const SafetensorsFile& file) {
    const auto found = file.metadata().find(kMetadataKey);
    if (found == file.metadata().end()) return;
    stated_ = Json::parse(found->second, nullptr, false);
    if (!stated_.is_object()) {
      throw Error(ErrorKind::kCorrupt,
                  file.path() + ": its " + kMetadataKey + " is not JSON; export the LoRA again");
    }
  }

  double alpha(const std::string& layer, std::int64_t rank) const {
    const std::size_t dot = layer.find('.');
    const std::string component = layer.substr(0, dot) + ".", path = layer.substr(dot + 1);
    double alpha = number(stated_, component + "lora_alpha", double(rank));
    const auto pattern = stated_.find(component + "alpha_pattern");
    if (pattern != stated_.end() && pattern->is_object()) alpha = number(*pattern, path, alpha);
    const auto stabilised = stated_.find(component + "use_rslora");
    const bool root = stabilised != stated_.end() && stabilised->is_boolean() && stabilised->get<bool>();
    return root ? alpha * std::sqrt(double(rank)) : alpha;
  }

 private:
  static double number(const Json& object, const std::string& key, double fallback) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : fallback;
  }

  Json stated_ = Json::object();
};

[[noreturn]] void refuseKeys(const SafetensorsFile& file, const std::string& why,
                             const std::vector<std::string>& keys) {
  constexpr std::size_t kShown = 5;
  std::string shown, whole;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i < kShown) shown += (i ? ", " : "") + keys[i];
    whole += keys[i] + "\n";
  }
  if (keys.size() > kShown) shown += " and " + std::to_string(keys.size() - kShown) + " more";
  throw Error(ErrorKind::kCorrupt, file.path() + ": " + why + ": " + shown, whole);
}

bool shapesAgree(const LoraLayer& layer) {
  const bool dims = layer.down.dim() == layer.up.dim() && (layer.down.dim() == 2 || layer.down.dim() == 4);
  return dims && layer.down.size(0) == layer.up.size(1) && layer.down.size(0) > 0;
}

LoraWeights read(const SafetensorsFile& file) {
  LoraWeights weights;
  weights.metadata = file.metadata();
  std::vector<std::string> unknown, incomplete;
  std::set<std::string> withOwnAlpha;
  for (const std::string& name : file.names()) {
    const auto key = parseKey(name);
    if (!key) {
      unknown.push_back(name);
      continue;
    }
    LoraLayer& layer = weights.layers[key->layer];
    const at::Tensor tensor = file.tensor(name).to(at::kFloat);
    if (key->part == Part::kDown) layer.down = tensor;
    if (key->part == Part::kUp) layer.up = tensor;
    if (key->part != Part::kAlpha) continue;
    if (tensor.numel() != 1) {
      unknown.push_back(name);
      continue;
    }
    layer.alpha = tensor.item<double>();
    withOwnAlpha.insert(key->layer);
  }
  if (!unknown.empty()) refuseKeys(file, "these keys are not LoRA weights that can be read", unknown);
  const StatedAlphas stated(file);
  for (auto& [name, layer] : weights.layers) {
    if (!layer.down.defined() || !layer.up.defined() || !shapesAgree(layer)) {
      incomplete.push_back(name);
    } else if (withOwnAlpha.count(name) == 0) {
      layer.alpha = stated.alpha(name, layer.rank());
    }
  }
  if (!incomplete.empty())
    refuseKeys(file, "these layers lack one of their two matrices or do not fit together", incomplete);
  return weights;
}

// The last part of a layer's path, with the index that follows a list: "to_q", "to_out.0".
std::string targetName(const std::string& layer) {
  std::size_t dot = layer.rfind('.');
  if (layer.find_first_not_of("0123456789", dot + 1) == std::string::npos) dot = layer.rfind('.', dot - 1);
  return layer.substr(dot + 1);
}

FileContent write(const LoraWeights& weights) {
  FileContent content;
  content.metadata = weights.metadata;
  std::map<std::string, std::set<std::string>> targets;
  std::map<std::string, std::map<std::int64_t, int>> ranks;
  Json stated = Json::object();
  for (const auto& [name, layer] : weights.layers) {
    content.tensors[name + ".lora_A.weight"] = layer.down;
    // Folded in: readers that do not know the metadata take alpha to be the rank.
    content.tensors[name + ".lora_B.weight"] = layer.scale() == 1 ? layer.up : layer.up * layer.scale();
    const std::string component = name.substr(0, name.find('.'));
    targets[component].insert(targetName(name));
    ++ranks[component][layer.rank()];
  }
  for (const auto& [component, counts] : ranks) {
    const auto common = std::max_element(counts.begin(), counts.end(),
                                         [](const auto& a, const auto& b) { return a.second < b.second; });
    stated[component + ".r"] = common->first;
    stated[component + ".lora_alpha"] = common->first;
    stated[component + ".target_modules"] = targets[component];
    Json ranksThatDiffer = Json::object();
    for (const auto& [name, layer] : weights.layers) {
      const bool own = startsWith(name, component + ".") && layer.rank() != common->first;
      if (own) ranksThatDiffer[name.substr(component.size() + 1)] = layer.rank();
    }
    if (ranksThatDiffer.empty()) continue;
    stated[component + ".rank_pattern"] = ranksThatDiffer;
    stated[component + ".alpha_pattern"] = ranksThatDiffer;
  }
  content.metadata[kMetadataKey] = stated.dump(2);
  content.metadata["format"] = "pt";
  return content;
}

}  // namespace

void register_peft(Registry& registry) {
  LoraFormat format;
  format.descriptor = {
      "peft",
      "diffusers / PEFT",
      "pytorch_lora_weights.safetensors as diffusers and PEFT write and read it: lora_A and lora_B "
      "beside the older lora.down, lora.up and processor spellings when reading.",
      "none",
      1,
      {},
      {{"file", "pytorch_lora_weights.safetensors"}}};
  format.accepts = accepts;
  format.read = read;
  format.write = write;
  registry.add(std::move(format));
}

}  // namespace plumbline::lora_format
