// AutoencoderKL of the Stable Diffusion family: pictures to a diagonal Gaussian over latents and back.
// Module and parameter names mirror the diffusers checkpoint. Built from vae/config.json; sizes come from
// there. Not thread-safe while weights change; passes may run concurrently (core/tensor/shards.h). Shapes: H
// W pixels, h w = H W / 2^(blocks-1), c latent channels.
#pragma once

#include <torch/torch.h>

#include <nlohmann/json.hpp>

namespace plumbline::nn {

struct DiagonalGaussian {
  at::Tensor mean;    // b c h w
  at::Tensor logvar;  // b c h w, clamped to [-30, 20]
};

class AutoencoderKlImpl : public torch::nn::Module {
 public:
  // config: vae/config.json. Throws Error(kUnsupported) on block types other than Down/UpEncoderBlock2D.
  explicit AutoencoderKlImpl(const nlohmann::json& config);

  // image b 3 H W in [-1, 1].
  DiagonalGaussian encode(const at::Tensor& image);
  // latent b c h w, already divided by the scaling factor; returns b 3 H W, not clamped.
  at::Tensor decode(const at::Tensor& latent);

  double scalingFactor() const { return scalingFactor_; }
  int64_t latentChannels() const { return latentChannels_; }
  int64_t downFactor() const { return downFactor_; }  // pixels per latent cell

 private:
  double scalingFactor_ = 0.18215;  // formats.md c.11: when the config has none
  int64_t latentChannels_ = 4;
  int64_t downFactor_ = 8;
  torch::nn::AnyModule encoderModule_, decoderModule_;
  torch::nn::Conv2d quantConv_{nullptr}, postQuantConv_{nullptr};
};
TORCH_MODULE(AutoencoderKl);

}  // namespace plumbline::nn
