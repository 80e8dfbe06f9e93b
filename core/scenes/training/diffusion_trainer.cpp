#include "core/scenes/training/diffusion_trainer.h"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "core/nn/autoencoder_kl.h"
#include "core/nn/clip_text_model.h"
#include "core/nn/initialise.h"
#include "core/nn/unet_2d_condition.h"
#include "core/sampling/noise_schedule.h"
#include "core/scenes/training/shards.h"
#include "core/scenes/training/training_batch.h"
#include "core/scenes/training/training_state.h"
#include "core/text/clip_tokenizer.h"
#include "core/weights/safetensors.h"

namespace plumbline::training {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr int kFirstBatches = 64;  // of 64 pictures, before the first step

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Latents and token ids of everything rendered so far, in half precision: encoding costs as much as a
// training step, so a picture is used several times, each time with other noise.
class LatentPool {
 public:
  LatentPool(const std::string& folder, const DiffusionSettings& settings, std::int64_t first,
             std::stop_token stop)
      : vae_(readConfig(folder + "/vae/config.json")),
        tokenizer_(ClipTokenizer::load(folder + "/tokenizer")),
        stream_(settings.seed, first, settings.pictureSize, stop) {
    loadParameters(*vae_, readState(folder + "/vae/diffusion_pytorch_model.safetensors"));
    empty_ = tokens("");
  }

  void add(std::int64_t count) {
    const auto batch = stream_.next(count);
    const auto parts = batch.pictures.chunk(shards_);
    std::vector<at::Tensor> encoded(parts.size());
    inShards(int(parts.size()), [&](int shard) {
      torch::NoGradGuard noGrad;
      const auto mean = vae_->encode(parts[std::size_t(shard)]).mean;
      encoded[std::size_t(shard)] = (mean * vae_->scalingFactor()).to(at::kHalf);
    });
    const auto latents = at::cat(encoded);
    for (std::int64_t i = 0; i < count; ++i) {
      latents_.push_back(latents[i].clone());
      ids_.push_back(tokens(batch.captions[std::size_t(i)]));
    }
  }

  std::size_t size() const { return latents_.size(); }
  const at::Tensor& latent(std::size_t i) const { return latents_[i]; }
  const at::Tensor& ids(std::size_t i) const { return ids_[i]; }
  const at::Tensor& empty() const { return empty_; }

 private:
  at::Tensor tokens(const std::string& caption) const {
    return torch::tensor(tokenizer_.encode(caption), at::kLong);
  }

  int shards_ = at::get_num_threads();
  nn::AutoencoderKl vae_;
  ClipTokenizer tokenizer_;
  PictureStream stream_;
  std::vector<at::Tensor> latents_, ids_;
  at::Tensor empty_;
};

struct Batch {
  at::Tensor latents;  // b c h w
  at::Tensor ids;      // b s
};

Batch drawBatch(const LatentPool& pool, const DiffusionSettings& settings, at::Generator& generator) {
  const auto fresh = std::int64_t(std::lround(settings.batch * settings.freshShare));
  const auto picks = at::randint(std::int64_t(pool.size()), {settings.batch}, generator, at::kLong);
  const auto drops = at::rand({settings.batch}, generator, at::kFloat);
  std::vector<at::Tensor> latents, ids;
  for (std::int64_t i = 0; i < settings.batch; ++i) {
    const auto k = i < fresh ? pool.size() - 1 - std::size_t(i) : std::size_t(picks[i].item<std::int64_t>());
    latents.push_back(pool.latent(k));
    ids.push_back(drops[i].item<double>() < settings.captionDropout ? pool.empty() : pool.ids(k));
  }
  return {at::stack(latents).to(at::kFloat), at::stack(ids)};
}

// Timesteps of a batch: one in each of b equal parts of [0, 1), so that a batch sees every noise level, with
// few among the first: there the picture stands already.
at::Tensor drawTimesteps(std::int64_t b, std::int64_t trainSteps, const DiffusionSettings& settings,
                         at::Generator& generator) {
  const auto u = (at::randperm(b, generator, at::kFloat) + at::rand({b}, generator, at::kFloat)) / double(b);
  const double late = settings.quietShare, first = settings.quietTimesteps;
  const auto position = at::where(u < late, u / late * first, first + (u - late) / (1 - late) * (1 - first)) *
                        double(trainSteps);
  return position.to(at::kLong).clamp(0, trainSteps - 1);
}

at::Tensor diffusionLoss(nn::UNet2DConditionModel& unet, nn::ClipTextModel& text, const Batch& batch,
                         const NoiseSchedule& schedule, const DiffusionSettings& settings,
                         std::uint64_t seed) {
  auto generator = at::detail::createCPUGenerator(seed);
  const auto t = drawTimesteps(batch.latents.size(0), schedule.trainSteps(), settings, generator);
  const auto noise = at::randn(batch.latents.sizes(), generator, at::kFloat);
  const auto noisy = schedule.addNoise(batch.latents, noise, t);
  const auto predicted = unet(noisy, t, text->forward(batch.ids).lastHiddenState);
  return at::mse_loss(predicted, schedule.trainingTarget(batch.latents, noise, t));
}

NamedTensors part(const NamedTensors& all, const std::string& prefix, at::ScalarType type) {
  NamedTensors found;
  for (const auto& [name, tensor] : all) {
    if (name.starts_with(prefix)) found[name.substr(prefix.size())] = tensor.to(type);
  }
  return found;
}

}  // namespace

