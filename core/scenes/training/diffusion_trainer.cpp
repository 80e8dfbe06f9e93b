#include "core/scenes/training/diffusion_trainer.h"

#include <cmath>
#include <filesystem>
#include <optional>

#include "core/nn/autoencoder_kl.h"
#include "core/nn/clip_text_model.h"
#include "core/nn/initialise.h"
#include "core/nn/unet_2d_condition.h"
#include "core/sampling/noise_schedule.h"
#include "core/scenes/training/caption_reading.h"
#include "core/scenes/training/deepening.h"
#include "core/scenes/training/shard_gradients.h"
#include "core/scenes/training/sitting.h"
#include "core/scenes/training/training_batch.h"
#include "core/scenes/training/training_state.h"
#include "core/tensor/shards.h"
#include "core/text/clip_tokenizer.h"
#include "core/weights/safetensors.h"

namespace plumbline::training {
namespace {

using nlohmann::json;

// Steps in which a new reader is not to disturb a finished text encoder.
constexpr std::int64_t kReaderAlone = 300;
constexpr int kFirstBatches = 64;  // of 64 pictures, before the first step

struct Caption {
  at::Tensor ids;   // s
  at::Tensor told;  // see toldOfSides
};

// Latents, token ids and what the captions say of everything rendered so far, in half precision: encoding
// costs as much as a training step, so a picture is used several times, each time with other noise.
class LatentPool {
 public:
  LatentPool(const std::string& folder, const DiffusionSettings& settings, std::int64_t first,
             std::stop_token stop)
      : vae_(readConfig(folder + "/vae/config.json")),
        tokenizer_(ClipTokenizer::load(folder + "/tokenizer")),
        stream_(settings.seed, first, settings.pictureSize, stop) {
    loadParameters(*vae_, readState(folder + "/vae/diffusion_pytorch_model.safetensors"));
    empty_ = read("");
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
      captions_.push_back(read(batch.captions[std::size_t(i)]));
    }
  }

  std::size_t size() const { return latents_.size(); }
  const at::Tensor& latent(std::size_t i) const { return latents_[i]; }
  const Caption& caption(std::size_t i) const { return captions_[i]; }
  const Caption& empty() const { return empty_; }

 private:
  Caption read(const std::string& caption) const {
    return {torch::tensor(tokenizer_.encode(caption), at::kLong), toldOfSides(caption).to(at::kHalf)};
  }

