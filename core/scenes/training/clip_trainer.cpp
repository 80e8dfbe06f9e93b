#include "core/scenes/training/clip_trainer.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/nn/clip_grounding.h"
#include "core/nn/clip_model.h"
#include "core/nn/initialise.h"
#include "core/scenes/training/caption_reading.h"
#include "core/scenes/training/prepared_clip_batch.h"
#include "core/scenes/training/shard_gradients.h"
#include "core/scenes/training/sitting.h"
#include "core/scenes/training/training_batch.h"
#include "core/scenes/training/training_state.h"
#include "core/text/clip_tokenizer.h"
#include "core/weights/safetensors.h"

namespace plumbline::training {
namespace {

using nlohmann::json;

constexpr const char* kVision = "clip.vision_model.";
constexpr int64_t kLookSide = 4;          // cells a side of the coarse look of a patch
constexpr double kLargestScale = 4.6052;  // ln 100, as CLIP has it
constexpr int kClusterSize = ClipBatchShape().clusterSize;
constexpr int64_t kFewestClusters = 8;  // that are contrasted with each other, however many threads there are

// What is trained beside the CLIP and written beside it: rewards read some of it, going on the rest.
struct TasksImpl : torch::nn::Module {
  TasksImpl(int64_t d, int64_t textWidth)
      : corrupted(register_module("corrupted", nn::LoraCapableLinear(d, 1))),
        degraded(register_module("degraded", nn::LoraCapableLinear(d, 2))),
        drawn(register_module("drawn", nn::LoraCapableLinear(d, 1))),
        look(register_module("look", nn::LoraCapableLinear(d, 3 * kLookSide * kLookSide))),
        captionReader(register_module("caption_reader", SideReader(textWidth))),
        pictureReader(register_module("picture_reader", SideReader(d))),
        wordScale(register_parameter("word_scale", at::full({}, 2.3))),
        matchScale(register_parameter("match_scale", at::full({}, 2.0))),
        matchBias(register_parameter("match_bias", at::zeros({}))) {}

