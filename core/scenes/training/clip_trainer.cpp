#include "core/scenes/training/clip_trainer.h"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>

#include "core/nn/autoencoder_kl.h"
#include "core/nn/clip_grounding.h"
#include "core/nn/clip_model.h"
#include "core/nn/initialise.h"
#include "core/scenes/training/clip_batch.h"
#include "core/scenes/training/training_batch.h"
#include "core/scenes/training/training_state.h"
#include "core/text/clip_tokenizer.h"
#include "core/weights/safetensors.h"

namespace plumbline::training {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr int64_t kLookSide = 4;          // cells a side of the coarse look of a patch
constexpr double kLargestScale = 4.6052;  // ln 100, as CLIP has it

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void writeJson(const std::string& path, const json& value) {
  std::ofstream file(path);
  file << value.dump(2) << "\n";
  if (!file.flush()) throw Error(ErrorKind::kExhausted, "cannot write " + path + "; is the disk full?");
}

// What is trained beside the CLIP and thrown away afterwards.
struct TasksImpl : torch::nn::Module {
  explicit TasksImpl(int64_t d)
      : corrupted(register_module("corrupted", nn::LoraCapableLinear(d, 1))),
        degraded(register_module("degraded", nn::LoraCapableLinear(d, 2))),
        look(register_module("look", nn::LoraCapableLinear(d, 3 * kLookSide * kLookSide))),
        wordScale(register_parameter("word_scale", at::full({}, 2.3))) {}

  nn::LoraCapableLinear corrupted, degraded, look;
  at::Tensor wordScale;
};
TORCH_MODULE(Tasks);

struct Loss {
  at::Tensor total;
  double captionOfFour = 0, pictureOfFour = 0;
};

// Cross-entropy of the diagonal along the last dimension; unclear entries are taken out.
at::Tensor diagonalLoss(const at::Tensor& logits, const at::Tensor& unclear) {
  const auto masked = logits.masked_fill(unclear > 0, -1e4);
  return -masked.log_softmax(-1).diagonal(0, -2, -1).mean();
}

at::Tensor symmetricLoss(const at::Tensor& logits, const at::Tensor& unclear) {
  return 0.5 *
         (diagonalLoss(logits, unclear) + diagonalLoss(logits.transpose(-1, -2), unclear.transpose(-1, -2)));
}

// b b to n k k: what lies within each cluster.
at::Tensor withinClusters(const at::Tensor& square) {
  const auto n = square.size(0) / kClusterSize;
  return square.view({n, kClusterSize, n, kClusterSize}).diagonal(0, 0, 2).permute({2, 0, 1});
}

double shareRight(const at::Tensor& logits, const at::Tensor& unclear) {
  const auto best = logits.masked_fill(unclear > 0, -1e4).argmax(-1);
  return (best == at::arange(kClusterSize)).to(at::kFloat).mean().item<double>();
}

// b 3 H W to b p 48: mean colours of the cells of each patch, row by row.
at::Tensor coarseLook(const at::Tensor& pictures, int64_t patchesPerSide) {
  const auto cell = pictures.size(2) / (patchesPerSide * kLookSide);
  const auto b = pictures.size(0), s = patchesPerSide;
  return at::avg_pool2d(pictures, {cell, cell})
      .view({b, 3, s, kLookSide, s, kLookSide})
      .permute({0, 2, 4, 1, 3, 5})
      .reshape({b, s * s, 3 * kLookSide * kLookSide});
}

class Trainer {
 public:
  Trainer(const json& config, const ClipSettings& settings)
      : settings_(settings),
        tokenizer_(ClipTokenizer::load(settings.tokenizerFolder)),
        clip_(config),
        tasks_(clip_->visionHiddenSize()) {
    nn::initialise(*clip_, settings.seed);
    nn::initialise(*tasks_, settings.seed + 1);
    parameters_ = namedParameters(*clip_, "clip.");
    parameters_.merge(namedParameters(*tasks_, "tasks."));
    if (settings.autoencoderFolder.empty()) return;
    std::ifstream file(settings.autoencoderFolder + "/config.json");
    vae_ = nn::AutoencoderKl(json::parse(file));
    loadParameters(**vae_, readState(settings.autoencoderFolder + "/diffusion_pytorch_model.safetensors"));
  }

  const NamedTensors& parameters() const { return parameters_; }
  ClipBatchShape batchShape() const {
    return {settings_.clusters, int(clip_->imageSize()), int(clip_->patchesPerSide())};
  }

