#include "core/sampling/differentiable.h"

#include <torch/torch.h>

#include <algorithm>
#include <numeric>

#include "core/lora/lora.h"
#include "core/sampling/checkpointed.h"
#include "core/types/error.h"

namespace plumbline {
namespace {

class Walk {
 public:
  Walk(Generator& generator, PreparedBatch batch, const std::vector<at::Tensor>& parameters,
       const GradientSettings& settings)
      : generator_(generator),
        batch_(std::make_shared<const PreparedBatch>(std::move(batch))),
        parameters_(parameters),
        settings_(settings) {
    for (const int i : settings.steps) {
      if (i < 0 || i >= batch_->steps()) {
        throw Error(ErrorKind::kInvalidInput, "gradient step " + std::to_string(i) + " is not one of the " +
                                                  std::to_string(batch_->steps()) + " steps");
      }
    }
  }

  Trajectory go(const std::stop_token& stop) {
    const int first = settings_.steps.empty()
                          ? batch_->steps()
                          : *std::min_element(settings_.steps.begin(), settings_.steps.end());
    Trajectory result;
    sampler::SamplerState state = batch_->start();
    for (int i = 0; i < batch_->steps(); ++i) {
      throwIfStopped(stop);
      if (settings_.between) settings_.between();
      torch::AutoGradMode tracked(i >= first);
      if (settings_.keepPath) result.path.push_back(state.x.detach());
      const at::Tensor answer = networkAnswer(i, state.x);
      if (settings_.keepEstimates) {
        result.estimates.push_back(batch_->run->cleanEstimate(answer.detach(), i, state.x.detach()));
      }
      state = batch_->run->step(answer, i, state, batch_->stepNoise(i));
    }
    if (settings_.keepPath) result.path.push_back(state.x.detach());
    result.latents = state.x;
    if (!settings_.decode) return result;
    throwIfStopped(stop);
    torch::AutoGradMode tracked(!settings_.steps.empty());
    result.pictures = decoded(state.x);
    return result;
  }

 private:
  at::Tensor networkAnswer(int i, const at::Tensor& x) const {
    if (std::find(settings_.steps.begin(), settings_.steps.end(), i) == settings_.steps.end()) {
      torch::NoGradGuard noGrad;
      return generator_.predict(*batch_, i, x.detach());
    }
    const at::Tensor input = settings_.throughInput ? x : x.detach();
    if (!settings_.recompute) return generator_.predict(*batch_, i, input);
    // Dials may have moved by the time of the backward pass.
    const std::map<std::string, double> dials =
        generator_.adapters() ? generator_.adapters()->strengths() : std::map<std::string, double>();
    return checkpointed(
        [batch = batch_, &generator = generator_, i, dials](const at::Tensor& at) {
          if (!generator.adapters()) return generator.predict(*batch, i, at);
          const AdapterScope scope(*generator.adapters(), dials);
          return generator.predict(*batch, i, at);
        },
        input, parameters_);
  }

  at::Tensor decoded(const at::Tensor& latents) const {
    DiffusionModel& model = generator_.model();
    if (!settings_.recomputeDecode) return model.decodeLatents(latents);
    return checkpointed([&model](const at::Tensor& at) { return model.decodeLatents(at); }, latents, {});
  }

  Generator& generator_;
  std::shared_ptr<const PreparedBatch> batch_;  // outlives this call: the backward pass reads it
  const std::vector<at::Tensor>& parameters_;
  const GradientSettings& settings_;
};

}  // namespace

std::vector<int> lastSteps(int steps, int count) {
  const int kept = std::clamp(count, 0, steps);
  std::vector<int> list(static_cast<std::size_t>(kept));
  std::iota(list.begin(), list.end(), steps - kept);
  return list;
}

Trajectory sampleWithGradient(Generator& generator, const std::vector<SampleRequest>& requests,
                              const std::vector<at::Tensor>& parameters, const GradientSettings& settings,
                              std::stop_token stop) {
  if (requests.empty()) throw Error(ErrorKind::kInvalidInput, "nothing to draw");
  std::optional<AdapterScope> scope;
  if (generator.adapters()) {
    scope.emplace(*generator.adapters(), requests[0].adapters);
  } else if (!requests[0].adapters.empty()) {
    throw Error(ErrorKind::kNotFound,
                "no adapter called '" + requests[0].adapters.begin()->first + "' is loaded");
  }
  return Walk(generator, generator.prepare(requests), parameters, settings).go(stop);
}

}  // namespace plumbline
