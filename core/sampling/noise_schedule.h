// The forward process of a diffusion model as scheduler_config.json states it, and the timesteps at which a
// sampler visits it. Float32 on the CPU, as the reference computes it. Immutable; thread-safe. Shapes: b
// batch, ... a picture's own dimensions.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/types/parameter_schema.h"

namespace plumbline {

enum class PredictionType { kEpsilon, kVelocity, kSample };

class NoiseSchedule {
 public:
  // Throws Error(kUnsupported) that names the setting which cannot be done.
  explicit NoiseSchedule(const Json& schedulerConfig);

  std::int64_t trainSteps() const { return std::int64_t(alphas_.size()); }
  PredictionType predictionType() const { return prediction_; }
  double alphaBar(std::int64_t t) const { return alphas_.at(std::size_t(t)); }
  const std::vector<double>& alphaBars() const { return alphas_; }
  at::Tensor alphaBarTensor() const;  // [trainSteps] float32

  // x_t from clean latents [b ...], noise [b ...] and timesteps [b]; differentiable.
  at::Tensor addNoise(const at::Tensor& clean, const at::Tensor& noise, const at::Tensor& timesteps) const;
  // The noise that a network's answer at x_t means, whatever it predicts; [b ...] each, differentiable.
  at::Tensor predictedNoise(const at::Tensor& modelOutput, const at::Tensor& noisy,
                            const at::Tensor& timesteps) const;
  // What the network should answer at x_t: the noise, the velocity or the clean latents.
  at::Tensor trainingTarget(const at::Tensor& clean, const at::Tensor& noise,
                            const at::Tensor& timesteps) const;

  const Json& config() const { return config_; }

 private:
  at::Tensor gather(const at::Tensor& timesteps, const at::Tensor& like, bool ofNoise) const;

  Json config_;
  std::vector<double> alphas_;
  PredictionType prediction_ = PredictionType::kEpsilon;
};

// "leading", "linspace" or "trailing" as diffusers spaces them; descending. linspacePoints lets multistep
// solvers count the end point too. Throws Error(kInvalidInput) for an impossible number of steps.
std::vector<std::int64_t> spacedTimesteps(const std::string& spacing, std::int64_t trainSteps, int steps,
                                          std::int64_t offset, bool withEndPoint);

}  // namespace plumbline
