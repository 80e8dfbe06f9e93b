#include "core/scenes/training/training_state.h"

#include <cmath>
#include <numbers>

#include "core/types/error.h"

namespace plumbline::training {

NamedTensors namedParameters(const torch::nn::Module& module, const std::string& prefix) {
  NamedTensors named;
  for (const auto& item : module.named_parameters()) named[prefix + item.key()] = item.value();
  return named;
}

void loadParameters(torch::nn::Module& module, const NamedTensors& values, const std::string& prefix) {
  torch::NoGradGuard noGrad;
  for (auto& item : module.named_parameters()) {
    const auto found = values.find(prefix + item.key());
    if (found == values.end() || found->second.sizes() != item.value().sizes()) {
      throw Error(ErrorKind::kCorrupt,
                  "the checkpoint does not fit the network at '" + prefix + item.key() +
                      "'; start without --resume or with the configuration it was made with");
    }
    item.value().copy_(found->second);
  }
}

Optimizer::Optimizer(NamedTensors parameters, OptimizerSettings settings)
    : parameters_(std::move(parameters)), settings_(settings) {
  torch::NoGradGuard noGrad;
  for (const auto& [name, p] : parameters_) {
    first_[name] = at::zeros_like(p);
    second_[name] = at::zeros_like(p);
    ema_[name] = p.detach().clone();
  }
}

double Optimizer::step(double share) {
  torch::NoGradGuard noGrad;
  double square = 0;
  for (const auto& [name, p] : parameters_) {
    if (p.grad().defined()) square += p.grad().square().sum().item<double>();
  }
  const double norm = std::sqrt(square);
  if (std::isfinite(norm)) {
    ++steps_;
    const double warm = std::min(1.0, double(steps_) / double(settings_.warmupSteps));
    const double cosine = 0.05 + 0.95 * 0.5 * (1.0 + std::cos(std::numbers::pi * std::min(1.0, share)));
    const double rate = settings_.learningRate * warm * cosine;
    const double clip = std::min(1.0, settings_.clipNorm / (norm + 1e-12));
    constexpr double kBeta1 = 0.9;
    const double correct1 = 1 - std::pow(kBeta1, steps_), correct2 = 1 - std::pow(settings_.beta2, steps_);
    const double emaDecay = std::min(settings_.emaDecay, (1.0 + steps_) / (10.0 + steps_));
    for (auto& [name, p] : parameters_) {
      if (!p.grad().defined()) continue;
      const at::Tensor g = p.grad();
      g.mul_(clip);
      at::Tensor &m = first_[name], &v = second_[name];
      m.mul_(kBeta1).add_(g, 1 - kBeta1);
      v.mul_(settings_.beta2).addcmul_(g, g, 1 - settings_.beta2);
      if (p.dim() >= 2) p.mul_(1 - rate * settings_.weightDecay);
      p.addcdiv_(m, (v / correct2).sqrt_().add_(1e-8), -rate / correct1);
      ema_[name].lerp_(p, 1 - emaDecay);
    }
  }
  for (auto& [name, p] : parameters_) p.mutable_grad() = at::Tensor();
  return norm;
}

NamedTensors Optimizer::state() const {
  NamedTensors state;
  for (const auto& [prefix, tensors] : {std::pair{"parameter.", &parameters_}, std::pair{"first.", &first_},
                                        std::pair{"second.", &second_}, std::pair{"ema.", &ema_}}) {
    for (const auto& [name, tensor] : *tensors) state[prefix + name] = tensor.detach();
  }
  state["steps"] = at::full({1}, steps_, at::kLong);
  return state;
}

void Optimizer::restore(const NamedTensors& state) {
  torch::NoGradGuard noGrad;
  const auto copy = [&](const std::string& prefix, NamedTensors& into) {
    for (auto& [name, tensor] : into) {
      const auto found = state.find(prefix + name);
      if (found == state.end() || found->second.sizes() != tensor.sizes()) {
        throw Error(ErrorKind::kCorrupt,
                    "the training checkpoint does not fit at '" + name + "'; start without --resume");
      }
      tensor.copy_(found->second);
    }
  };
  copy("parameter.", parameters_);
  copy("first.", first_);
  copy("second.", second_);
  copy("ema.", ema_);
  steps_ = state.at("steps").item<std::int64_t>();
}

}  // namespace plumbline::training
