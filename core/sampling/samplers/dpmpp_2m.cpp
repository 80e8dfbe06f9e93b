#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "core/sampling/noise_schedule.h"
#include "core/sampling/prediction.h"
#include "core/sampling/sampler.h"

namespace plumbline::sampler {
namespace {

struct Settings {
  bool karras = false;
  bool sde = false;
};

const ConfigSchema<Settings>& schema() {
  static const ConfigSchema<Settings> kSchema =
      ConfigSchema<Settings>()
          .boolean("karras", &Settings::karras, "Noise levels spaced as Karras and others do (rho 7).")
          .boolean("sde", &Settings::sde, "The stochastic form of the solver: fresh noise in each step.");
  return kSchema;
}

// Descending noise levels between the schedule's extremes, evenly spaced in sigma^(1/7).
std::vector<double> karrasSigmas(double smallest, double largest, int steps) {
  constexpr double kRho = 7;
  const double low = std::pow(smallest, 1 / kRho), high = std::pow(largest, 1 / kRho);
  std::vector<double> sigmas;
  for (int i = 0; i < steps; ++i) {
    const double ramp = steps > 1 ? double(i) / (steps - 1) : 0;
    sigmas.push_back(std::pow(high + ramp * (low - high), kRho));
  }
  return sigmas;
}

// The (fractional) timestep whose noise level is sigma, by interpolation in log sigma.
double timestepOf(double sigma, const std::vector<double>& logSigmas) {
  const double value = std::log(std::max(sigma, 1e-10));
  const auto above = std::upper_bound(logSigmas.begin(), logSigmas.end(), value);
  const std::ptrdiff_t last = std::ptrdiff_t(logSigmas.size()) - 2;
  const std::ptrdiff_t low =
      std::clamp<std::ptrdiff_t>(above - logSigmas.begin() - 1, 0, std::max<std::ptrdiff_t>(last, 0));
  const double span = logSigmas[std::size_t(low) + 1] - logSigmas[std::size_t(low)];
  return double(low) + std::clamp((value - logSigmas[std::size_t(low)]) / span, 0.0, 1.0);
}

class Dpmpp2mRun : public SamplerRun {
 public:
  Dpmpp2mRun(const Json& config, int steps, const Settings& settings)
      : schedule_(config), sde_(settings.sde) {
    std::vector<double> schedule;
    for (const double bar : schedule_.alphaBars()) schedule.push_back(std::sqrt((1 - bar) / bar));
    if (!std::isfinite(schedule.back())) {
      throw Error(ErrorKind::kUnsupported,
                  "dpmpp_2m cannot start where no signal is left; use ddim with this model");
    }
    if (settings.karras) {
      placeKarras(schedule, steps);
    } else {
      timesteps_ = spacedTimesteps(config.value("timestep_spacing", "linspace"), schedule_.trainSteps(),
                                   steps, config.value("steps_offset", std::int64_t(0)), true);
      for (const std::int64_t t : timesteps_) sigmas_.push_back(schedule[std::size_t(t)]);
      sigmas_.push_back(schedule.front());
    }
    // The reference takes a first-order last step for short runs only: there the second order one overshoots.
    lowerLast_ = config.value("lower_order_final", true) && steps < 15;
  }

  const std::vector<std::int64_t>& timesteps() const override { return timesteps_; }
  bool needsNoise(int) const override { return sde_; }

  SamplerState step(const at::Tensor& modelOutput, int i, const SamplerState& state,
                    const at::Tensor& noise) const override {
    const at::Tensor clean = cleanEstimate(modelOutput, i, state.x);
    const double h = lambda(i + 1) - lambda(i);
    const double alpha = signal(i + 1), sigma = sigmas_[std::size_t(i) + 1] * alpha;
    const double ratio = sigma / (sigmas_[std::size_t(i)] * signal(i));
    const double decay = sde_ ? ratio * std::exp(-h) : ratio;
    const double gain = sde_ ? alpha * -std::expm1(-2 * h) : alpha * -std::expm1(-h);
    const bool last = i + 1 == int(timesteps_.size());
    const bool second = !state.memory.empty() && !(last && lowerLast_) && h > 0;
    at::Tensor x = decay * state.x + gain * clean;
    if (second) {
      const double r = (lambda(i) - lambda(i - 1)) / h;
      x = x + (0.5 * gain / r) * (clean - state.memory[0]);
    }
    if (sde_) x = x + sigma * std::sqrt(-std::expm1(-2 * h)) * noise;
    return {x, {clean}};
  }

  at::Tensor cleanEstimate(const at::Tensor& modelOutput, int i, const at::Tensor& x) const override {
    const double alpha = signal(i);
    return readPrediction(schedule_.predictionType(), modelOutput, x, alpha, sigmas_[std::size_t(i)] * alpha)
        .clean;
  }

 private:
  void placeKarras(const std::vector<double>& schedule, int steps) {
    if (steps < 1 || steps > int(schedule.size()))
      spacedTimesteps("leading", std::int64_t(schedule.size()), steps, 0, false);
    std::vector<double> logs;
    for (const double sigma : schedule) logs.push_back(std::log(sigma));
    sigmas_ = karrasSigmas(schedule.front(), schedule.back(), steps);
    for (const double sigma : sigmas_)
      timesteps_.push_back(std::int64_t(std::nearbyint(timestepOf(sigma, logs))));
    sigmas_.push_back(sigmas_.back());
  }

  double signal(int i) const {
    const double sigma = sigmas_.at(std::size_t(i));
    return 1 / std::sqrt(sigma * sigma + 1);
  }
  double lambda(int i) const { return -std::log(sigmas_.at(std::size_t(i))); }

  NoiseSchedule schedule_;
  bool sde_;
  bool lowerLast_ = true;
  std::vector<std::int64_t> timesteps_;
  std::vector<double> sigmas_;  // one more than timesteps
};

}  // namespace

void register_dpmpp_2m(Registry& registry) {
  Sampler sampler;
  sampler.descriptor = {
      "dpmpp_2m",
      "DPM-Solver++ 2M",
      "A second-order multistep solver of the same differential equation as DDIM: as good a picture "
      "in about half the steps. Optionally with Karras spacing and in its stochastic form.",
      "arXiv 2211.01095",
      1,
      schema().schema(),
      {{"stochastic", "sde"}, {"order", 2}}};
  sampler.start = [](const Json& config, int steps, const Json& settings) -> std::unique_ptr<SamplerRun> {
    return std::make_unique<Dpmpp2mRun>(config, steps, schema().fromJson(settings));
  };
  registry.add(std::move(sampler));
}

}  // namespace plumbline::sampler
