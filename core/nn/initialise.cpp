#include "core/nn/initialise.h"

#include <cmath>
#include <numbers>

#include "core/types/sha256.h"

namespace plumbline::nn {
namespace {

// Weight and bias of a linear layer or convolution: uniform within 1 / sqrt(fan in).
void fillAffine(at::Tensor& weight, at::Tensor& bias, std::uint64_t seed, const std::string& name) {
  const double bound = 1.0 / std::sqrt(double(weight.numel() / weight.size(0)));
  InitialRandom(seed, name + ".weight").uniform(weight, -bound, bound);
  if (bias.defined()) InitialRandom(seed, name + ".bias").uniform(bias, -bound, bound);
}

void fillDefault(torch::nn::Module& module, std::uint64_t seed, const std::string& name) {
  auto own = module.named_parameters(/*recurse=*/false);
  at::Tensor* weight = own.find("weight");
  if (!weight) return;
  at::Tensor none;
  at::Tensor* bias = own.find("bias");
  if (weight->dim() == 1) {
    weight->fill_(1.0);  // a norm
    if (bias) bias->zero_();
  } else {
    fillAffine(*weight, bias ? *bias : none, seed, name);
  }
}

}  // namespace

InitialRandom::InitialRandom(std::uint64_t seed, const std::string& name) {
  const auto digest = sha256(std::to_string(seed) + "/" + name);
  state_ = 0;
  for (int i = 0; i < 8; ++i) state_ = state_ << 8 | digest[i];
}

double InitialRandom::next() {
  // SplitMix64.
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  z ^= z >> 31;
  return (double(z >> 11) + 0.5) * 0x1.0p-53;
}

void InitialRandom::uniform(at::Tensor& parameter, double low, double high) {
  at::Tensor values = torch::empty(parameter.sizes(), at::kFloat);
  float* p = values.data_ptr<float>();
  for (int64_t i = 0; i < values.numel(); ++i) p[i] = float(low + (high - low) * next());
  torch::NoGradGuard guard;
  parameter.copy_(values);
}

void InitialRandom::normal(at::Tensor& parameter, double deviation) {
  at::Tensor values = torch::empty(parameter.sizes(), at::kFloat);
  float* p = values.data_ptr<float>();
  for (int64_t i = 0; i < values.numel(); ++i) {
    const double radius = std::sqrt(-2.0 * std::log(next()));
    p[i] = float(deviation * radius * std::cos(2.0 * std::numbers::pi * next()));
  }
  torch::NoGradGuard guard;
  parameter.copy_(values);
}

void initialise(torch::nn::Module& model, std::uint64_t seed) {
  torch::NoGradGuard guard;
  const auto modules = model.named_modules();
  // Parents come first in the list, and they have the last word.
  for (std::size_t i = modules.size(); i-- > 0;) {
    fillDefault(*modules[i].value(), seed, modules[i].key());
    if (auto* custom = dynamic_cast<CustomInitialisation*>(modules[i].value().get())) {
      custom->initialise(seed, modules[i].key());
    }
  }
}

}  // namespace plumbline::nn
