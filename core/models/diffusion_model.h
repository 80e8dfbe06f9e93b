// A text-to-image model as the whole engine passes it around: base weights, tokenizer and settings of one
// diffusers folder, loaded once and shared. Nothing here changes the weights; adapters hang on the modules
// from outside. Sharing: concurrent passes are safe while no adapter is attached, detached or dialled; large
// batches are cut into shards (core/tensor/shards.h). Shapes: b batch, c latent channels, h w latent size, H
// W pixels, s tokens, d features.
#pragma once

#include <torch/torch.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/nn/autoencoder_kl.h"
#include "core/nn/clip_model.h"
#include "core/nn/clip_text_model.h"
#include "core/nn/unet_2d_condition.h"
#include "core/tensor/precision.h"
#include "core/text/clip_tokenizer.h"
#include "core/types/parameter_schema.h"

namespace plumbline {

// How pictures are brought to the clip tower's size and scale (clip/preprocessor_config.json).
struct ClipPreprocessing {
  std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};
  std::array<double, 3> deviation{0.26862954, 0.26130258, 0.27577711};
  // images b 3 H W in [-1, 1] to b 3 size size; differentiable.
  at::Tensor apply(const at::Tensor& images, int64_t size) const;
};

struct DiffusionModel {
  std::string family;  // id of the model family that read it
  std::string path;    // the folder
  std::string hash;    // of the weights that draw, see modelHash()
  Precision precision = Precision::kFloat32;

  std::shared_ptr<const ClipTokenizer> tokenizer;  // null if the folder has none
  std::shared_ptr<nn::ClipTextModelImpl> textEncoder;
  std::shared_ptr<nn::UNet2DConditionModelImpl> unet;
  std::shared_ptr<nn::AutoencoderKlImpl> vae;
  Json modelIndex;       // model_index.json
  Json vaeConfig;        // vae/config.json
  Json schedulerConfig;  // scheduler/scheduler_config.json

  std::shared_ptr<nn::ClipModelImpl> clip;  // the folder's clip/, null if there is none; always float32
  std::shared_ptr<const ClipTokenizer> clipTokenizer;  // clip's own, or the same as tokenizer
  ClipPreprocessing clipPreprocessing;

  double latentScale() const { return vae->scalingFactor(); }
  int64_t latentChannels() const { return unet->inChannels(); }
  int64_t latentSize() const { return unet->sampleSize(); }                       // cells along a side
  int64_t pictureSize() const { return unet->sampleSize() * vae->downFactor(); }  // pixels along a side

  at::Tensor encodeTokens(const at::Tensor& ids) const;  // b s to b s d, what the U-Net reads
  at::Tensor encodePrompts(
      const std::vector<std::string>& prompts) const;  // b s d; throws without a tokenizer
  // Pictures b 3 H W in [-1, 1] to scaled latents b c h w (the posterior's mean), and back, float32, not
  // clamped.
  at::Tensor encodePictures(const at::Tensor& images) const;
  at::Tensor decodeLatents(const at::Tensor& latents) const;
  // Ids of texts for the clip, b s int64; throws Error(kUnsupported) without a clip or tokenizer.
  at::Tensor clipIds(const std::vector<std::string>& texts) const;
};

// Reads a diffusers folder (or a folder of one) with the first model family that accepts it. Every tensor
// must be used and every parameter filled. Each thing that is wrong is one Error that says what to do.
std::shared_ptr<DiffusionModel> loadModel(const std::string& folder,
                                          Precision precision = Precision::kFloat32);

// Writes unet, vae, text_encoder and clip in half precision with their configs, scheduler and
// model_index.json, and copies tokenizer folders from model.path. Adapters are not included. loadModel reads
// it again.
void saveModel(const DiffusionModel& model, const std::string& folder);

// SHA-256 over names and contents of the weight files below the folder that draw (not the clip's). Of files
// over 256 MiB only the header and evenly spaced blocks are read.
std::string modelHash(const std::string& folder);

}  // namespace plumbline
