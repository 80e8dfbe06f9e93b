#include "core/align/adam.h"

#include <cmath>

#include "core/types/error.h"

namespace plumbline {

Adam::Adam(std::vector<std::pair<std::string, at::Tensor>> parameters, double weightDecay, double beta1,
           double beta2, double epsilon)
    : parameters_(std::move(parameters)),
      weightDecay_(weightDecay),
      beta1_(beta1),
      beta2_(beta2),
      epsilon_(epsilon) {
  for (const auto& [name, p] : parameters_) {
    first_.push_back(torch::zeros_like(p, torch::kFloat32));
    second_.push_back(torch::zeros_like(p, torch::kFloat32));
  }
}

void Adam::zeroGradients() {
  for (auto& [name, p] : parameters_) p.mutable_grad() = at::Tensor();
}

void Adam::step(double learningRate) {
  torch::NoGradGuard guard;
  ++count_;
  const double correction1 = 1 - std::pow(beta1_, double(count_));
  const double correction2 = 1 - std::pow(beta2_, double(count_));
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    at::Tensor p = parameters_[i].second;
    if (!p.grad().defined()) continue;
    const at::Tensor g = p.grad().to(torch::kFloat32);
    if (weightDecay_ > 0) p.mul_(1 - learningRate * weightDecay_);
    first_[i].mul_(beta1_).add_(g, 1 - beta1_);
    second_[i].mul_(beta2_).addcmul_(g, g, 1 - beta2_);
    const at::Tensor scale = (second_[i] / correction2).sqrt_().add_(epsilon_);
    p.addcdiv_(first_[i].to(p.dtype()), scale.to(p.dtype()), -learningRate / correction1);
  }
}

std::vector<std::pair<std::string, at::Tensor>> Adam::state(const std::string& prefix) const {
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    tensors.emplace_back(prefix + "first/" + parameters_[i].first, first_[i]);
    tensors.emplace_back(prefix + "second/" + parameters_[i].first, second_[i]);
  }
  tensors.emplace_back(prefix + "count", torch::full({1}, count_, torch::kInt64));
  return tensors;
}

void Adam::restore(const std::map<std::string, at::Tensor>& tensors, const std::string& prefix) {
  torch::NoGradGuard guard;
  const auto read = [&](const std::string& name, const at::Tensor& like) {
    const auto found = tensors.find(prefix + name);
    if (found == tensors.end() || found->second.sizes() != like.sizes()) {
      throw Error(ErrorKind::kCorrupt, "the checkpoint does not fit this run (optimizer state '" + name +
                                           "'); start the run afresh");
    }
    return found->second.clone();
  };
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    first_[i] = read("first/" + parameters_[i].first, first_[i]);
    second_[i] = read("second/" + parameters_[i].first, second_[i]);
  }
  count_ = read("count", torch::zeros({1}, torch::kInt64)).item<std::int64_t>();
}

}  // namespace plumbline
