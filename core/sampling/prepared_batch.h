// What the steps of one batch of requests with equal settings need: the sampler's run, text features,
// guidance and noise. Made by Generator::prepare; immutable. Shapes: b batch, c latent channels, h w latent
// size, s tokens, d features.
#pragma once

#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

#include "core/sampling/sample_request.h"
#include "core/sampling/sampler.h"

namespace plumbline {

struct PreparedBatch {
  std::vector<SampleRequest> requests;
  std::shared_ptr<const sampler::SamplerRun> run;
  at::Tensor conditional;                 // b s d
  at::Tensor unconditional;               // b s d, undefined where guidance is off
  at::Tensor guidance;                    // b 1 1 1
  std::vector<std::int64_t> latentShape;  // c h w

  int firstGuided = 0;  // steps before it are drawn without guidance

  bool guided(int i) const { return unconditional.defined() && i >= firstGuided; }
  int steps() const { return int(run->timesteps().size()); }
  std::int64_t timestep(int i) const { return run->timesteps()[std::size_t(i)]; }
  sampler::SamplerState start() const;  // initial noise at the sampler's initial sigma
  at::Tensor stepNoise(int i) const;    // b c h w; undefined where step i needs none
};

// Requests with the same key can share a batch.
std::string batchKey(const SampleRequest& request);

// Throws Error(kInvalidInput) for settings out of range.
std::unique_ptr<sampler::SamplerRun> startSampler(const Json& schedulerConfig, const SampleRequest& request);

}  // namespace plumbline
