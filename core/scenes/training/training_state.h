// What the stages of train-base share: an exponential moving average of the weights,
// the optimizer with a warm-up and cosine schedule, and checkpoints that resume exactly.
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>
#include <vector>

namespace plumbline::training {

using NamedTensors = std::map<std::string, at::Tensor>;

// Names as in the checkpoint; prefix "" or ending in ".".
NamedTensors namedParameters(const torch::nn::Module& module, const std::string& prefix = "");
// Copies values into the module's parameters. Throws Error(kCorrupt) on a missing name or another shape.
void loadParameters(torch::nn::Module& module, const NamedTensors& values, const std::string& prefix = "");

enum class Begins { kAnew, kFromWeights, kFromState };
// What resume goes on from: the training state where there is one, else finished weights where all are there.
Begins beginningOf(bool resume, const std::string& state, const std::vector<std::string>& weights);

// Of the learning rate, where finished weights are gone on with: at the whole rate a short sitting does not
// win back what the low rate at the end of the last one gave.
inline constexpr double kGoingOn = 0.3;

struct OptimizerSettings {
  double learningRate = 1e-3;
  double weightDecay = 0.01;
  double beta2 = 0.99;
  double clipNorm = 1.0;
  std::int64_t warmupSteps = 200;
  double emaDecay = 0.999;
  bool muon = true;  // for the matrices inside the network; AdamW for the rest
};

// Muon and AdamW over a fixed list of parameters (decoupled weight decay on matrices only) with EMA of the
// parameters. Spreads over the threads LibTorch is set to.
class Optimizer {
 public:
  Optimizer(NamedTensors parameters, OptimizerSettings settings);

  // One update with the gradients that stand in the parameters, then clears them. share: how much of the run
  // is done, 0 to 1, for the cosine decay of the learning rate to a twentieth. Returns the gradient norm
  // before clipping; skips the update when it is not finite.
  double step(double share);
  std::int64_t steps() const { return steps_; }
  const NamedTensors& ema() const { return ema_; }

  // Everything needed to go on exactly: parameters, moments, EMA, step.
  NamedTensors state() const;
  // Throws Error(kCorrupt) where the state is of another network. What has newer in its name may be missing,
  // as it is in states from before there was such a task, and then stays as it begins.
  void restore(const NamedTensors& state, const std::string& newer = "");

 private:
  struct Rates;
  void updateAll(const Rates& rates);
  static void update(at::Tensor& parameter, const at::Tensor& gradient, at::Tensor& first, at::Tensor& second,
                     at::Tensor& average, const Rates& r, double kept);

  NamedTensors parameters_, first_, second_, ema_;
  OptimizerSettings settings_;
  std::int64_t steps_ = 0;
};

}  // namespace plumbline::training
