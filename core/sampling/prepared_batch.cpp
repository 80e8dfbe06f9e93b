#include "core/sampling/prepared_batch.h"

#include <torch/torch.h>

#include <cmath>

#include "core/tensor/noise.h"
#include "core/types/error.h"

namespace plumbline {

sampler::SamplerState PreparedBatch::start() const {
  std::vector<at::Tensor> noise;
  for (const SampleRequest& r : requests) {
    noise.push_back(noiseFor(r.seed, r.imageIndex, 0, NoisePurpose::kInitialLatent, latentShape));
  }
  return {at::stack(noise).to(conditional.device()) * run->initialSigma(), {}};
}

at::Tensor PreparedBatch::stepNoise(int i) const {
  if (!run->needsNoise(i)) return {};
  std::vector<at::Tensor> noise;
  for (const SampleRequest& r : requests) {
    noise.push_back(
        noiseFor(r.seed, r.imageIndex, std::uint64_t(i), NoisePurpose::kSamplerStep, latentShape));
  }
  return at::stack(noise).to(conditional.device());
}

std::string batchKey(const SampleRequest& request) {
  const double start = request.guidance == 1.0 ? 1.0 : request.guidanceStart;
  return Json{request.sampler, request.steps, request.eta, request.samplerSettings, request.adapters, start}
      .dump();
}

std::unique_ptr<sampler::SamplerRun> startSampler(const Json& schedulerConfig, const SampleRequest& request) {
  if (!std::isfinite(request.guidance))
    throw Error(ErrorKind::kInvalidInput, "guidance must be a finite number");
  if (!(request.guidanceStart >= 0 && request.guidanceStart <= 1))
    throw Error(ErrorKind::kInvalidInput, "guidance_start is a part of the steps, from 0 to 1");
  const sampler::Sampler& chosen = sampler::registry().get(request.sampler);
  Json settings = request.samplerSettings;
  if (chosen.descriptor.parameters.find("eta")) {
    settings["eta"] = request.eta;
  } else if (request.eta != 0) {
    throw Error(ErrorKind::kInvalidInput, "sampler '" + request.sampler + "' has no eta; set it to 0");
  }
  return chosen.start(schedulerConfig, request.steps, settings);
}

}  // namespace plumbline
