// From the network's answer to the clean latent and the noise it implies, for each prediction type.
// Differentiable.
#pragma once

#include <torch/types.h>

#include "core/sampling/noise_schedule.h"

namespace plumbline {

struct Prediction {
  at::Tensor clean;
  at::Tensor noise;
};

// x = signal * clean + noiseLevel * noise.
Prediction readPrediction(PredictionType type, const at::Tensor& modelOutput, const at::Tensor& x,
                          double signal, double noiseLevel);

}  // namespace plumbline
