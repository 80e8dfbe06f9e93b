#include "core/lora/lora.h"

#include <torch/torch.h>

#include <algorithm>

#include "core/lora/lora_format.h"
#include "core/tensor/noise.h"
#include "core/types/error.h"

namespace plumbline {
namespace {

bool endsAtDot(const std::string& path, const std::string& suffix) {
  if (path.size() < suffix.size() || path.compare(path.size() - suffix.size(), suffix.size(), suffix) != 0)
    return false;
  return path.size() == suffix.size() || path[path.size() - suffix.size() - 1] == '.';
}

void collectHosts(const std::string& component, torch::nn::Module& module,
                  std::map<std::string, nn::LoraCapable*>& hosts) {
  for (const auto& item : module.named_modules("", false)) {
    if (auto* host = dynamic_cast<nn::LoraCapable*>(item.value().get()))
      hosts[component + "." + item.key()] = host;
  }
}

// Files may store 1x1 kernels for linear hosts and the other way round.
at::Tensor asLike(const at::Tensor& weight, bool convolution) {
  if (convolution && weight.dim() == 2) return weight.unsqueeze(-1).unsqueeze(-1);
  if (!convolution && weight.dim() == 4 && weight.size(2) == 1 && weight.size(3) == 1)
    return weight.flatten(1);
  return weight;
}

bool fits(const at::Tensor& down, const at::Tensor& up, const at::Tensor& host) {
  if (down.dim() != host.dim() || up.dim() != host.dim()) return false;
  if (down.size(1) != host.size(1) || up.size(0) != host.size(0) || up.size(1) != down.size(0)) return false;
  return host.dim() == 2 ||
         (down.size(2) == host.size(2) && down.size(3) == host.size(3) && up.size(2) == 1 && up.size(3) == 1);
}

std::string listed(const std::vector<std::string>& keys) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(keys.size(), kShown); ++i) text += (i ? ", " : "") + keys[i];
  if (keys.size() > kShown) text += " and " + std::to_string(keys.size() - kShown) + " more";
  return text;
}

std::string listedWhole(const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) text += key + "\n";
  return text;
}

}  // namespace

LoraSet::LoraSet(std::shared_ptr<DiffusionModel> model) : model_(std::move(model)) {
  collectHosts("unet", *model_->unet, hosts_);
  if (model_->textEncoder) collectHosts("text_encoder", *model_->textEncoder, hosts_);
}

LoraSet::~LoraSet() {
  for (const std::string& name : names()) remove(name);
}

void LoraSet::inject(const std::string& name, const LoraOptions& options) {
  if (options.rank < 1) throw Error(ErrorKind::kInvalidInput, "the LoRA rank must be at least 1");
  LoraWeights weights;
  std::uint64_t index = 0;
  for (const auto& [path, host] : hosts_) {
    ++index;
    const std::string component = path.substr(0, path.find('.'));
    const bool wanted = std::find(options.components.begin(), options.components.end(), component) !=
                        options.components.end();
    const bool target =
        std::any_of(options.targets.begin(), options.targets.end(),
                    [&, layer = path](const std::string& suffix) { return endsAtDot(layer, suffix); });
    if (!wanted || !target) continue;
    const at::Tensor& weight = host->hostWeight();
    std::vector<std::int64_t> downShape = weight.sizes().vec(), upShape(std::size_t(weight.dim()), 1);
    downShape[0] = options.rank;
    upShape[0] = weight.size(0);
    upShape[1] = options.rank;
    LoraLayer layer;
    layer.down =
        noiseFor(options.seed, index, 0, NoisePurpose::kAdapterInit, downShape) / double(options.rank);
    layer.up = torch::zeros(upShape);
    layer.alpha = options.alpha > 0 ? options.alpha : options.rank;
    weights.layers[path] = layer;
  }
  if (weights.layers.empty()) {
    throw Error(ErrorKind::kInvalidInput,
                "no layer of the model matches the LoRA targets " + listed(options.targets));
  }
  attach(name, weights);
}

void LoraSet::add(const std::string& name, const LoraWeights& weights) {
  std::vector<std::string> unknown, misshapen;
  LoraWeights fitted;
  for (const auto& [path, layer] : weights.layers) {
    const auto host = hosts_.find(path);
    if (host == hosts_.end()) {
      unknown.push_back(path);
      continue;
    }
    LoraLayer copy = layer;
    const bool convolution = host->second->isConvolution();
    copy.down = asLike(layer.down, convolution).to(at::kFloat).clone();
    copy.up = asLike(layer.up, convolution).to(at::kFloat).clone();
    if (!fits(copy.down, copy.up, host->second->hostWeight())) misshapen.push_back(path);
    fitted.layers[path] = copy;
  }
  if (!unknown.empty()) {
    throw Error(ErrorKind::kCorrupt,
                "this LoRA is for another model: no layer here is called " + listed(unknown),
                listedWhole(unknown));
  }
  if (!misshapen.empty()) {
    throw Error(ErrorKind::kCorrupt, "this LoRA is for another model: wrong shape for " + listed(misshapen),
                listedWhole(misshapen));
  }
  if (fitted.layers.empty())
    throw Error(ErrorKind::kCorrupt, "this LoRA holds no layers; choose another file");
  attach(name, fitted);
}

