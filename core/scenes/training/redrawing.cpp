#include "core/scenes/training/redrawing.h"

#include <filesystem>

#include "core/scenes/training/training_batch.h"
#include "core/scenes/training/training_state.h"

namespace plumbline::training {
namespace {

constexpr int kSteps = 12;  // from pure noise; as many fewer as the noise level is lower
constexpr const char* kUnet = "/unet/diffusion_pytorch_model.safetensors";
constexpr const char* kText = "/text_encoder/model.safetensors";

}  // namespace

bool Redrawing::possible(const std::string& folder) {
  return std::filesystem::exists(folder + kUnet) && std::filesystem::exists(folder + kText);
}

Redrawing::Redrawing(const std::string& folder, double layoutKept)
    : unet_(readConfig(folder + "/unet/config.json")),
      text_(readConfig(folder + "/text_encoder/config.json")),
      schedule_(readConfig(folder + "/scheduler/scheduler_config.json")),
      run_(sampler::registry().get("ddim").start(schedule_.config(), kSteps, nlohmann::json::object())) {
  loadParameters(*unet_, readState(folder + kUnet));
  loadParameters(*text_, readState(folder + kText));
  while (noisiest_ < kSteps - 1 && schedule_.alphaBar(run_->timesteps()[std::size_t(noisiest_)]) < layoutKept)
    ++noisiest_;
}

at::Tensor Redrawing::redraw(const at::Tensor& latents, const at::Tensor& ids, at::Generator& generator) {
  torch::NoGradGuard noGrad;
  const int first = int(at::randint(noisiest_, kSteps, {1}, generator, at::kLong).item<std::int64_t>());
  const auto b = latents.size(0);
  const auto noise = at::randn(latents.sizes(), generator, at::kFloat);
  const auto timestep = [&](int i) { return at::full({b}, run_->timesteps()[std::size_t(i)], at::kLong); };
  sampler::SamplerState state{schedule_.addNoise(latents, noise, timestep(first)), {}};
  const auto context = text_->forward(ids).lastHiddenState;
  for (int i = first; i < kSteps; ++i) {
    const auto output = unet_(run_->scaleInput(state.x, i), timestep(i), context);
    state = run_->step(output, i, state, {});
  }
  return state.x;
}

}  // namespace plumbline::training