  int shards_ = at::get_num_threads();
  nn::AutoencoderKl vae_;
  ClipTokenizer tokenizer_;
  PictureStream stream_;
  std::vector<at::Tensor> latents_;
  std::vector<Caption> captions_;
  Caption empty_;
};

struct Batch {
  at::Tensor latents;  // b c h w
  at::Tensor ids;      // b s
  at::Tensor told;     // b kSides k
};

Batch drawBatch(const LatentPool& pool, const DiffusionSettings& settings, at::Generator& generator) {
  const auto fresh = std::int64_t(std::lround(settings.batch * settings.freshShare));
  const auto picks = at::randint(std::int64_t(pool.size()), {settings.batch}, generator, at::kLong);
  const auto drops = at::rand({settings.batch}, generator, at::kFloat);
  std::vector<at::Tensor> latents, ids, told;
  for (std::int64_t i = 0; i < settings.batch; ++i) {
    const auto k = i < fresh ? pool.size() - 1 - std::size_t(i) : std::size_t(picks[i].item<std::int64_t>());
    latents.push_back(pool.latent(k));
    const bool dropped = drops[i].item<double>() < settings.captionDropout;
    const Caption& caption = dropped ? pool.empty() : pool.caption(k);
    ids.push_back(caption.ids);
    told.push_back(caption.told);
  }
  return {at::stack(latents).to(at::kFloat), at::stack(ids), at::stack(told).to(at::kFloat)};
}

// Timesteps of a batch: one in each of b equal parts of [0, 1), so that a batch sees every noise level, most
// of them among the first. Clean scenes noised so far and drawn again by a model that had seen these least
// came out right in 76 % from alphaBar 0.7 on, 56 from 0.3, 39 from 0.1, and no fewer from noise alone.
at::Tensor drawTimesteps(std::int64_t b, std::int64_t trainSteps, const DiffusionSettings& settings,
                         at::Generator& generator) {
  const auto u = (at::randperm(b, generator, at::kFloat) + at::rand({b}, generator, at::kFloat)) / double(b);
  const double details = settings.detailShare, first = settings.detailTimesteps;
  const auto position =
      at::where(u < details, u / details * first, first + (u - details) / (1 - details) * (1 - first)) *
      double(trainSteps);
  return position.to(at::kLong).clamp(0, trainSteps - 1);
}

struct Networks {
  nn::UNet2DConditionModel unet;  // works in bfloat16 where the processor multiplies that faster
  nn::ClipTextModel text;
  SideReader reader;
};

struct Losses {
  at::Tensor diffusion, reading;
};

Losses lossesOf(Networks& networks, const Batch& batch, const NoiseSchedule& schedule,
                const DiffusionSettings& settings, bool readerAlone, std::uint64_t seed) {
  auto generator = at::detail::createCPUGenerator(seed);
  const auto t = drawTimesteps(batch.latents.size(0), schedule.trainSteps(), settings, generator);
  const auto noise = at::randn(batch.latents.sizes(), generator, at::kFloat);
  const auto noisy = schedule.addNoise(batch.latents, noise, t);
  const auto features = networks.text->forward(batch.ids).lastHiddenState;
  const auto predicted = networks.unet(noisy, t, features);
  return {at::mse_loss(predicted, schedule.trainingTarget(batch.latents, noise, t)),
          networks.reader->loss(readerAlone ? features.detach() : features, batch.told)};
}

struct MeanLosses {
  double diffusion, reading;
};

NamedTensors part(const NamedTensors& all, const std::string& prefix, at::ScalarType type) {
  NamedTensors found;
  for (const auto& [name, tensor] : all) {
    if (name.starts_with(prefix)) found[name.substr(prefix.size())] = tensor.to(type);
  }
  return found;
}

// The networks in training, and where their weights come from and go to.
class Learner {
 public:
  Learner(const std::string& folder, const DiffusionSettings& settings, bool resume)
      : settings_(settings),
        statePath_(folder + "/training.safetensors"),
        unetPath_(folder + "/unet/diffusion_pytorch_model.safetensors"),
        textPath_(folder + "/text_encoder/model.safetensors"),
        schedule_(readConfig(folder + "/scheduler/scheduler_config.json")),
        configPath_(folder + "/unet/config.json"),
        config_(settings.unet.is_null() ? readConfig(configPath_) : settings.unet),
        networks_(networksOf(folder, config_, settings)) {
    if (schedule_.predictionType() != PredictionType::kVelocity) {
      throw Error(
          ErrorKind::kUnsupported,
          "the network in " + folder + " predicts noise and training is for velocity; train a new folder");
    }
    Begins begins = beginningOf(resume, statePath_, {unetPath_, textPath_});
    if (begins != Begins::kAnew && changes()) begins = Begins::kFromWeights;
    fromWeights_ = begins == Begins::kFromWeights;
    if (fromWeights_) {
      loadParameters(*networks_.unet, deepened(readState(unetPath_), namedParameters(*networks_.unet)));
      loadParameters(*networks_.text, readState(textPath_));
    }
    parameters_ = namedParameters(*networks_.unet, "unet.");
    working_.split(*networks_.unet, "unet.", parameters_);
    parameters_.merge(namedParameters(*networks_.text, "text_encoder."));
    parameters_.merge(namedParameters(*networks_.reader, "reader."));
    const double rate = settings.learningRate * (fromWeights_ ? kGoingOn : 1);
    optimizer_.emplace(parameters_, OptimizerSettings{.learningRate = rate, .emaDecay = settings.emaDecay});
    if (begins == Begins::kFromState) optimizer_->restore(readState(statePath_), kReaderName);
    working_.refresh(parameters_);
  }

  std::int64_t steps() const { return optimizer_->steps(); }

  // share: how much of the run is done.
  MeanLosses step(const Batch& batch, std::uint64_t seed, double share) {
    const MeanLosses losses = gradientsOf(batch, seed);
    optimizer_->step(share);
    working_.refresh(parameters_);
    return losses;
  }

