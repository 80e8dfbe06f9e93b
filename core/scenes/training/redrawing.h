// Pictures as the model itself draws them: a rendered scene's latent is noised to a random level, not so far
// that the objects could become others, and denoised again for its caption. Shapes come out as wrong as the
// model's own do, and what they should have been is known: a reward's backbone can learn where pictures are
// off without anybody's label. Shapes: b batch, c latent channels, h w latent size, s tokens.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>

#include "core/nn/clip_text_model.h"
#include "core/nn/unet_2d_condition.h"
#include "core/sampling/noise_schedule.h"
#include "core/sampling/sampler.h"

namespace plumbline::training {

// Signal power of the noisiest latents it starts from: above it objects stay what they were, if not as whole.
inline constexpr double kLayoutKept = 0.03;

class Redrawing {
 public:
  // Are a trained U-Net and text encoder in this pipeline folder?
  static bool possible(const std::string& folder);
  // Throws Error(kNotFound), Error(kCorrupt) where the folder is not whole.
  explicit Redrawing(const std::string& folder, double layoutKept = kLayoutKept);

  // latents b c h w, scaled as the U-Net sees them, and again so; ids b s, whole length. One noise level for
  // all. No gradient; concurrent calls are safe.
  at::Tensor redraw(const at::Tensor& latents, const at::Tensor& ids, at::Generator& generator);

 private:
  nn::UNet2DConditionModel unet_;
  nn::ClipTextModel text_;
  NoiseSchedule schedule_;
  std::unique_ptr<sampler::SamplerRun> run_;
  int noisiest_ = 0;  // step to start at where most is to be drawn anew
};

}  // namespace plumbline::training
