// AdamW whose whole state can be written and read back exactly. Parameters are updated in place.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace plumbline {

class Adam {
 public:
  // The tensors are kept (not copied). Moments are float32.
  Adam(std::vector<std::pair<std::string, at::Tensor>> parameters, double weightDecay, double beta1 = 0.9,
       double beta2 = 0.999, double epsilon = 1e-8);

  // Parameters without a gradient are left alone.
  void step(double learningRate);
  void zeroGradients();

  // "first/<name>", "second/<name>" and "count".
  std::vector<std::pair<std::string, at::Tensor>> state(const std::string& prefix) const;
  // Throws Error(kCorrupt) if one is missing or has another shape.
  void restore(const std::map<std::string, at::Tensor>& tensors, const std::string& prefix);

 private:
  std::vector<std::pair<std::string, at::Tensor>> parameters_;
  std::vector<at::Tensor> first_, second_;
  double weightDecay_, beta1_, beta2_, epsilon_;
  std::int64_t count_ = 0;
};

}  // namespace plumbline