  Loss loss(ClipBatch batch, std::int64_t step) {
    roundTrip(batch.pictures, step);
    const auto ids = tokens(batch.captions);
    const auto vision = clip_->visionFeatures(batch.pictures);
    const auto text = clip_->textFeatures(ids);
    const auto logits =
        clip_->logitsPerImage(clip_->projectImage(vision.pooled), clip_->projectText(text.pooled));
    const auto unclearNear = withinClusters(batch.unclear);
    Loss loss;
    loss.total = symmetricLoss(logits, batch.unclear) +
                 settings_.wordWeight *
                     symmetricLoss(wordLogits(vision.patches, text.lastHiddenState, ids), unclearNear) +
                 settings_.taskWeight * taskLoss(vision, batch);
    const auto near = withinClusters(logits.detach());
    loss.captionOfFour = shareRight(near, unclearNear);
    loss.pictureOfFour = shareRight(near.transpose(1, 2), unclearNear.transpose(1, 2));
    return loss;
  }

  void limitScales() {
    torch::NoGradGuard noGrad;
    parameters_.at("clip.logit_scale").clamp_max_(kLargestScale);
    parameters_.at("tasks.word_scale").clamp_max_(kLargestScale);
  }

 private:
  // Some pictures as the autoencoder shows them, with a little noise on the latent as sampling leaves it.
  void roundTrip(at::Tensor& pictures, std::int64_t step) {
    if (!vae_) return;
    torch::NoGradGuard noGrad;
    const auto b = pictures.size(0);
    const auto n = std::int64_t(std::lround(settings_.roundTripShare * double(b)));
    if (n == 0) return;
    auto generator = at::detail::createCPUGenerator(settings_.seed * 6007 + std::uint64_t(step));
    const auto picks = at::randperm(b, generator, at::kLong).slice(0, 0, n);
    auto latent = (*vae_)->encode(pictures.index_select(0, picks)).mean;
    const auto strength = at::rand({n, 1, 1, 1}, generator, at::kFloat) * 0.25 / (*vae_)->scalingFactor();
    latent = latent + strength * at::randn(latent.sizes(), generator, at::kFloat);
    pictures.index_copy_(0, picks, (*vae_)->decode(latent).clamp(-1, 1));
  }

  at::Tensor tokens(const std::vector<std::string>& captions) const {
    std::vector<at::Tensor> rows;
    std::int64_t longest = 1;
    for (const auto& caption : captions) {
      rows.push_back(torch::tensor(tokenizer_.encode(caption), at::kLong));
      longest = std::max(longest, std::int64_t(tokenizer_.tokens(caption).size()) + 2);
    }
    // Padding past the longest caption teaches nothing: attention is causal.
    const auto ids = at::stack(rows);
    return ids.slice(1, 0, std::min(longest, ids.size(1))).contiguous();
  }

  at::Tensor wordLogits(const at::Tensor& patches, const at::Tensor& hidden, const at::Tensor& ids) {
    const auto n = ids.size(0) / kClusterSize;
    const auto seen = nn::clipPatchEmbeds(clip_, patches), words = nn::clipWordEmbeds(clip_, hidden);
    const auto isWord =
        nn::clipIsWord(ids, tokenizer_.startId(), tokenizer_.endId()).view({n, 1, kClusterSize, -1});
    const auto best = nn::bestPatchOfWords(seen.view({n, kClusterSize, seen.size(1), seen.size(2)}),
                                           words.view({n, kClusterSize, words.size(1), words.size(2)}));
    return tasks_->wordScale.exp() * (best * isWord).sum(-1) / isWord.sum(-1).clamp_min(1);
  }

  at::Tensor taskLoss(const nn::ClipVisionOutput& vision, const ClipBatch& batch) {
    const auto share = batch.corrupted.flatten(1);
    const auto corrupted = at::binary_cross_entropy_with_logits(tasks_->corrupted(vision.patches).squeeze(-1),
                                                                share.clamp_max(0.5) * 2);
    const auto degraded = (tasks_->degraded(vision.pooled) - batch.degraded).square().mean();
    const auto look =
        (tasks_->look(vision.patches) - coarseLook(batch.pictures, clip_->patchesPerSide())).square().mean();
    return 2 * corrupted + degraded + look;
  }

