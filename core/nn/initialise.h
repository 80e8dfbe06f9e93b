// Fills the parameters of a freshly built model for training from scratch: PyTorch's defaults for linear
// layers, convolutions and norms, Hugging Face's for the CLIP towers. A pure function of the seed and of each
// parameter's name, so the same on every machine; LibTorch's global generator is not touched.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>

namespace plumbline::nn {

// Counter-based random fills, one stream per (seed, name).
class InitialRandom {
 public:
  InitialRandom(std::uint64_t seed, const std::string& name);
  void uniform(at::Tensor& parameter, double low, double high);
  void normal(at::Tensor& parameter, double deviation);

 private:
  double next();  // in (0, 1)
  std::uint64_t state_;
};

// A module that wants something else than the defaults for its own direct parameters or its children's.
// Called after the children were filled; `name` is the module's path ("text_model.encoder.layers.0", "" at
// the root).
class CustomInitialisation {
 public:
  virtual ~CustomInitialisation() = default;
  virtual void initialise(std::uint64_t seed, const std::string& name) = 0;
};

void initialise(torch::nn::Module& model, std::uint64_t seed);

}  // namespace plumbline::nn
