// Samplers: from noise to a clean latent in a few steps. One file per sampler in samplers/. A run is
// immutable: what a multistep sampler remembers travels in SamplerState, so that a step can be repeated
// (recomputation), several micro-batches can share a run, and gradients flow through it. Step arithmetic is
// float32 whatever the network's precision. Thread-safe. Shapes: b batch, c latent channels, h w latent size.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/types/registry.h"

namespace plumbline::sampler {

struct SamplerState {
  at::Tensor x;                    // b c h w
  std::vector<at::Tensor> memory;  // earlier estimates that a multistep sampler needs, each b c h w
};

class SamplerRun {
 public:
  virtual ~SamplerRun() = default;

  // One per network call, noisiest first; index i below points into them.
  virtual const std::vector<std::int64_t>& timesteps() const = 0;
  // Initial noise of variance 1 is multiplied by this.
  virtual double initialSigma() const { return 1.0; }
  // What the network sees of x at step i.
  virtual at::Tensor scaleInput(const at::Tensor& x, [[maybe_unused]] int i) const { return x; }
  // Does step i read fresh noise? Where not, an undefined tensor may be passed.
  virtual bool needsNoise(int i) const = 0;
  // One step; differentiable in modelOutput and state.
  virtual SamplerState step(const at::Tensor& modelOutput, int i, const SamplerState& state,
                            const at::Tensor& noise) const = 0;
  // The clean latent that the network's answer at step i implies; differentiable.
  virtual at::Tensor cleanEstimate(const at::Tensor& modelOutput, int i, const at::Tensor& x) const = 0;
};

struct Sampler {
  Descriptor descriptor;
  // schedulerConfig: scheduler_config.json of the model; settings: this sampler's parameters (missing ones
  // take their defaults). Throws Error(kInvalidInput) for steps or settings out of range.
  std::function<std::unique_ptr<SamplerRun>(const Json& schedulerConfig, int steps, const Json& settings)>
      start;
};

using Registry = plumbline::Registry<Sampler>;
void registerAll(Registry& registry);

// All samplers, made on first use.
const Registry& registry();

}  // namespace plumbline::sampler
