#include "core/scenes/training/muon.h"

#include <algorithm>
#include <cmath>

#include "core/tensor/precision.h"

namespace plumbline::training {
namespace {

constexpr double kMomentum = 0.95;
constexpr double kRootMeanSquare = 0.2;  // of an AdamW update, as measured by Liu et al.

}  // namespace

bool takesMuon(const std::string& name, const at::Tensor& parameter) {
  if (parameter.dim() < 2) return false;
  for (const char* edge : {"embedding", "conv_in.", "conv_out."}) {
    if (name.find(edge) != std::string::npos) return false;
  }
  return true;
}

at::Tensor orthogonalised(const at::Tensor& m) {
  const bool turned = m.size(0) > m.size(1);
  at::Tensor x = turned ? m.t() : m;
  // Singular values are brought near one, not to it: bfloat16 is exact enough.
  x = (x / (x.norm() + 1e-7)).to(cpuHasBFloat16() ? at::kBFloat16 : at::kFloat);
  for (int i = 0; i < 5; ++i) {
    const at::Tensor square = at::mm(x, x.t());
    const at::Tensor polynomial = at::addmm(square, square, square, -4.7750, 2.0315);
    x = at::addmm(x, polynomial, x, 3.4445, 1);
  }
  return (turned ? x.t() : x).to(m.scalar_type());
}

void muonUpdate(at::Tensor& parameter, const at::Tensor& gradient, at::Tensor& momentum, double rate,
                double keep) {
  momentum.mul_(kMomentum).add_(gradient);
  const at::Tensor direction = at::add(gradient, momentum, kMomentum).flatten(1);  // Nesterov
  const double scale = kRootMeanSquare * std::sqrt(double(std::max(direction.size(0), direction.size(1))));
  parameter.mul_(keep).add_(orthogonalised(direction).reshape(parameter.sizes()), -rate * scale);
}

}  // namespace plumbline::training
