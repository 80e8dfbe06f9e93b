// How well the frozen generator itself accounts for a picture: its latents are noised a little, and what the
// generator predicts wrongly of them for the picture's prompt says how far the picture is from what it would
// draw. Malformed shapes and things that were not asked for are predicted badly (Li et al. 2023, 2303.16203,
// eq. 4, there to classify; Krojer et al. 2023, 2305.16397, to match pictures and texts). Adapters count as
// off. Without gradients. Thread-safe for concurrent reading. Shapes: b batch, c latent channels, h w latent
// size, H W pixels.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>
#include <vector>

#include "core/sampling/noise_schedule.h"

namespace plumbline {

struct DiffusionModel;

namespace reward {

// At each noise level the log error, mean over some draws of the noise, over the whole picture and over its
// worst eighth.
inline constexpr int64_t kDenoisingLevels = 4, kDenoisingFeatures = 2 * kDenoisingLevels;

class Denoising {
 public:
  // Throws Error(kUnsupported) for a scheduler that is not known.
  explicit Denoising(std::shared_ptr<const DiffusionModel> model);

  // images b 3 H W in [-1, 1] of any size, b prompts, to b kDenoisingFeatures. The noise is the same for
  // every picture, so that pictures can be compared.
  at::Tensor features(const at::Tensor& images, const std::vector<std::string>& prompts) const;

 private:
  at::Tensor errors(const at::Tensor& latents, std::int64_t timestep, const at::Tensor& context) const;

  std::shared_ptr<const DiffusionModel> model_;
  NoiseSchedule schedule_;
};

}  // namespace reward
}  // namespace plumbline
