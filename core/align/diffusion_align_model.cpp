#include "core/align/diffusion_align_model.h"

#include <torch/torch.h>

#include <filesystem>
#include <sstream>

#include "core/sampling/differentiable.h"
#include "core/sampling/noise_schedule.h"
#include "core/tensor/clamp_inward.h"
#include "core/types/error.h"

namespace plumbline {
namespace {

// PEFT's name for the file in a folder.
constexpr const char* kAdapterFile = "pytorch_lora_weights.safetensors";

std::vector<std::string> targetsOf(const std::string& layers) {
  const std::vector<std::string> attention = {"to_q", "to_k", "to_v", "to_out.0"};
  const std::vector<std::string> transformer = {"to_q",    "to_k",     "to_v",          "to_out.0",
                                                "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2"};
  if (layers == "attention") return attention;
  if (layers == "transformer") return transformer;
  std::vector<std::string> targets;
  if (layers == "all") {
    targets = transformer;
    targets.insert(targets.end(), {"conv1", "conv2", "conv_shortcut", "time_emb_proj"});
    return targets;
  }
  std::istringstream in(layers);
  for (std::string name; std::getline(in, name, ',');) targets.push_back(name);
  return targets;
}

}  // namespace

DiffusionAlignModel::DiffusionAlignModel(std::shared_ptr<DiffusionModel> model,
                                         std::shared_ptr<LoraSet> adapters,
                                         std::shared_ptr<FrozenPictures> frozen)
    : model_(std::move(model)),
      adapters_(adapters ? std::move(adapters) : std::make_shared<LoraSet>(model_)),
      frozen_(std::move(frozen)),
      generator_(model_, adapters_) {
  // Gradients of frozen weights would cost a third of the backward pass for nothing.
  for (auto& p : model_->unet->parameters()) p.set_requires_grad(false);
  for (auto& p : model_->vae->parameters()) p.set_requires_grad(false);
  for (auto& p : model_->textEncoder->parameters()) p.set_requires_grad(false);
}

void DiffusionAlignModel::addAdapter(const AdapterSpec& spec, std::uint64_t seed) {
  LoraOptions options;
  options.rank = spec.rank;
  options.alpha = spec.alpha;
  options.targets = targetsOf(spec.layers);
  options.seed = seed;
  adapters_->inject(spec.name, options);
  adapters_->setTrainable(spec.name, spec.trainable);
}

void DiffusionAlignModel::loadAdapter(const std::string& name, const std::string& path) {
  adapters_->load(name, path);
}

NamedTensors DiffusionAlignModel::parameters(const std::string& adapter) const {
  const std::vector<at::Tensor> tensors = adapters_->parameters(adapter);
  const LoraWeights weights = adapters_->weights(adapter);
  NamedTensors named;
  for (const auto& [path, layer] : weights.layers) {
    for (const char* part : {".down", ".up"}) {
      named.emplace_back(path + part, tensors.at(named.size()));
    }
  }
  return named;
}

void DiffusionAlignModel::exportAdapter(const std::string& adapter, const std::string& folder) const {
  std::filesystem::create_directories(folder);
  adapters_->save(adapter, (std::filesystem::path(folder) / kAdapterFile).string());
}

void DiffusionAlignModel::letOthersPass() {
  // Whoever draws meanwhile must find the base as it is, and leaves no graph.
  const AdaptersOff off(*adapters_);
  torch::NoGradGuard guard;
  yieldDevice();
}

std::vector<SampleRequest> DiffusionAlignModel::requests(const std::vector<DrawItem>& items,
                                                         const DrawSettings& settings,
                                                         const std::string& adapter) const {
  std::vector<SampleRequest> list;
  for (const DrawItem& item : items) {
    SampleRequest request{settings};
    request.prompt = item.prompt;
    request.seed = item.seed;
    request.imageIndex = std::uint64_t(item.index);
    if (!adapter.empty()) request.adapters[adapter] = 1.0;
    list.push_back(std::move(request));
  }
  return list;
}

Drawn DiffusionAlignModel::draw(const std::vector<DrawItem>& items, const DrawSettings& settings,
                                const std::string& adapter, const GradientPlan& plan, bool keepPath,
                                std::stop_token stop) {
  const bool keeps = frozen_ && adapter.empty() && plan.empty() && !keepPath;
  if (keeps) {
    throwIfStopped(stop);
    if (auto drawn = frozen_->find(items, settings)) {
      letOthersPass();
      return std::move(*drawn);
    }
  }
  GradientSettings gradient;
  gradient.steps = plan.steps;
  gradient.throughInput = plan.throughInput;
  gradient.recompute = plan.recompute;
  gradient.keepPath = keepPath;
  gradient.between = [this] { letOthersPass(); };
  std::vector<at::Tensor> parameters;
  if (!adapter.empty()) parameters = adapters_->parameters(adapter);
  Trajectory t =
      sampleWithGradient(generator_, requests(items, settings, adapter), parameters, gradient, stop);
  Drawn drawn{clampInward(t.pictures), t.latents, std::move(t.path)};
  if (keeps) frozen_->keep(items, settings, drawn);
  return drawn;
}

std::vector<at::Tensor> DiffusionAlignModel::predictedPictures(const std::vector<DrawItem>& items,
                                                               const DrawSettings& settings,
                                                               const std::string& adapter,
                                                               std::stop_token stop) {
  torch::NoGradGuard guard;
  GradientSettings gradient;
  gradient.keepEstimates = true;
  gradient.decode = false;
  gradient.between = [this] { letOthersPass(); };
  const Trajectory t = sampleWithGradient(generator_, requests(items, settings, adapter), {}, gradient, stop);
  std::vector<at::Tensor> pictures;
  for (const at::Tensor& latents : t.estimates) {
    throwIfStopped(stop);
    pictures.push_back(model_->decodeLatents(latents).clamp(-1, 1));
  }
  return pictures;
}

at::Tensor DiffusionAlignModel::predictNoise(const at::Tensor& noisy, const at::Tensor& timesteps,
                                             const std::vector<std::string>& prompts,
                                             const std::string& adapter) {
  std::map<std::string, double> on;
  if (!adapter.empty()) on[adapter] = 1.0;
  const AdapterScope scope(*adapters_, on);
  std::vector<at::Tensor> text;
  for (const std::string& prompt : prompts) text.push_back(generator_.textFeatures(prompt));
  const at::Tensor answer = model_->unet->forward(noisy, timesteps, torch::stack(text));
  return NoiseSchedule(model_->schedulerConfig).predictedNoise(answer.to(at::kFloat), noisy, timesteps);
}

at::Tensor DiffusionAlignModel::encode(const at::Tensor& pictures) {
  return model_->encodePictures(pictures);
}

at::Tensor DiffusionAlignModel::decode(const at::Tensor& latents) {
  return model_->decodeLatents(latents);
}

at::Tensor DiffusionAlignModel::alphasCumprod() const {
  const NoiseSchedule schedule(model_->schedulerConfig);
  return torch::tensor(schedule.alphaBars(), torch::kFloat64);
}

}  // namespace plumbline
