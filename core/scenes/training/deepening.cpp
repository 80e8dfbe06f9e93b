#include "core/scenes/training/deepening.h"

#include <torch/torch.h>

#include <algorithm>
#include <optional>
#include <regex>

#include "core/types/error.h"

namespace plumbline::training {
namespace {

// "up_blocks.1.attentions.2.norm.weight": of block up_blocks.1, its layer 2.
struct Place {
  std::string block, kind, rest;
  int layer = 0;
  bool isUp = false;
};

std::optional<Place> placeOf(const std::string& name) {
  static const std::regex kLayer(R"(((down|up)_blocks\.\d+)\.(resnets|attentions)\.(\d+)\.(.+))");
  std::smatch match;
  if (!std::regex_match(name, match, kLayer)) return std::nullopt;
  return Place{match[1], match[3], match[5], std::stoi(match[4]), match[2] == "up"};
}

std::map<std::string, int> layersOf(const NamedTensors& weights) {
  std::map<std::string, int> layers;
  for (const auto& [name, tensor] : weights) {
    if (const auto place = placeOf(name)) {
      int& count = layers[place->block];
      count = std::max(count, place->layer + 1);
    }
  }
  return layers;
}

// Up blocks take the skips from the last: the first layer, which also takes what comes from below, stays the
// first; the others stay at the end, and with them the skips that they read.
std::optional<int> oldLayer(const Place& place, int before, int after) {
  const int added = after - before;
  if (!place.isUp) return place.layer < before ? std::optional(place.layer) : std::nullopt;
  if (place.layer == 0) return 0;
  return place.layer > added ? std::optional(place.layer - added) : std::nullopt;
}

// A shortcut hands on the stream and leaves the skip that stands behind it.
at::Tensor identity(const at::Tensor& form) {
  const auto stream = at::eye(form.size(0), form.size(1));
  return stream.view(form.sizes());
}

at::Tensor addingNothing(const std::string& rest, const at::Tensor& form) {
  if (rest == "conv_shortcut.weight") return identity(form);
  const bool last = rest.starts_with("conv2.") || rest.starts_with("proj_out.");
  return last || rest == "conv_shortcut.bias" ? at::zeros_like(form) : form;
}

}  // namespace

NamedTensors deepened(const NamedTensors& shallow, const NamedTensors& deep) {
  const auto before = layersOf(shallow), after = layersOf(deep);
  NamedTensors result;
  std::size_t taken = 0;
  for (const auto& [name, form] : deep) {
    std::string source = name;
    if (const auto place = placeOf(name)) {
      const auto had = before.find(place->block);
      const int layers = had == before.end() ? 0 : had->second;
      const auto layer = oldLayer(*place, layers, after.at(place->block));
      if (!layer) {
        result[name] = addingNothing(place->rest, form.detach());
        continue;
      }
      source = place->block + "." + place->kind + "." + std::to_string(*layer) + "." + place->rest;
    }
    const auto found = shallow.find(source);
    if (found == shallow.end() || found->second.sizes() != form.sizes()) {
      throw Error(ErrorKind::kInvalidInput,
                  source + " is missing in the U-Net to go on from, or has another shape");
    }
    result[name] = found->second;
    ++taken;
  }
  if (taken != shallow.size()) {
    throw Error(ErrorKind::kInvalidInput,
                "the U-Net to go on from has layers that the one to be trained has not");
  }
  return result;
}

}  // namespace plumbline::training