  nn::LoraCapableLinear corrupted, degraded, drawn, look;
  SideReader captionReader, pictureReader;
  at::Tensor wordScale, matchScale, matchBias;
};
TORCH_MODULE(Tasks);

struct Loss {
  at::Tensor total;
  double value = 0, captionOfFour = 0, pictureOfFour = 0;
};

// The mean over the pictures that weight (b) counts.
at::Tensor weightedMean(const at::Tensor& losses, const at::Tensor& weight) {
  return (losses.flatten(1).mean(1) * weight).sum() / weight.sum().clamp_min(1);
}

// Cross-entropy of the diagonal along the last dimension; unclear entries are taken out.
at::Tensor diagonalLoss(const at::Tensor& logits, const at::Tensor& unclear) {
  const auto masked = logits.masked_fill(unclear > 0, -1e4);
  return -masked.log_softmax(-1).diagonal(0, -2, -1).mean();
}

at::Tensor symmetricLoss(const at::Tensor& logits, const at::Tensor& unclear) {
  return 0.5 *
         (diagonalLoss(logits, unclear) + diagonalLoss(logits.transpose(-1, -2), unclear.transpose(-1, -2)));
}

// b b to n k k: the pictures of each cluster with the captions of the one `apart` clusters on.
at::Tensor clusterBlocks(const at::Tensor& square, std::int64_t apart = 0) {
  const auto n = square.size(0) / kClusterSize;
  return square.roll(-apart * kClusterSize, 1)
      .view({n, kClusterSize, n, kClusterSize})
      .diagonal(0, 0, 2)
      .permute({2, 0, 1});
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
        tokenizer_(ClipTokenizer::load(settings.pictures.tokenizerFolder)),
        clip_(config),
        tasks_(clip_->visionHiddenSize(), clip_->textHiddenSize()) {
    nn::initialise(*clip_, settings.pictures.seed);
    nn::initialise(*tasks_, settings.pictures.seed + 1);
    // Where nothing is drawn, nothing is said about it.
    torch::NoGradGuard noGrad;
    tasks_->drawn->weight.zero_();
    tasks_->drawn->bias.zero_();
    parameters_ = namedParameters(*clip_, "clip.");
    parameters_.merge(namedParameters(*tasks_, "tasks."));
  }

  // Finished weights; tasks that were not written with them stay as they begin.
  void take(const NamedTensors& clip, NamedTensors tasks) {
    loadParameters(*clip_, clip);
    tasks.merge(namedParameters(*tasks_));
    loadParameters(*tasks_, tasks);
  }

  // What an optimizer is to step, from now on; nothing is taken after it.
  const NamedTensors& parametersToStep() {
    working_.split(*clip_->named_children()["vision_model"], kVision, parameters_);
    return parameters_;
  }
  // After the optimizer has stepped or restored them.
  void refresh() {
    torch::NoGradGuard noGrad;
    parameters_.at("clip.logit_scale").clamp_max_(kLargestScale);
    parameters_.at("tasks.word_scale").clamp_max_(kLargestScale);
    working_.refresh(parameters_);
  }
  ClipBatchShape batchShape() const {
    return {.clusters = settings_.clusters,
            .pictureSize = int(clip_->imageSize()),
            .patchesPerSide = int(clip_->patchesPerSide())};
  }

  // Leaves the gradients of a whole batch in the parameters. Each thread contrasts its part of the clusters.
  Loss step(const PreparedClipBatch& prepared) {
    const auto clusters = prepared.batch.pictures.size(0) / kClusterSize;
    const auto shards = std::clamp<std::int64_t>(clusters / kFewestClusters, 1, at::get_num_threads());
    std::vector<Loss> losses(static_cast<std::size_t>(shards));
    Loss mean;
    mean.value = gradientsInShards(
        parameters_, int(shards),
        [&](int shard) {
          auto& one = losses[std::size_t(shard)];
          one = loss(partOf(prepared, shard * clusters / shards * kClusterSize,
                            (shard + 1) * clusters / shards * kClusterSize));
          return one.total;
        },
        working_.tensors());
    for (const Loss& one : losses) {
      mean.captionOfFour += one.captionOfFour / double(shards);
      mean.pictureOfFour += one.pictureOfFour / double(shards);
    }
    return mean;
  }

 private:
  // Of a part of a step's batch; concurrent calls are safe.
  Loss loss(const PreparedClipBatch& prepared) {
    const ClipBatch& batch = prepared.batch;
    const auto ids = withoutPadding(tokensOf(tokenizer_, batch.captions), tokenizer_.endId());
    const auto vision = visionFeatures(batch.pictures);
    const auto text = clip_->textFeatures(ids);
    const auto logits =
        clip_->logitsPerImage(clip_->projectImage(vision.pooled), clip_->projectText(text.pooled));
    const auto unclearNear = clusterBlocks(batch.unclear);
    Loss loss;
    loss.total =
        symmetricLoss(logits, batch.unclear) +
        settings_.wordWeight *
            symmetricLoss(wordLogits(vision.patches, text.lastHiddenState, ids), unclearNear) +
        settings_.matchWeight * matchLoss(logits / parameters_.at("clip.logit_scale").exp(), batch.shown) +
        settings_.taskWeight * taskLoss(vision, prepared) +
        settings_.readingWeight *
            (tasks_->captionReader->loss(text.lastHiddenState, batch.told) +
             tasks_->pictureReader->loss(vision.patches, batch.told, 1 - prepared.drawn));
    const auto near = clusterBlocks(logits.detach());
    loss.captionOfFour = shareRight(near, unclearNear);
    loss.pictureOfFour = shareRight(near.transpose(1, 2), unclearNear.transpose(1, 2));
    return loss;
  }

  nn::ClipVisionOutput visionFeatures(const at::Tensor& pictures) {
    const auto type = working_.tensors().empty() ? at::kFloat : at::kBFloat16;
    const auto vision = clip_->visionFeatures(pictures.to(type));
    return {vision.patches.to(at::kFloat), vision.pooled.to(at::kFloat)};
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

  // The likeness itself says how much of the caption the picture shows, whatever else is in the batch, so
  // that pictures of different prompts can be compared (a sigmoid as in SigLIP, 2303.15343, on graded
  // answers).
  at::Tensor matchLoss(const at::Tensor& likeness, const at::Tensor& shown) {
    at::Tensor sum;
    for (const std::int64_t apart : {0, 1}) {
      const auto logits = tasks_->matchScale.exp() * clusterBlocks(likeness, apart) + tasks_->matchBias;
      const auto mean = at::binary_cross_entropy_with_logits(logits, clusterBlocks(shown, apart));
      sum = sum.defined() ? sum + mean : mean;
    }
    return sum;
  }

  at::Tensor taskLoss(const nn::ClipVisionOutput& vision, const PreparedClipBatch& prepared) {
    const ClipBatch& batch = prepared.batch;
    // Half of a patch is all of it.
    const auto perPatch = [&](nn::LoraCapableLinear& head, const at::Tensor& share) {
      return at::binary_cross_entropy_with_logits(
          head(vision.patches).squeeze(-1), share.flatten(1).clamp_max(0.5) * 2, {}, {}, at::Reduction::None);
    };
    const auto rendered = 1 - prepared.drawn;
    const auto corrupted = weightedMean(perPatch(tasks_->corrupted, batch.corrupted), rendered);
    const auto degraded = weightedMean((tasks_->degraded(vision.pooled) - batch.degraded).square(), rendered);
    const auto look =
        (tasks_->look(vision.patches) - coarseLook(batch.pictures, clip_->patchesPerSide())).square().mean();
    const auto sum = 2 * corrupted + degraded + look;
    if (settings_.pictures.diffusionFolder.empty()) return sum;
    return sum + 3 * weightedMean(perPatch(tasks_->drawn, prepared.off), prepared.judged);
  }

  ClipSettings settings_;
  ClipTokenizer tokenizer_;
  nn::ClipModel clip_;
  Tasks tasks_;
  NamedTensors parameters_;
  WorkingWeights working_;  // the vision tower's
};

struct Files {
  explicit Files(const std::string& folder)
      : weights(folder + "/model.safetensors"),
        tasks(folder + "/patch_tasks.safetensors"),
        state(folder + "/training.safetensors") {}
  std::string weights, tasks, state;
};

void saveClip(const std::string& folder, const json& config, const Optimizer& optimizer) {
  const Files files(folder);
  NamedTensors weights;
  NamedTensors tasks{
      {"questions", torch::tensor(std::vector<std::int64_t>(kAnswerCounts.begin(), kAnswerCounts.end()))}};
  for (const auto& [name, tensor] : optimizer.ema()) {
    NamedTensors& part = name.starts_with("clip.") ? weights : tasks;
    part[name.substr(name.find('.') + 1)] = tensor.to(at::kHalf);
  }
  writeSafetensors(files.weights, weights);
  writeSafetensors(files.tasks, tasks);
  writeSafetensors(files.state, optimizer.state());
  writeConfig(folder + "/config.json", config);
  const auto size = config.at("vision_config").at("image_size");
  writeConfig(folder + "/preprocessor_config.json", {{"image_processor_type", "CLIPImageProcessor"},
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
                 {"patch_size", pictureSize / 16},
                 {"num_channels", 3}});
  return {{"architectures", {"CLIPModel"}},   {"model_type", "clip"}, {"projection_dim", 128},
          {"logit_scale_init_value", 2.6592}, {"text_config", text},  {"vision_config", vision}};
}

void trainClip(const json& config, const std::string& folder, const ClipSettings& settings, bool resume,
               ProgressSink& progress, std::stop_token stop) {
  std::filesystem::create_directories(folder);
  Trainer trainer(config, settings);
  const Files files(folder);
  const Begins begins = beginningOf(resume, files.state, {files.weights});
  const bool fromWeights = begins == Begins::kFromWeights;
  if (fromWeights)
    trainer.take(readState(files.weights),
                 std::filesystem::exists(files.tasks) ? readState(files.tasks) : NamedTensors());
  Optimizer optimizer(trainer.parametersToStep(),
                      {.learningRate = settings.learningRate * (fromWeights ? kGoingOn : 1),
                       .weightDecay = settings.weightDecay,
                       .beta2 = 0.98,
                       .emaDecay = settings.emaDecay});
  if (begins == Begins::kFromState) optimizer.restore(readState(files.state), kReaderName);
  trainer.refresh();
  PreparedClipBatches batches(settings.pictures, trainer.batchShape(), std::uint64_t(optimizer.steps()));
  Sitting sitting(settings.seconds, settings.steps, stop);
  double smoothedLoss = 0, captions = 0, pictures = 0, seen = 0;
  while (!sitting.over()) {
    const Loss loss = trainer.step(batches.next(optimizer.steps()));
    const auto before = optimizer.steps();
    optimizer.step(sitting.share());
    trainer.refresh();
    if (optimizer.steps() == before) {
      throw Error(ErrorKind::kInternal, "training the CLIP diverged; start again with a lower learning rate");
    }
    sitting.stepDone();
    const double mix = std::max(0.01, 1 / ++seen);
    smoothedLoss += mix * (loss.value - smoothedLoss);
    captions += mix * (loss.captionOfFour - captions);
    pictures += mix * (loss.pictureOfFour - pictures);
    if (optimizer.steps() % 20 == 0) {
      progress.metric("clip_loss", optimizer.steps(), smoothedLoss);
      progress.metric("caption_of_four", optimizer.steps(), captions);
      progress.metric("picture_of_four", optimizer.steps(), pictures);
      progress.metric("pictures_per_second", optimizer.steps(),
                      double(settings.clusters * kClusterSize) * sitting.stepsPerSecond());
      sitting.tell(progress, "CLIP");
    }
    sitting.saveIfDue([&] { saveClip(folder, config, optimizer); });
  }
  saveClip(folder, config, optimizer);
  throwIfStopped(stop);
}

}  // namespace plumbline::training
