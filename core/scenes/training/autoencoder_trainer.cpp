#include "core/scenes/training/autoencoder_trainer.h"

#include <cmath>
#include <filesystem>

#include "core/nn/autoencoder_kl.h"
#include "core/nn/initialise.h"
#include "core/scenes/training/reconstruction_loss.h"
#include "core/scenes/training/shard_gradients.h"
#include "core/scenes/training/sitting.h"
#include "core/scenes/training/training_batch.h"
#include "core/scenes/training/training_state.h"
#include "core/scenes/training/widening.h"
#include "core/types/error.h"
#include "core/weights/safetensors.h"

namespace plumbline::training {
namespace {

using nlohmann::json;

constexpr std::uint64_t kHeldBackSeed = 0x5eed;  // another stream than training's: pictures never trained on

// Of two random half-size windows the busier one: plain background teaches nothing. b 3 H W -> b 3 H/2 W/2.
at::Tensor busyCrops(const at::Tensor& pictures, std::uint64_t seed) {
  auto generator = at::detail::createCPUGenerator(seed);
  const auto half = pictures.size(2) / 2;
  std::vector<at::Tensor> crops;
  for (int64_t i = 0; i < pictures.size(0); ++i) {
    at::Tensor best;
    double busiest = -1;
    for (int k = 0; k < 2; ++k) {
      const auto at = at::randint(half + 1, {2}, generator, at::kLong);
      const auto crop = pictures[i]
                            .slice(1, at[0].item<int64_t>(), at[0].item<int64_t>() + half)
                            .slice(2, at[1].item<int64_t>(), at[1].item<int64_t>() + half);
      const double spread = crop.std().item<double>();
      if (spread > busiest) busiest = spread, best = crop;
    }
    crops.push_back(best);
  }
  return at::stack(crops);
}

at::Tensor latentChange(const at::Tensor& mean, nn::AutoencoderKl& former, const at::Tensor& x) {
  const auto before = [&] {
    torch::NoGradGuard noGrad;
    return former->encode(x).mean;
  }();
  return ((mean - before) * former->scalingFactor()).square().mean();
}

// former: whose latents are to stay; may be null.
at::Tensor autoencoderLoss(nn::AutoencoderKl& vae, nn::AutoencoderKl& former, const at::Tensor& x,
                           const AutoencoderSettings& settings, std::uint64_t seed) {
  const auto q = [&] {
    at::AutoGradMode encoderLearns(!settings.decoderOnly);
    return vae->encode(x);
  }();
  auto generator = at::detail::createCPUGenerator(seed);
  const auto noise = at::randn(q.mean.sizes(), generator, q.mean.options());
  auto latents = q.mean + (0.5 * q.logvar).exp() * noise;
  if (settings.decoderOnly) {
    const auto level = at::randn({x.size(0), 1, 1, 1}, generator, x.options()).abs() * settings.latentNoise;
    latents = latents + level * q.mean.std() * at::randn(q.mean.sizes(), generator, q.mean.options());
  }
  const auto made = vae->decode(latents);
  const auto loss = reconstructionLoss(made, x);
  if (settings.decoderOnly) return loss;
  // Held near what they were instead of near a normal distribution: that would shrink them further.
  if (former) return loss + settings.latentWeight * latentChange(q.mean, former, x);
  const auto kl = 0.5 * (q.mean.square() + q.logvar.exp() - 1 - q.logvar).sum() / double(x.numel());
  return loss + settings.klWeight * kl;
}

// Decoder weights only, with everything at its average: the written encoder, which latents were made with,
// stays as it is to the bit.
NamedTensors decoderAlone(const NamedTensors& parameters, const NamedTensors& ema) {
  torch::NoGradGuard noGrad;
  NamedTensors decoder;
  for (const auto& [name, p] : parameters) {
    at::Tensor(p).copy_(ema.at(name));
    if (name.starts_with("decoder.") || name.starts_with("post_quant_conv.")) decoder[name] = p;
  }
  return decoder;
}

struct Measured {
  double psnr = 0;
  double scale = 1;  // 1 / standard deviation of the latents
};

Measured measure(nn::AutoencoderKl& vae, int pictureSize) {
  torch::NoGradGuard noGrad;
  const auto x = pictureBatch(kHeldBackSeed, 0, 32, pictureSize).pictures;
  const auto q = vae->encode(x);
  const double mse = (vae->decode(q.mean).clamp(-1, 1) - x).square().mean().item<double>() / 4;
  return {-10 * std::log10(mse), 1.0 / q.mean.std().item<double>()};
}

struct Files {
  explicit Files(const std::string& folder)
      : state(folder + "/training.safetensors"),
        weights(folder + "/diffusion_pytorch_model.safetensors"),
        config(folder + "/config.json") {}
  std::string state, weights, config;
};

void writeModel(const json& config, const Files& files, const NamedTensors& ema, double scale) {
  NamedTensors half;
  for (const auto& [name, tensor] : ema) half[name] = tensor.to(at::kHalf);
  json written = config;
  written["scaling_factor"] = std::round(scale * 1e5) / 1e5;
  writeSafetensors(files.weights, half, {{"format", "pt"}});
  writeConfig(files.config, written);
}

nn::AutoencoderKl written(const Files& files) {
  nn::AutoencoderKl vae(readConfig(files.config));
  loadParameters(*vae, readState(files.weights));
  return vae;
}

}  // namespace

void trainAutoencoder(const json& config, const std::string& folder, const AutoencoderSettings& settings,
                      bool resume, ProgressSink& progress, std::stop_token stop) {
  std::filesystem::create_directories(folder);
  const Files files(folder);
  nn::AutoencoderKl vae(config), average(config);
  nn::initialise(*vae, settings.seed);
  const NamedTensors parameters = namedParameters(*vae);
  const int shards = std::min(at::get_num_threads(), settings.batch / 4);
  const Begins begins = beginningOf(resume || settings.decoderOnly, files.state, {files.weights});
  if (settings.decoderOnly && begins == Begins::kAnew)
    throw Error(ErrorKind::kNotFound,
                files.weights + " is missing; the decoder alone is trained after the autoencoder");
  if (begins == Begins::kFromWeights)
    loadParameters(*vae, widened(readState(files.weights), parameters, settings.seed));
  nn::AutoencoderKl former =
      settings.keepLatents && begins != Begins::kAnew ? written(files) : nn::AutoencoderKl(nullptr);
  const bool gentle = former || begins == Begins::kFromWeights;
  Optimizer optimizer(parameters,
                      {.learningRate = settings.learningRate * (gentle ? kGoingOn : 1), .weightDecay = 1e-4});
  if (begins == Begins::kFromState) optimizer.restore(readState(files.state));
  const NamedTensors trained = settings.decoderOnly ? decoderAlone(parameters, optimizer.ema()) : parameters;

  const auto save = [&] {
    loadParameters(*average, optimizer.ema());
    const Measured m = measure(average, settings.pictureSize);
    progress.metric("psnr", optimizer.steps(), m.psnr);
    writeModel(config, files, optimizer.ema(), former ? former->scalingFactor() : m.scale);
    writeSafetensors(files.state, optimizer.state(), {});
  };
  Sitting sitting(settings.seconds, 0, stop);
  PictureStream stream(settings.seed, optimizer.steps() * settings.batch, settings.pictureSize, stop,
                       scenes::evenTrainingSample);
  while (!sitting.over()) {
    const double share = sitting.share();
    const bool crops = share < settings.cropShare;
    const auto seed = settings.seed * 1000003 + std::uint64_t(optimizer.steps());
    const auto batch = stream.next(crops ? settings.batch : settings.batch / 4).pictures;
    const auto x = (crops ? busyCrops(batch, seed) : batch).contiguous(at::MemoryFormat::ChannelsLast);
    const auto parts = x.chunk(shards);
    const double loss = gradientsInShards(trained, int(parts.size()), [&](int shard) {
      return autoencoderLoss(vae, former, parts[std::size_t(shard)], settings,
                             seed * 64 + std::uint64_t(shard));
    });
    optimizer.step(share);
    if (optimizer.steps() % 20 == 0) {
      progress.metric("autoencoder_loss", optimizer.steps(), loss);
      sitting.tell(progress, "autoencoder");
    }
    sitting.saveIfDue(save, 120);
  }
  save();
  throwIfStopped(stop);
}

}  // namespace plumbline::training