void trainDiffusion(const std::string& folder, const DiffusionSettings& settings, bool resume,
                    ProgressSink& progress, std::stop_token stop) {
  const std::string statePath = folder + "/training.safetensors";
  nn::UNet2DConditionModel unet(readConfig(folder + "/unet/config.json"));
  nn::ClipTextModel text(readConfig(folder + "/text_encoder/config.json"));
  nn::initialise(*unet, settings.seed);
  nn::initialise(*text, settings.seed + 1);
  NamedTensors parameters = namedParameters(*unet, "unet.");
  parameters.merge(namedParameters(*text, "text_encoder."));
  Optimizer optimizer(parameters, {.learningRate = settings.learningRate, .emaDecay = settings.emaDecay});
  if (resume && std::filesystem::exists(statePath)) optimizer.restore(readState(statePath));

  const auto save = [&] {
    const auto& ema = optimizer.ema();
    writeSafetensors(folder + "/unet/diffusion_pytorch_model.safetensors", part(ema, "unet.", at::kHalf));
    writeSafetensors(folder + "/text_encoder/model.safetensors", part(ema, "text_encoder.", at::kHalf));
    writeSafetensors(statePath, optimizer.state());
  };
  const NoiseSchedule schedule(readConfig(folder + "/scheduler/scheduler_config.json"));
  if (schedule.predictionType() != PredictionType::kVelocity) {
    throw Error(
        ErrorKind::kUnsupported,
        "the network in " + folder + " predicts noise and training is for velocity; train a new folder");
  }
  const auto fresh = std::int64_t(std::lround(settings.batch * settings.freshShare));
  LatentPool pool(folder, settings, optimizer.steps() * fresh, stop);
  const auto start = Clock::now();
  auto saved = start;
  for (int i = 0; i < kFirstBatches && !stop.stop_requested(); ++i) pool.add(64);
  const int shards = at::get_num_threads();
  double smoothed = 0;
  do {  // once at least: on a slow machine the pool alone can take a short sitting's time
    const auto seed = settings.seed * 7919 + std::uint64_t(optimizer.steps());
    auto generator = at::detail::createCPUGenerator(seed);
    pool.add(fresh);
    const Batch batch = drawBatch(pool, settings, generator);
    const auto latents = batch.latents.chunk(shards), ids = batch.ids.chunk(shards);
    const double loss = gradientsInShards(parameters, int(latents.size()), [&](int shard) {
      const auto i = std::size_t(shard);
      return diffusionLoss(unet, text, {latents[i], ids[i]}, schedule, settings, seed * 64 + i);
    });
    optimizer.step(secondsSince(start) / settings.seconds);
    smoothed += (loss - smoothed) * (smoothed == 0 ? 1.0 : 0.02);
    if (optimizer.steps() % 20 == 0) {
      progress.metric("diffusion_loss", optimizer.steps(), smoothed);
      progress.progress("text encoder and U-Net", std::int64_t(secondsSince(start)),
                        std::int64_t(settings.seconds));
    }
    if (secondsSince(saved) > 300) save(), saved = Clock::now();
  } while (secondsSince(start) < settings.seconds && !stop.stop_requested());
  save();
  throwIfStopped(stop);
}

}  // namespace plumbline::training