  ClipSettings settings_;
  ClipTokenizer tokenizer_;
  nn::ClipModel clip_;
  Tasks tasks_;
  std::optional<nn::AutoencoderKl> vae_;
  NamedTensors parameters_;
};

void saveClip(const std::string& folder, const json& config, const Optimizer& optimizer) {
  NamedTensors weights;
  for (const auto& [name, tensor] : optimizer.ema()) {
    if (name.starts_with("clip.")) weights[name.substr(5)] = tensor.to(at::kHalf);
  }
  writeSafetensors(folder + "/model.safetensors", weights);
  NamedTensors tasks;
  for (const char* name : {"corrupted.weight", "corrupted.bias", "degraded.weight", "degraded.bias"}) {
    tasks[name] = optimizer.ema().at(std::string("tasks.") + name).to(at::kHalf);
  }
  writeSafetensors(folder + "/patch_tasks.safetensors", tasks);
  writeSafetensors(folder + "/training.safetensors", optimizer.state());
  writeJson(folder + "/config.json", config);
  const auto size = config.at("vision_config").at("image_size");
  writeJson(folder + "/preprocessor_config.json", {{"image_processor_type", "CLIPImageProcessor"},
                                                   {"do_normalize", true},
                                                   {"do_rescale", true},
                                                   {"do_resize", true},
                                                   {"do_center_crop", false},
                                                   {"rescale_factor", 1.0 / 255},
                                                   {"resample", 3},
                                                   {"size", {{"height", size}, {"width", size}}},
                                                   {"image_mean", {0.5, 0.5, 0.5}},
                                                   {"image_std", {0.5, 0.5, 0.5}}});
}

}  // namespace

json defaultClipConfig(int pictureSize, const std::string& tokenizerFolder) {
  const auto tokenizer = ClipTokenizer::load(tokenizerFolder);
  const json shared{{"hidden_size", 128},         {"intermediate_size", 256}, {"num_attention_heads", 4},
                    {"hidden_act", "quick_gelu"}, {"layer_norm_eps", 1e-5},   {"projection_dim", 128}};
  json text = shared, vision = shared;
  text.update({{"model_type", "clip_text_model"},
               {"num_hidden_layers", 2},
               {"vocab_size", tokenizer.vocabularySize()},
               {"max_position_embeddings", tokenizer.maxLength()},
               {"bos_token_id", tokenizer.startId()},
               {"eos_token_id", tokenizer.endId()},
               {"pad_token_id", tokenizer.padId()}});
  vision.update({{"model_type", "clip_vision_model"},
                 {"num_hidden_layers", 4},
                 {"image_size", pictureSize},
                 {"patch_size", pictureSize / 8},
                 {"num_channels", 3}});
  return {{"architectures", {"CLIPModel"}},   {"model_type", "clip"}, {"projection_dim", 128},
          {"logit_scale_init_value", 2.6592}, {"text_config", text},  {"vision_config", vision}};
}

void trainClip(const json& config, const std::string& folder, const ClipSettings& settings, bool resume,
               ProgressSink& progress, std::stop_token stop) {
  std::filesystem::create_directories(folder);
  Trainer trainer(config, settings);
  Optimizer optimizer(trainer.parameters(), {.learningRate = settings.learningRate,
                                             .weightDecay = settings.weightDecay,
                                             .beta2 = 0.98,
                                             .emaDecay = settings.emaDecay});
  const std::string statePath = folder + "/training.safetensors";
  if (resume && std::filesystem::exists(statePath)) optimizer.restore(readState(statePath));
  const auto firstStep = optimizer.steps();
  ClipBatchStream stream(settings.seed, std::uint64_t(firstStep), trainer.batchShape());
  const auto start = Clock::now();
  auto saved = start;
  const auto share = [&] {
    return settings.steps > 0 ? double(optimizer.steps() - firstStep) / double(settings.steps)
                              : secondsSince(start) / settings.seconds;
  };
  double smoothedLoss = 0, captions = 0, pictures = 0, seen = 0;
  while (share() < 1 && !stop.stop_requested()) {
    const Loss loss = trainer.loss(stream.next(), optimizer.steps());
    loss.total.backward();
    const auto before = optimizer.steps();
    optimizer.step(share());
    trainer.limitScales();
    if (optimizer.steps() == before) {
      throw Error(ErrorKind::kInternal, "training the CLIP diverged; start again with a lower learning rate");
    }
    const double mix = std::max(0.01, 1 / ++seen);
    smoothedLoss += mix * (loss.total.item<double>() - smoothedLoss);
    captions += mix * (loss.captionOfFour - captions);
    pictures += mix * (loss.pictureOfFour - pictures);
    if (optimizer.steps() % 20 == 0) {
      progress.metric("clip_loss", optimizer.steps(), smoothedLoss);
      progress.metric("caption_of_four", optimizer.steps(), captions);
      progress.metric("picture_of_four", optimizer.steps(), pictures);
      progress.metric(
          "pictures_per_second", optimizer.steps(),
          double((optimizer.steps() - firstStep) * settings.clusters * kClusterSize) / secondsSince(start));
      progress.progress("CLIP", std::int64_t(1000 * share()), 1000);
    }
    if (secondsSince(saved) > 300) saveClip(folder, config, optimizer), saved = Clock::now();
  }
  saveClip(folder, config, optimizer);
  throwIfStopped(stop);
}

}  // namespace plumbline::training
