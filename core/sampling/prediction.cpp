#include "core/sampling/prediction.h"

#include <torch/torch.h>

#include "core/types/error.h"

namespace plumbline {

Prediction readPrediction(PredictionType type, const at::Tensor& modelOutput, const at::Tensor& x,
                          double signal, double noiseLevel) {
  const at::Tensor out = modelOutput.to(at::kFloat);
  switch (type) {
    case PredictionType::kEpsilon:
      return {(x - noiseLevel * out) / signal, out};
    case PredictionType::kVelocity:
      return {signal * x - noiseLevel * out, signal * out + noiseLevel * x};
    case PredictionType::kSample:
      return {out, (x - signal * out) / noiseLevel};
  }
  throw Error(ErrorKind::kInternal, "unknown prediction type");
}

}  // namespace plumbline
