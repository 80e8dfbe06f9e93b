#include <torch/torch.h>

#include <cmath>

#include "core/sampling/noise_schedule.h"
#include "core/sampling/prediction.h"
#include "core/sampling/sampler.h"

namespace plumbline::sampler {
namespace {

struct Settings {
  double eta = 0;
};

const ConfigSchema<Settings>& schema() {
  static const ConfigSchema<Settings> kSchema = ConfigSchema<Settings>().real(
      "eta", &Settings::eta, 0, 1, "",
      "Share of fresh noise in each step: 0 is deterministic, 1 is ancestral (DDPM).");
  return kSchema;
}

// diffusers clips by default, but only configs written for DDIM mean that default.
bool clipsByDefault(const Json& config) {
  return config.value("_class_name", "") == "DDIMScheduler";
}

class DdimRun : public SamplerRun {
 public:
  DdimRun(const Json& config, int steps, const Settings& settings) : schedule_(config) {
    const std::int64_t train = schedule_.trainSteps();
    timesteps_ = spacedTimesteps(config.value("timestep_spacing", "leading"), train, steps,
                                 config.value("steps_offset", std::int64_t(0)), false);
    const double finalBar = config.value("set_alpha_to_one", true) ? 1.0 : schedule_.alphaBar(0);
    for (const std::int64_t t : timesteps_) {
      const std::int64_t previous = t - train / steps;
      const double bar = schedule_.alphaBar(t);
      const double next = previous >= 0 ? schedule_.alphaBar(previous) : finalBar;
      const double variance = (1 - next) / (1 - bar) * (1 - bar / next);
      coefficients_.push_back({bar, next, settings.eta * std::sqrt(std::max(variance, 0.0))});
    }
    if (config.value("clip_sample", clipsByDefault(config))) clip_ = config.value("clip_sample_range", 1.0);
  }

  const std::vector<std::int64_t>& timesteps() const override { return timesteps_; }
  bool needsNoise(int i) const override { return coefficients_.at(std::size_t(i)).sigma > 0; }

  SamplerState step(const at::Tensor& modelOutput, int i, const SamplerState& state,
                    const at::Tensor& noise) const override {
    const Coefficients& k = coefficients_.at(std::size_t(i));
    const Prediction p = predict(modelOutput, k, state.x);
    const double direction = std::sqrt(std::max(1 - k.next - k.sigma * k.sigma, 0.0));
    at::Tensor x = std::sqrt(k.next) * p.clean + direction * p.noise;
    if (k.sigma > 0) x = x + k.sigma * noise;
    return {x, {}};
  }

  at::Tensor cleanEstimate(const at::Tensor& modelOutput, int i, const at::Tensor& x) const override {
    return predict(modelOutput, coefficients_.at(std::size_t(i)), x).clean;
  }

 private:
  struct Coefficients {
    double bar, next, sigma;  // alpha-bar now and after the step, deviation of the fresh noise
  };

  Prediction predict(const at::Tensor& modelOutput, const Coefficients& k, const at::Tensor& x) const {
    Prediction p =
        readPrediction(schedule_.predictionType(), modelOutput, x, std::sqrt(k.bar), std::sqrt(1 - k.bar));
    if (clip_ > 0) p.clean = p.clean.clamp(-clip_, clip_);
    return p;
  }

  NoiseSchedule schedule_;
  std::vector<std::int64_t> timesteps_;
  std::vector<Coefficients> coefficients_;
  double clip_ = 0;
};

}  // namespace

void register_ddim(Registry& registry) {
  Sampler sampler;
  sampler.descriptor = {
      "ddim",
      "DDIM",
      "Denoising diffusion implicit models: deterministic at eta 0, the ancestral sampler at eta 1. "
      "The sampler of the alignment methods, since each step is a Gaussian with a known mean.",
      "arXiv 2010.02502",
      1,
      schema().schema(),
      {{"stochastic", "eta > 0"}, {"order", 1}}};
  sampler.start = [](const Json& config, int steps, const Json& settings) -> std::unique_ptr<SamplerRun> {
    return std::make_unique<DdimRun>(config, steps, schema().fromJson(settings));
  };
  registry.add(std::move(sampler));
}

}  // namespace plumbline::sampler
