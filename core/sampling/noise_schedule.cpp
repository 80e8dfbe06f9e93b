#include "core/sampling/noise_schedule.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "core/types/error.h"

namespace plumbline {
namespace {

[[noreturn]] void unsupported(const std::string& what) {
  throw Error(ErrorKind::kUnsupported, "scheduler_config.json: " + what + " is not supported");
}

at::Tensor cosineBetas(std::int64_t count) {
  const auto alphaBar = [](double t) {
    const double c = std::cos((t + 0.008) / 1.008 * M_PI / 2);
    return c * c;
  };
  std::vector<float> betas;
  for (std::int64_t i = 0; i < count; ++i) {
    const double ratio = alphaBar(double(i + 1) / double(count)) / alphaBar(double(i) / double(count));
    betas.push_back(float(std::min(1 - ratio, 0.999)));
  }
  return torch::tensor(betas);
}

at::Tensor readBetas(const Json& config) {
  const std::int64_t count = config.value("num_train_timesteps", std::int64_t(1000));
  if (count < 1 || count > 100000) unsupported("num_train_timesteps " + std::to_string(count));
  if (config.contains("trained_betas") && config["trained_betas"].is_array()) {
    return torch::tensor(config["trained_betas"].get<std::vector<float>>());
  }
  const double first = config.value("beta_start", 0.0001), last = config.value("beta_end", 0.02);
  const std::string schedule = config.value("beta_schedule", "linear");
  if (schedule == "linear") return torch::linspace(first, last, count, at::kFloat);
  if (schedule == "scaled_linear") {
    return torch::linspace(std::sqrt(first), std::sqrt(last), count, at::kFloat).square();
  }
  if (schedule == "squaredcos_cap_v2") return cosineBetas(count);
  unsupported("beta_schedule " + schedule);
}

// Shifts the schedule so that its last step carries no signal at all (Lin and others, 2305.08891, algorithm
// 1).
at::Tensor withZeroTerminalSignal(const at::Tensor& betas) {
  at::Tensor root = torch::cumprod(1.0 - betas, 0).sqrt();
  const at::Tensor first = root[0].clone(), last = root[-1].clone();
  root = (root - last) * (first / (first - last));
  const at::Tensor bars = root.square();
  return 1 - torch::cat({bars.slice(0, 0, 1), bars.slice(0, 1) / bars.slice(0, 0, -1)});
}

// numpy rounds halves to even.
std::int64_t rounded(double value) {
  return std::int64_t(std::nearbyint(value));
}

}  // namespace

NoiseSchedule::NoiseSchedule(const Json& schedulerConfig) : config_(schedulerConfig) {
  torch::NoGradGuard noGrad;
  at::Tensor betas = readBetas(config_);
  if (config_.value("rescale_betas_zero_snr", false)) betas = withZeroTerminalSignal(betas);
  const at::Tensor bars = torch::cumprod(1.0 - betas, 0).to(at::kDouble).contiguous();
  alphas_.assign(bars.data_ptr<double>(), bars.data_ptr<double>() + bars.numel());
  const std::string type = config_.value("prediction_type", "epsilon");
  if (type == "epsilon") {
    prediction_ = PredictionType::kEpsilon;
  } else if (type == "v_prediction") {
    prediction_ = PredictionType::kVelocity;
  } else if (type == "sample") {
    prediction_ = PredictionType::kSample;
  } else {
    unsupported("prediction_type " + type);
  }
}

at::Tensor NoiseSchedule::alphaBarTensor() const {
  return torch::tensor(alphas_).to(at::kFloat);
}

at::Tensor NoiseSchedule::gather(const at::Tensor& timesteps, const at::Tensor& like, bool ofNoise) const {
  const at::Tensor bars =
      torch::tensor(alphas_, at::kDouble).index_select(0, timesteps.to(at::kCPU, at::kLong));
  const at::Tensor factors = (ofNoise ? 1 - bars : bars).sqrt().to(like.device(), at::kFloat);
  std::vector<std::int64_t> shape(std::size_t(like.dim()), 1);
  shape[0] = factors.size(0);
  return factors.view(shape);
}

at::Tensor NoiseSchedule::addNoise(const at::Tensor& clean, const at::Tensor& noise,
                                   const at::Tensor& timesteps) const {
  return clean * gather(timesteps, clean, false) + noise * gather(timesteps, clean, true);
}

at::Tensor NoiseSchedule::predictedNoise(const at::Tensor& modelOutput, const at::Tensor& noisy,
                                         const at::Tensor& timesteps) const {
  if (prediction_ == PredictionType::kEpsilon) return modelOutput;
  const at::Tensor signal = gather(timesteps, noisy, false), noise = gather(timesteps, noisy, true);
  if (prediction_ == PredictionType::kVelocity) return signal * modelOutput + noise * noisy;
  return (noisy - signal * modelOutput) / noise;
}

at::Tensor NoiseSchedule::trainingTarget(const at::Tensor& clean, const at::Tensor& noise,
                                         const at::Tensor& timesteps) const {
  switch (prediction_) {
    case PredictionType::kEpsilon:
      return noise;
    case PredictionType::kSample:
      return clean;
    case PredictionType::kVelocity:
      return noise * gather(timesteps, clean, false) - clean * gather(timesteps, clean, true);
  }
  throw Error(ErrorKind::kInternal, "unknown prediction type");
}

std::vector<std::int64_t> spacedTimesteps(const std::string& spacing, std::int64_t trainSteps, int steps,
                                          std::int64_t offset, bool withEndPoint) {
  if (steps < 1 || steps > trainSteps) {
    throw Error(ErrorKind::kInvalidInput, "steps must lie between 1 and " + std::to_string(trainSteps) +
                                              ", got " + std::to_string(steps));
  }
  const int points = steps + (withEndPoint ? 1 : 0);
  std::vector<std::int64_t> times;
  if (spacing == "linspace") {
    const double gap = points > 1 ? double(trainSteps - 1) / double(points - 1) : 0;
    for (int i = points - 1; i >= 0; --i)
      times.push_back(rounded(i == points - 1 && i > 0 ? trainSteps - 1 : i * gap));
    times.resize(std::size_t(steps));
  } else if (spacing == "leading") {
    const std::int64_t gap = std::max<std::int64_t>(1, trainSteps / points);
    for (int i = points - 1; i >= points - steps; --i) times.push_back(i * gap + offset);
  } else if (spacing == "trailing") {
    const double gap = double(trainSteps) / steps;
    for (int i = 0; i < steps; ++i) times.push_back(rounded(double(trainSteps) - i * gap) - 1);
  } else {
    unsupported("timestep_spacing " + spacing);
  }
  if (times.front() >= trainSteps || times.back() < 0) {
    throw Error(ErrorKind::kInvalidInput, "steps " + std::to_string(steps) +
                                              " do not fit this model's noise schedule; use fewer steps");
  }
  return times;
}

}  // namespace plumbline
