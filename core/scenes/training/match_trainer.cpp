#include "core/scenes/training/match_trainer.h"

#include <algorithm>

#include "core/nn/clip_grounding.h"
#include "core/nn/clip_model.h"
#include "core/nn/match_reader.h"
#include "core/scenes/training/shard_gradients.h"
#include "core/scenes/training/sitting.h"
#include "core/scenes/training/training_batch.h"
#include "core/scenes/training/training_state.h"
#include "core/tensor/precision.h"
#include "core/types/error.h"
#include "core/weights/safetensors.h"

namespace plumbline::training {
namespace {

constexpr double kPatchesHit = 1;

nn::ClipModel frozenClip(const std::string& folder) {
  nn::ClipModel clip(readConfig(folder + "/config.json"));
  loadParameters(*clip, readState(folder + "/model.safetensors"));
  for (auto& p : clip->parameters()) p.set_requires_grad(false);
  if (cpuHasBFloat16()) clip->named_children()["vision_model"]->to(at::kBFloat16);
  return clip;
}

// Which captions each of b pictures is asked about, b c, of their rows: those of its cluster, its own first,
// and one of the next.
at::Tensor askedCaptions(std::int64_t b, std::int64_t clusterSize) {
  const auto row = at::arange(b, at::kLong).unsqueeze(1), place = at::arange(clusterSize, at::kLong);
  const auto cluster = row.div(clusterSize, "floor") * clusterSize;
  return at::cat({cluster + (row - cluster + place).remainder(clusterSize), (row + clusterSize).remainder(b)},
                 1);
}

class Trainer {
 public:
  Trainer(const std::string& clipFolder, const MatchSettings& settings)
      : settings_(settings),
        tokenizer_(ClipTokenizer::load(settings.pictures.tokenizerFolder)),
        clip_(frozenClip(clipFolder)),
        reader_(clip_->visionHiddenSize(), clip_->textHiddenSize(),
                clip_->imageSize() / clip_->patchesPerSide()) {
    nn::initialise(*reader_, settings.pictures.seed);
    parameters_ = namedParameters(*reader_);
  }

  const NamedTensors& parameters() const { return parameters_; }
  void take(const NamedTensors& weights) { loadParameters(*reader_, weights); }

  ClipBatchShape batchShape() const {
    ClipBatchShape shape = settings_.shape;
    shape.pictureSize = int(clip_->imageSize());
    shape.patchesPerSide = int(clip_->patchesPerSide());
    return shape;
  }

  struct Loss {
    double value = 0, captionOfCluster = 0;
  };

  // Leaves the gradients of a whole batch in the parameters.
  Loss step(const PreparedClipBatch& prepared) {
    const int size = settings_.shape.clusterSize, clusters = settings_.shape.clusters;
    const int shards = std::clamp(clusters / 2, 1, at::get_num_threads());
    std::vector<double> told(static_cast<std::size_t>(shards));
    Loss mean;
    mean.value = gradientsInShards(parameters_, shards, [&](int shard) {
      const auto part = partOf(prepared, std::int64_t(shard) * clusters / shards * size,
                               (std::int64_t(shard) + 1) * clusters / shards * size);
      return loss(part.batch, told[std::size_t(shard)]);
    });
    for (const double one : told) mean.captionOfCluster += one / double(shards);
    return mean;
  }

 private:
  // Of a part of a step's batch; concurrent calls are safe.
  at::Tensor loss(const ClipBatch& batch, double& captionOfCluster) {
    const auto ids = withoutPadding(tokensOf(tokenizer_, batch.captions), tokenizer_.endId());
    const auto [patches, words] = seenAndRead(batch.pictures, ids);
    const auto asked = askedCaptions(ids.size(0), settings_.shape.clusterSize);
    const auto isWord = nn::clipIsWord(ids, tokenizer_.startId(), tokenizer_.endId());
    const auto logits =
        reader_->forward(batch.pictures, patches, words.index({asked}), isWord.index({asked}));
    const auto share = logits.select(2, 0), all = logits.select(2, 1);
    const auto unclear = batch.unclear.gather(1, asked);
    auto clear = 1 - unclear;
    // Who can say what is left of an object that something was pasted over?
    const auto hit = (batch.corrupted.sum({1, 2}) > kPatchesHit).to(at::kFloat);
    auto fits = at::zeros_like(all);
    fits.select(1, 0).copy_(1 - batch.mangled);
    clear.select(1, 0).mul_(1 - hit);
    const auto best = all.detach().slice(1, 0, -1).masked_fill(unclear.slice(1, 0, -1) > 0, -1e4).argmax(1);
    captionOfCluster = (best == 0).to(at::kFloat).mean().item<double>();
    return at::binary_cross_entropy_with_logits(share, batch.shown.gather(1, asked), (1 - hit).unsqueeze(1)) +
           at::binary_cross_entropy_with_logits(all, fits, clear);
  }

