// A two-dimensional generator in place of a U-Net: "pictures" are points, b 1 1 2, so that pixel (0, 0) may
// be inside a mask and pixel (0, 1) outside. The frozen net knows the Gaussian's noise exactly; an adapter is
// a small MLP that starts at zero. Twenty DDIM steps take milliseconds, which makes every rule of training
// testable.
#pragma once

#include <torch/torch.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include "core/align/align_data.h"
#include "core/align/align_model.h"
#include "core/tensor/noise.h"
#include "core/types/error.h"
#include "core/weights/safetensors.h"

namespace plumbline::toy {

inline at::Tensor gaussian(std::uint64_t seed, std::uint64_t stream, std::vector<std::int64_t> shape) {
  return noiseFor(seed, stream, 0, NoisePurpose::kInitialLatent, shape);
}

class ToyModel : public AlignModel {
 public:
  static constexpr int kTimesteps = 100;
  static constexpr int kHidden = 32;

  ToyModel() {
    const at::Tensor betas = torch::linspace(1e-3, 0.12, kTimesteps, torch::kFloat64);
    alphas_ = torch::cumprod(1 - betas, 0);
  }

  void addAdapter(const AdapterSpec& spec, std::uint64_t seed) override {
    NamedTensors p{{"in.weight", gaussian(seed, 1, {kHidden, 3}) * 0.7},
                   {"in.bias", gaussian(seed, 2, {kHidden}) * 0.3},
                   {"out.weight", torch::zeros({2, kHidden})},
                   {"out.bias", torch::zeros({2})}};
    for (auto& [name, t] : p) t = t.clone().set_requires_grad(spec.trainable);
    adapters_[spec.name] = p;
  }
  NamedTensors parameters(const std::string& adapter) const override { return adapters_.at(adapter); }
  void exportAdapter(const std::string& adapter, const std::string& folder) const override {
    std::filesystem::create_directories(folder);
    std::map<std::string, at::Tensor> tensors;
    for (const auto& [name, t] : adapters_.at(adapter)) tensors[name] = t.detach();
    writeSafetensors(folder + "/toy.safetensors", tensors);
  }

  Drawn draw(const std::vector<DrawItem>& items, const DrawSettings& settings, const std::string& adapter,
             const GradientPlan& plan, bool keepPath, std::stop_token stop) override {
    at::Tensor x = start(items, adapter);
    Drawn drawn;
    if (keepPath) drawn.path.push_back(x);
    for (int i = 0; i < settings.steps; ++i) {
      if (stop.stop_requested()) throw Error(ErrorKind::kCancelled, "cancelled");
      yieldDevice();
      ++evaluations;
      const bool grad = std::find(plan.steps.begin(), plan.steps.end(), i) != plan.steps.end();
      at::Tensor eps;
      if (grad) {
        eps = noiseAt(plan.throughInput ? x : x.detach(), timestep(i, settings.steps), adapter);
      } else {
        torch::NoGradGuard guard;
        eps = noiseAt(x, timestep(i, settings.steps), adapter);
      }
      x = ddim(x, eps, i, settings.steps).first;
      if (keepPath) drawn.path.push_back(x);
    }
    drawn.latents = x.view({-1, 1, 1, 2});
    drawn.pictures = drawn.latents;
    return drawn;
  }

  std::vector<at::Tensor> predictedPictures(const std::vector<DrawItem>& items, const DrawSettings& settings,
                                            const std::string& adapter, std::stop_token) override {
    torch::NoGradGuard guard;
    at::Tensor x = start(items, adapter);
    std::vector<at::Tensor> pictures;
    for (int i = 0; i < settings.steps; ++i) {
      const auto [next, clean] = ddim(x, noiseAt(x, timestep(i, settings.steps), adapter), i, settings.steps);
      pictures.push_back(clean.view({-1, 1, 1, 2}));
      x = next;
    }
    return pictures;
  }