void LoraSet::load(const std::string& name, const std::string& path) {
  add(name, readLora(path));
}

void LoraSet::attach(const std::string& name, const LoraWeights& weights) {
  if (name.empty() || contains(name)) {
    throw Error(ErrorKind::kInvalidInput, "the adapter name '" + name + "' is taken; choose another");
  }
  Named named;
  named.strength = std::make_shared<double>(0.0);
  for (const auto& [path, layer] : weights.layers) {
    auto adapter = std::make_shared<nn::Adapter>();
    const at::Device device = hosts_.at(path)->hostWeight().device();
    adapter->name = name;
    adapter->down = layer.down.to(device);
    adapter->up = layer.up.to(device);
    adapter->scale = layer.scale();
    adapter->strength = named.strength;
    hosts_.at(path)->attach(adapter);
    named.layers[path] = std::move(adapter);
  }
  adapters_[name] = std::move(named);
}

void LoraSet::remove(const std::string& name) {
  for (const auto& [path, adapter] : get(name).layers) hosts_.at(path)->detachAdapters(name);
  adapters_.erase(name);
}

std::vector<std::string> LoraSet::names() const {
  std::vector<std::string> list;
  for (const auto& [name, named] : adapters_) list.push_back(name);
  return list;
}

bool LoraSet::touchesText(const std::string& name) const {
  const auto& layers = get(name).layers;
  return std::any_of(layers.begin(), layers.end(),
                     [](const auto& l) { return l.first.rfind("text_encoder", 0) == 0; });
}

const LoraSet::Named& LoraSet::get(const std::string& name) const {
  const auto found = adapters_.find(name);
  if (found == adapters_.end())
    throw Error(ErrorKind::kNotFound, "no adapter called '" + name + "' is loaded");
  return found->second;
}

std::vector<at::Tensor> LoraSet::parameters(const std::string& name) const {
  std::vector<at::Tensor> list;
  for (const auto& [path, adapter] : get(name).layers) {
    list.push_back(adapter->down);
    list.push_back(adapter->up);
  }
  return list;
}

void LoraSet::setTrainable(const std::string& name, bool trainable) {
  for (at::Tensor& tensor : parameters(name)) tensor.requires_grad_(trainable);
}

void LoraSet::blend(const std::string& target, const std::string& source, double decay) {
  torch::NoGradGuard noGrad;
  const auto to = parameters(target), from = parameters(source);
  if (to.size() != from.size())
    throw Error(ErrorKind::kInternal, "adapters of different layers cannot be blended");
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (decay == 0) {
      to[i].copy_(from[i]);
    } else {
      to[i].mul_(decay).add_(from[i], 1 - decay);
    }
  }
}

double LoraSet::strength(const std::string& name) const {
  return *get(name).strength;
}

void LoraSet::setStrength(const std::string& name, double strength) {
  *get(name).strength = strength;
}

void LoraSet::setOnly(const std::map<std::string, double>& strengths) {
  for (const auto& [name, strength] : strengths) get(name);
  for (const auto& [name, named] : adapters_) {
    const auto found = strengths.find(name);
    *named.strength = found == strengths.end() ? 0.0 : found->second;
  }
}

std::map<std::string, double> LoraSet::strengths() const {
  std::map<std::string, double> all;
  for (const auto& [name, named] : adapters_) all[name] = *named.strength;
  return all;
}

LoraWeights LoraSet::weights(const std::string& name) const {
  LoraWeights copy;
  for (const auto& [path, adapter] : get(name).layers) {
    LoraLayer layer;
    layer.down = adapter->down.detach().clone();
    layer.up = adapter->up.detach().clone();
    layer.alpha = adapter->scale * double(layer.rank());
    copy.layers[path] = std::move(layer);
  }
  return copy;
}

void LoraSet::setWeights(const std::string& name, const LoraWeights& weights) {
  torch::NoGradGuard noGrad;
  const auto& layers = get(name).layers;
  if (layers.size() != weights.layers.size()) {
    throw Error(ErrorKind::kCorrupt, "the stored weights are not those of adapter '" + name + "'");
  }
  for (const auto& [path, adapter] : layers) {
    const auto found = weights.layers.find(path);
    const bool same = found != weights.layers.end() && found->second.down.numel() == adapter->down.numel() &&
                      found->second.up.numel() == adapter->up.numel();
    if (!same)
      throw Error(ErrorKind::kCorrupt, "the stored weights are not those of adapter '" + name + "': " + path);
    adapter->down.copy_(found->second.down.view_as(adapter->down));
    adapter->up.copy_(found->second.up.view_as(adapter->up));
    adapter->scale = found->second.scale();
  }
}

void LoraSet::save(const std::string& name, const std::string& path, const std::string& format,
                   const std::map<std::string, std::string>& metadata) const {
  LoraWeights copy = weights(name);
  copy.metadata = metadata;
  writeLora(path, copy, format);
}

}  // namespace plumbline