  // Patches b s d, words b t e.
  std::pair<at::Tensor, at::Tensor> seenAndRead(const at::Tensor& pictures, const at::Tensor& ids) {
    torch::NoGradGuard noGrad;
    const auto type = cpuHasBFloat16() ? at::kBFloat16 : at::kFloat;
    return {clip_->visionFeatures(pictures.to(type)).patches.to(at::kFloat),
            clip_->textFeatures(ids).lastHiddenState};
  }

  MatchSettings settings_;
  ClipTokenizer tokenizer_;
  nn::ClipModel clip_;
  nn::MatchReader reader_;
  NamedTensors parameters_;
};

struct Files {
  explicit Files(const std::string& folder)
      : weights(folder + "/match_reader.safetensors"), state(folder + "/match_training.safetensors") {}
  std::string weights, state;
};

void saveReader(const Files& files, const Optimizer& optimizer) {
  NamedTensors weights;
  for (const auto& [name, tensor] : optimizer.ema()) weights[name] = tensor.to(at::kHalf);
  writeSafetensors(files.weights, weights);
  writeSafetensors(files.state, optimizer.state());
}

// Means over the last hundred steps or so.
class Report {
 public:
  explicit Report(ProgressSink& progress) : progress_(progress) {}

  void add(const Trainer::Loss& loss) {
    const double mix = std::max(0.01, 1 / ++seen_);
    mean_.value += mix * (loss.value - mean_.value);
    mean_.captionOfCluster += mix * (loss.captionOfCluster - mean_.captionOfCluster);
  }

  void tell(std::int64_t step, double picturesPerSecond) {
    progress_.metric("match_loss", step, mean_.value);
    progress_.metric("caption_of_cluster", step, mean_.captionOfCluster);
    progress_.metric("pictures_per_second", step, picturesPerSecond);
  }

 private:
  ProgressSink& progress_;
  Trainer::Loss mean_;
  double seen_ = 0;
};

}  // namespace

void trainMatchReader(const std::string& clipFolder, const MatchSettings& settings, bool resume,
                      ProgressSink& progress, std::stop_token stop) {
  Trainer trainer(clipFolder, settings);
  const Files files(clipFolder);
  const Begins begins = beginningOf(resume, files.state, {files.weights});
  const bool fromWeights = begins == Begins::kFromWeights;
  if (fromWeights) trainer.take(readState(files.weights));
  Optimizer optimizer(trainer.parameters(),
                      {.learningRate = settings.learningRate * (fromWeights ? kGoingOn : 1),
                       .weightDecay = settings.weightDecay,
                       .beta2 = 0.98,
                       .emaDecay = settings.emaDecay});
  if (begins == Begins::kFromState) optimizer.restore(readState(files.state));
  PreparedClipBatches batches(settings.pictures, trainer.batchShape(), std::uint64_t(optimizer.steps()));
  const auto pictures = double(settings.shape.clusters * settings.shape.clusterSize);
  Sitting sitting(settings.seconds, settings.steps, stop);
  Report report(progress);
  while (!sitting.over()) {
    report.add(trainer.step(batches.next(optimizer.steps())));
    const auto before = optimizer.steps();
    optimizer.step(sitting.share());
    if (optimizer.steps() == before) {
      throw Error(ErrorKind::kInternal,
                  "training the match reader diverged; start again with a lower learning rate");
    }
    sitting.stepDone();
    if (optimizer.steps() % 20 == 0) {
      report.tell(optimizer.steps(), pictures * sitting.stepsPerSecond());
      sitting.tell(progress, "match reader");
    }
    sitting.saveIfDue([&] { saveReader(files, optimizer); });
  }
  saveReader(files, optimizer);
  throwIfStopped(stop);
}

}  // namespace plumbline::training
