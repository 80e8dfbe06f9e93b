// Sampling with gradients: from noise to picture, with chosen steps carrying gradient into parameters (LoRA
// or other weights of the U-Net) and on through the decoding; what DRaFT-K, AlignProp and Focus-N-Fix train
// with. Networks are recomputed in the backward pass, so memory does not grow with the number of steps. One
// thread, as the Generator. Shapes: b requests (one batch of any size, equal settings), c latent channels, h
// w latent size, H W pixels.
#pragma once

#include <torch/types.h>

#include <functional>
#include <stop_token>
#include <vector>

#include "core/sampling/generator.h"

namespace plumbline {

struct GradientSettings {
  // Indices of the steps (0 is the noisiest) whose network carries gradient into the parameters. Between them
  // only the sampler's own arithmetic carries it. Empty: everything without a graph.
  std::vector<int> steps;
  // Also back through each such step's network input (exact). Without it only the sampler's arithmetic links
  // the steps: cheaper by nothing but far tamer, so that early steps can be trained.
  bool throughInput = true;
  bool recompute = true;  // of the networks; false keeps their values: faster, for short runs of small models
  bool recomputeDecode = false;  // of the autoencoder
  bool decode = true;
  bool keepPath = false;       // latents at all steps + 1 boundaries
  bool keepEstimates = false;  // the clean latent implied at each step
  // Called before each network evaluation of the forward pass; may throw to stop.
  std::function<void()> between;
};

struct Trajectory {
  at::Tensor latents;                 // b c h w, clean
  at::Tensor pictures;                // b 3 H W, not clamped; undefined unless decoded
  std::vector<at::Tensor> path;       // b c h w each, detached
  std::vector<at::Tensor> estimates;  // b c h w each, detached
};

// The last `count` of `steps` steps: DRaFT-K.
std::vector<int> lastSteps(int steps, int count);

// The requests' adapters are on during the call and in the backward pass. parameters: the trained tensors,
// all used by the U-Net. Throws Error(kInvalidInput) for a step that does not exist, Error(kCancelled) when
// stopped.
Trajectory sampleWithGradient(Generator& generator, const std::vector<SampleRequest>& requests,
                              const std::vector<at::Tensor>& parameters, const GradientSettings& settings,
                              std::stop_token stop = {});

}  // namespace plumbline
