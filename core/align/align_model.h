// The generator as a method sees it: prompts and noise in, pictures out, with named adapters over frozen
// weights. Narrow on purpose, so that a two-dimensional toy can stand in for a U-Net in tests. Not
// thread-safe; one run owns it. Throws Error; a stop request throws Error(kCancelled) within one sampler
// step. Shapes: b batch, c latent channels, h w latent size, H W pixels.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/types/draw_settings.h"

namespace plumbline {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

struct AdapterSpec {
  std::string name;  // "policy", "previous", "ema", "expert_2" ...
  int rank = 16;
  double alpha = 16;
  std::string layers = "attention";  // which layers carry it: what core/lora knows by that name
  bool trainable = true;
};

// One picture to draw. Its noise is a pure function of (seed, index).
struct DrawItem {
  std::string prompt;
  std::uint64_t seed = 0;
  std::int64_t index = 0;
};

// Which of the sampler's steps (0 is the noisiest) carry gradient into the adapter; none: drawn without a
// graph. throughInput: the chain also runs back through each such step's network input (exact); without it
// only the sampler's own arithmetic carries it from step to step (cheaper, and early steps do not explode).
struct GradientPlan {
  std::vector<int> steps;
  bool throughInput = true;
  bool recompute =
      false;  // evaluate these steps again in the backward pass: memory does not grow with their number
  bool empty() const { return steps.empty(); }
};

struct Drawn {
  at::Tensor pictures;           // b 3 H W in [-1, 1], or what the model's pictures are
  at::Tensor latents;            // b c h w, the last step's
  std::vector<at::Tensor> path;  // steps+1 latents from noise to picture, only if asked for
};

// Called between network evaluations: the device host runs more urgent work there; it may throw to stop.
using YieldHook = std::function<void()>;

class AlignModel {
 public:
  virtual ~AlignModel() = default;

  // A trainable adapter starts as the identity (its output is exactly zero), drawn from the seed.
  virtual void addAdapter(const AdapterSpec& spec, std::uint64_t seed) = 0;
  // Names are those of the saved form. The tensors are the live parameters.
  virtual NamedTensors parameters(const std::string& adapter) const = 0;
  // Writes the adapter as other programs read it (a folder or file of the model's own kind).
  virtual void exportAdapter(const std::string& adapter, const std::string& folder) const = 0;

  // adapter "": the frozen reference.
  virtual Drawn draw(const std::vector<DrawItem>& items, const DrawSettings& settings,
                     const std::string& adapter, const GradientPlan& plan, bool keepPath,
                     std::stop_token stop) = 0;
  // x0 as predicted at every step of a drawing without gradient, decoded: steps tensors of b 3 H W.
  virtual std::vector<at::Tensor> predictedPictures(const std::vector<DrawItem>& items,
                                                    const DrawSettings& settings, const std::string& adapter,
                                                    std::stop_token stop) = 0;

  // What losses at single timesteps need. noisy b c h w, timesteps b (int64); returns the predicted noise.
  virtual at::Tensor predictNoise(const at::Tensor& noisy, const at::Tensor& timesteps,
                                  const std::vector<std::string>& prompts, const std::string& adapter) = 0;
  virtual at::Tensor encode(const at::Tensor& pictures) = 0;
  virtual at::Tensor decode(const at::Tensor& latents) = 0;
  // Cumulative alphas of the training schedule, one per timestep (double).
  virtual at::Tensor alphasCumprod() const = 0;

  void setYield(YieldHook hook) { yield_ = std::move(hook); }

 protected:
  void yieldDevice() const {
    if (yield_) yield_();
  }

 private:
  YieldHook yield_;
};

}  // namespace plumbline
