// First stage of train-base: the KL autoencoder on rendered scenes. Reads pictures only.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>

#include "core/types/progress.h"

namespace plumbline::training {

struct AutoencoderSettings {
  int pictureSize = 128;
  int batch = 16;          // crops, or a quarter as many whole pictures
  double seconds = 1800;   // wall clock for the whole stage
  double cropShare = 0.6;  // part of the time on half-size crops, which hold more variety per second
  double learningRate = 2e-3;
  double klWeight =
      3e-3;  // of the divergence per pixel: keeps the latents smooth enough to be drawn by a small U-Net
  // A U-Net was trained on the latents: their scaling factor stays, and their mean squared change (their
  // variance is one) costs latentWeight in place of the divergence, so that it has little to learn anew.
  bool keepLatents = false;
  double latentWeight = 0.005;
  bool decoderOnly = false;  // goes on with the decoder alone: a U-Net trained on the latents stays valid
  // Decoder alone: noise on the latents, one level |N(0, this)| a picture in standard deviations of the
  // latents, so that what a U-Net got slightly wrong still decodes to whole objects (noise-augmented
  // decoding, Zheng et al. 2025, "Diffusion Transformers with Representation Autoencoders").
  double latentNoise = 0.15;
  std::uint64_t seed = 1;
};

// Trains and writes folder/config.json and folder/diffusion_pytorch_model.safetensors (EMA weights, half
// precision, with the scaling factor measured on held-back pictures) and folder/training.safetensors (the
// state to go on from) every few minutes. resume: go on from that state where there is one, else from
// finished weights, also those of a narrower config (widening.h). Backgrounds come equally often. Progress:
// metrics "autoencoder_loss", "psnr". Throws Error(kCancelled) after writing the state, Error(kNotFound)
// where the decoder alone is to be trained and there is nothing to go on from.
void trainAutoencoder(const nlohmann::json& config, const std::string& folder,
                      const AutoencoderSettings& settings, bool resume, ProgressSink& progress,
                      std::stop_token stop);

}  // namespace plumbline::training