  at::Tensor predictNoise(const at::Tensor& noisy, const at::Tensor& timesteps,
                          const std::vector<std::string>&, const std::string& adapter) override {
    at::Tensor out = torch::zeros_like(noisy);
    for (std::int64_t i = 0; i < noisy.size(0); ++i) {
      out[i] =
          noiseAt(noisy[i].view({1, 2}), timesteps[i].item<std::int64_t>(), adapter).view(noisy[i].sizes());
    }
    return out;
  }
  at::Tensor encode(const at::Tensor& pictures) override { return pictures; }
  at::Tensor decode(const at::Tensor& latents) override { return latents; }
  at::Tensor alphasCumprod() const override { return alphas_; }

  std::uint64_t referenceShift =
      0;  // not 0: the frozen twin starts from other noise, which is the classic mistake
  int evaluations = 0;

 private:
  at::Tensor start(const std::vector<DrawItem>& items, const std::string& adapter) const {
    std::vector<at::Tensor> noise;
    for (const DrawItem& item : items) {
      noise.push_back(
          gaussian(item.seed + (adapter.empty() ? referenceShift : 0), std::uint64_t(item.index), {2}));
    }
    return torch::stack(noise);
  }
  static std::int64_t timestep(int i, int steps) {
    return kTimesteps - 1 - std::int64_t(i) * kTimesteps / steps;
  }
  double alpha(std::int64_t t) const { return t < 0 ? 1.0 : alphas_[t].item<double>(); }

  at::Tensor noiseAt(const at::Tensor& x, std::int64_t t, const std::string& adapter) const {
    const double a = alpha(t), variance = 0.01;  // clean points: N(0, 0.1^2)
    at::Tensor eps = x * (std::sqrt(1 - a) / (a * variance + 1 - a));
    if (adapter.empty()) return eps;
    const NamedTensors& p = adapters_.at(adapter);
    const at::Tensor time = torch::full({x.size(0), 1}, double(t) / kTimesteps);
    const at::Tensor hidden =
        torch::tanh(torch::matmul(torch::cat({x, time}, 1), p[0].second.t()) + p[1].second);
    return eps + torch::matmul(hidden, p[2].second.t()) + p[3].second;
  }

  std::pair<at::Tensor, at::Tensor> ddim(const at::Tensor& x, const at::Tensor& eps, int i, int steps) const {
    const double a = alpha(timestep(i, steps)), b = i + 1 < steps ? alpha(timestep(i + 1, steps)) : 1.0;
    const at::Tensor clean = (x - std::sqrt(1 - a) * eps) / std::sqrt(a);
    return {std::sqrt(b) * clean + std::sqrt(1 - b) * eps, clean};
  }

  at::Tensor alphas_;
  std::map<std::string, NamedTensors> adapters_;
};

// Wants both coordinates 0.2 above what the frozen model draws; its region head marks the first coordinate
// only.
class LeakyReward : public PictureReward {
 public:
  LeakyReward(ToyModel& model, const std::vector<DrawItem>& items, const DrawSettings& settings) {
    const std::uint64_t shift = std::exchange(model.referenceShift, 0);
    for (const DrawItem& item : items) {
      targets_[item.prompt] = model.draw({item}, settings, "", {}, false, {}).pictures[0].detach() + 0.2;
    }
    model.referenceShift = shift;
  }
  at::Tensor score(const at::Tensor& pictures, const std::vector<std::string>& prompts) override {
    std::vector<at::Tensor> wanted;
    for (const std::string& prompt : prompts) wanted.push_back(targets_.at(prompt));
    return torch::exp(-(pictures - torch::stack(wanted)).square().flatten(1).sum(1) / (2 * 0.09));
  }
  at::Tensor heldOutScore(const at::Tensor& pictures, const std::vector<std::string>& prompts) override {
    return sign * score(pictures, prompts);
  }
  bool hasRegions() const override { return true; }
  at::Tensor regionMap(const at::Tensor& pictures, const std::vector<std::string>&) override {
    at::Tensor map = torch::zeros({pictures.size(0), 4, 1, 2});
    map.select(3, 0).fill_(0.9);
    return map;
  }
  double sign = 1;  // -1: the held-out reward falls when the trained one rises

 private:
  std::map<std::string, at::Tensor> targets_;
};

inline std::vector<DrawItem> items(int n) {
  std::vector<DrawItem> all;
  for (int i = 0; i < n; ++i) all.push_back({"point " + std::to_string(i), 100 + std::uint64_t(i), 0});
  return all;
}

}  // namespace plumbline::toy
