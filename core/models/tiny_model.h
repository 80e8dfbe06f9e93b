// A small loadable pipeline folder with random weights, for tests: tokenizer, text encoder, U-Net,
// autoencoder, scheduler, clip. Pictures 32x32, latents 4x8x8, 12 tokens a prompt; a second or less to write
// and read.
#pragma once

#include <cstdint>
#include <string>

namespace plumbline {

struct TinyModelOptions {
  int pictureSize = 32;    // 32 or 64
  int latentChannels = 4;  // 4 to 16
  bool clip = true;
  bool linearProjection = false;
};

void writeTinyModel(const std::string& folder, std::uint64_t seed, const TinyModelOptions& options = {});

}  // namespace plumbline