  void save() const {
    const auto& ema = optimizer_->ema();
    if (readConfig(configPath_) != config_) writeConfig(configPath_, config_);
    writeSafetensors(unetPath_, part(ema, "unet.", at::kHalf));
    writeSafetensors(textPath_, part(ema, "text_encoder.", at::kHalf));
    writeSafetensors(statePath_, optimizer_->state());
  }

 private:
  // Has the U-Net other layers than the finished one?
  bool changes() const {
    return std::filesystem::exists(unetPath_) &&
           readState(unetPath_).size() != namedParameters(*networks_.unet).size();
  }

  static Networks networksOf(const std::string& folder, const json& unet, const DiffusionSettings& settings) {
    const auto text = readConfig(folder + "/text_encoder/config.json");
    Networks networks{nn::UNet2DConditionModel(unet), nn::ClipTextModel(text),
                      SideReader(text.at("hidden_size").get<int64_t>())};
    nn::initialise(*networks.unet, settings.seed);
    nn::initialise(*networks.text, settings.seed + 1);
    nn::initialise(*networks.reader, settings.seed + 2);
    return networks;
  }

  // Leaves the gradients of a whole batch in the parameters.
  MeanLosses gradientsOf(const Batch& batch, std::uint64_t seed) {
    const int shards = at::get_num_threads();
    const auto latents = batch.latents.chunk(shards), ids = batch.ids.chunk(shards),
               told = batch.told.chunk(shards);
    std::vector<MeanLosses> parts(latents.size());
    const bool readerAlone = fromWeights_ && steps() < kReaderAlone;
    const auto loss = [&](int shard) {
      const auto i = std::size_t(shard);
      const Losses losses = lossesOf(networks_, {latents[i], ids[i], told[i]}, schedule_, settings_,
                                     readerAlone, seed * 64 + i);
      parts[i] = {losses.diffusion.item<double>(), losses.reading.item<double>()};
      return losses.diffusion + settings_.readingWeight * losses.reading;
    };
    gradientsInShards(parameters_, int(parts.size()), loss, working_.tensors());
    MeanLosses mean{};
    for (const MeanLosses& part : parts) {
      mean.diffusion += part.diffusion / double(parts.size());
      mean.reading += part.reading / double(parts.size());
    }
    return mean;
  }

  DiffusionSettings settings_;
  std::string statePath_, unetPath_, textPath_;
  NoiseSchedule schedule_;
  std::string configPath_;
  json config_;  // the U-Net's
  Networks networks_;
  NamedTensors parameters_;
  WorkingWeights working_;  // the U-Net's
  std::optional<Optimizer> optimizer_;
  bool fromWeights_ = false;
};

}  // namespace

void trainDiffusion(const std::string& folder, const DiffusionSettings& settings, bool resume,
                    ProgressSink& progress, std::stop_token stop) {
  Learner learner(folder, settings, resume);
  const auto fresh = std::int64_t(std::lround(settings.batch * settings.freshShare));
  LatentPool pool(folder, settings, learner.steps() * fresh, stop);
  Sitting sitting(settings.seconds, 0, stop);
  for (int i = 0; i < kFirstBatches && !stop.stop_requested(); ++i) pool.add(64);
  double smoothed = 0, reading = 0;
  do {  // once at least: on a slow machine the pool alone can take a short sitting's time
    const auto seed = settings.seed * 7919 + std::uint64_t(learner.steps());
    auto generator = at::detail::createCPUGenerator(seed);
    pool.add(fresh);
    const auto [drawn, read] = learner.step(drawBatch(pool, settings, generator), seed, sitting.share());
    const double share = smoothed == 0 ? 1.0 : 0.02;
    smoothed += (drawn - smoothed) * share;
    reading += (read - reading) * share;
    if (learner.steps() % 20 == 0) {
      progress.metric("diffusion_loss", learner.steps(), smoothed);
      progress.metric("reading_loss", learner.steps(), reading);
      sitting.tell(progress, "text encoder and U-Net");
    }
    sitting.saveIfDue([&] { learner.save(); });
  } while (!sitting.over());
  learner.save();
  throwIfStopped(stop);
}

}  // namespace plumbline::training
