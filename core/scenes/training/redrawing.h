// Pictures as the model itself draws them: a rendered scene's latent is noised to a random level and denoised
// again for its caption. Little noise leaves the picture as it was, much of it lets the model draw another;
// in between shapes come out as wrong as its own do. What a reward's backbone has to tell apart, without
// anybody's label. Shapes: b batch, c latent channels, h w latent size, s tokens.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>

#include "core/nn/clip_text_model.h"
#include "core/nn/unet_2d_condition.h"
#include "core/sampling/noise_schedule.h"
#include "core/sampling/sampler.h"

namespace plumbline::training {

class Redrawing {
 public:
  struct Result {
    at::Tensor latents;      // b c h w
    bool layoutKept = true;  // was so little noise added that the objects stay where and what they were?
  };

  // Are a trained U-Net and text encoder in this pipeline folder?
  static bool possible(const std::string& folder);
  // Throws Error(kNotFound), Error(kCorrupt) where the folder is not whole.
  explicit Redrawing(const std::string& folder);

  // latents b c h w, scaled as the U-Net sees them; ids b s, whole length. One noise level for all. No
  // gradient; concurrent calls are safe.
  Result redraw(const at::Tensor& latents, const at::Tensor& ids, at::Generator& generator);

 private:
  nn::UNet2DConditionModel unet_;
  nn::ClipTextModel text_;
  NoiseSchedule schedule_;
  std::unique_ptr<sampler::SamplerRun> run_;
};

}  // namespace plumbline::training
