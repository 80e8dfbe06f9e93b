// `train-base`: makes a whole text-to-image model of the Stable Diffusion 1 form from rendered scenes, stage
// by stage: vocabulary, autoencoder, text encoder and U-Net, CLIP (the backbone for rewards), then what reads
// captions and pictures together. Each stage can be run alone, stopped, and gone on with. Reads captions and
// pictures only.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "core/types/progress.h"

namespace plumbline::training {

struct BaseModelSettings {
  std::string size = "small";  // mini (64x64 pixels), small (the default model), base, large
  std::string stage =
      "all";           // vocabulary, autoencoder, diffusion, clip, match, or all in this order; decoder
  double hours = 8;    // wall clock; all: autoencoder and CLIP a fifth each, reader a tenth, U-Net half
  bool resume = true;  // go on from the state or the finished weights in the folder
  std::uint64_t seed = 1;
};

// Writes a pipeline folder that loadModel reads. Every component appears when its stage has saved once.
void trainBase(const std::string& folder, const BaseModelSettings& settings, ProgressSink& progress,
               std::stop_token stop);

}  // namespace plumbline::training
