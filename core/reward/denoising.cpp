#include "core/reward/denoising.h"

#include <algorithm>
#include <cmath>

#include "core/models/diffusion_model.h"
#include "core/nn/without_adapters.h"
#include "core/tensor/noise.h"
#include "core/tensor/picture_tensor.h"

namespace plumbline::reward {
namespace {

// Shares of the training timesteps: at the low ones shapes are told, at the high ones what there is and
// where.
constexpr double kLevels[kDenoisingLevels] = {0.05, 0.15, 0.30, 0.45};
constexpr std::uint64_t kDraws = 2;      // of the noise at each level
constexpr std::int64_t kWorstShare = 8;  // of the cells, one in so many
constexpr double kLeastError = 1e-4;

}  // namespace

Denoising::Denoising(std::shared_ptr<const DiffusionModel> model)
    : model_(std::move(model)), schedule_(model_->schedulerConfig) {}

// Squared error per cell, b (h w), mean over the draws.
at::Tensor Denoising::errors(const at::Tensor& latents, std::int64_t timestep,
                             const at::Tensor& context) const {
  // One row: in a product of more, the rounding of each depends on its place.
  const auto time = at::full({1}, timestep, at::kLong);
  at::Tensor sum;
  for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
    const auto noise =
        noiseFor(0, draw, std::uint64_t(timestep), NoisePurpose::kForwardNoise, latents.sizes().slice(1))
            .unsqueeze(0)
            .expand_as(latents);
    const auto predicted = model_->unet->forward(schedule_.addNoise(latents, noise, time), time, context);
    const auto wrong = (predicted - schedule_.trainingTarget(latents, noise, time)).square();
    sum = sum.defined() ? sum + wrong : wrong;
  }
  return (sum / double(kDraws)).mean(1).flatten(1);
}

at::Tensor Denoising::features(const at::Tensor& images, const std::vector<std::string>& prompts) const {
  torch::NoGradGuard noGrad;
  const nn::WithoutAdapters bare;
  const auto size = model_->pictureSize();
  const auto latents = model_->encodePictures(resizedTo(images.detach().to(at::kFloat), size, size));
  const auto context = model_->encodePrompts(prompts);
  std::vector<at::Tensor> features;
  for (const double level : kLevels) {
    const auto timestep = std::int64_t(std::lround(level * double(schedule_.trainSteps())));
    const auto error = errors(latents, timestep, context);
    const auto worst = std::max<std::int64_t>(1, error.size(1) / kWorstShare);
    features.push_back(error.mean(1));
    features.push_back(std::get<0>(error.topk(worst, 1)).mean(1));
  }
  return (at::stack(features, 1) + kLeastError).log();
}

}  // namespace plumbline::reward
