// A stage of train-base: text encoder and U-Net together, on latents of rendered scenes and their
// captions. Velocity prediction (Salimans and Ho, 2202.00512; v_prediction in scheduler_config.json), because
// on 1,024 latent numbers the layout is decided where little signal is left, and there a loss on the noise
// hardly sees it. EMA, caption dropout. Reads captions and pictures only, never the truth of a scene.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>

#include "core/types/progress.h"

namespace plumbline::training {

struct DiffusionSettings {
  int pictureSize = 128;
  int batch = 64;
  double seconds = 5400;  // wall clock for the whole stage
  double learningRate = 2e-3;
  double readingWeight = 0.1;    // of what the text encoder is asked about the caption, see caption_reading.h
  double captionDropout = 0.08;  // beside the fiftieth of empty captions that the world itself has
  double detailTimesteps = 0.55;  // the first part of the timesteps, where shapes get their outlines, gets
  double detailShare = 0.8;       // this part of the batch: what is drawn wrongly goes wrong there
  double freshShare =
      0.125;  // part of each batch rendered and encoded anew; the rest is drawn from those so far
  double emaDecay = 0.997;  // a few hundred steps: what the text encoder learns anew must not lag behind
  nlohmann::json unet;      // its config.json, to be written; null: the one in the folder
  std::uint64_t seed = 1;
};

// folder: a pipeline folder with vae/ and tokenizer/ in place, and unet/config.json,
// text_encoder/config.json, scheduler/scheduler_config.json. Writes unet/ and text_encoder/ weights (EMA,
// half precision) and folder/training.safetensors every few minutes and at the end. resume: go on from that
// state where there is one, with a new learning-rate cycle; where there are only weights, or those of fewer
// layers (deepening.h), from those, at a lower rate (with another seed, or the same pictures come again).
// Progress: metrics "diffusion_loss", "reading_loss". Throws Error(kInvalidInput) where the weights to go on
// from are of another form, Error(kUnsupported) where the scheduler predicts something else,
// Error(kCancelled) after writing.
void trainDiffusion(const std::string& folder, const DiffusionSettings& settings, bool resume,
                    ProgressSink& progress, std::stop_token stop);

}  // namespace plumbline::training
