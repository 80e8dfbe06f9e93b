// All randomness of the engine: a counter-based generator (Philox 4x32-10), so that every number is a pure
// function of (seed, image index, step, purpose) and never depends on what was drawn before or on LibTorch's
// global generator. Computed on the CPU in double and rounded to float32, hence the same on every machine up
// to the last bit of libm. Pure functions and value types; thread-safe.
#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <vector>

namespace plumbline {

// Stored behaviour depends on the values: never renumber, only append.
enum class NoisePurpose : std::uint32_t {
  kInitialLatent = 1,  // x_T of a picture
  kSamplerStep = 2,    // fresh noise inside a sampler's step
  kAutoencoder = 3,    // sampling from the autoencoder's posterior
  kForwardNoise = 4,   // epsilon of a training example
  kTrainingTime = 5,   // timestep of a training example
  kAdapterInit = 6,    // LoRA down matrices
  kWeightInit = 7,     // other fresh weights
  kShuffle = 8,        // order of a data set
  kChoice = 9,         // dropping a caption, choosing a prompt, ...
  kBootstrap = 10,     // resampling in statistics and ensembles
};

// Standard normal noise of one image, float32 on the CPU, for example shape {c, h, w}.
at::Tensor noiseFor(std::uint64_t seed, std::uint64_t imageIndex, std::uint64_t step, NoisePurpose purpose,
                    at::IntArrayRef shape);

// A stream of numbers at the same kind of address, for whatever is not a tensor of noise.
class NoiseStream {
 public:
  NoiseStream(std::uint64_t seed, std::uint64_t imageIndex, std::uint64_t step, NoisePurpose purpose);

  std::uint32_t bits();
  double uniform();                          // [0, 1)
  double normal();                           // mean 0, variance 1
  std::uint64_t below(std::uint64_t bound);  // 0 .. bound - 1 without bias; bound > 0
  std::vector<std::int64_t> permutation(std::size_t count);

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
  double spare_ = 0;
  bool hasSpare_ = false;
};

}  // namespace plumbline
