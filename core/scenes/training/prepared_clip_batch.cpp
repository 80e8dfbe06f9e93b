#include "core/scenes/training/prepared_clip_batch.h"

#include <algorithm>
#include <cmath>

#include "core/scenes/scene_rng.h"
#include "core/scenes/training/training_batch.h"
#include "core/scenes/training/training_state.h"
#include "core/tensor/shards.h"

namespace plumbline::training {
namespace {

constexpr double kClearlyOff = 0.25;   // of a channel from -1 to 1
constexpr double kLatentNoise = 0.25;  // at most, as sampling leaves it on a latent of deviation 1
constexpr std::size_t kKept = 128;     // batches

// b 3 H W twice to b p p: the share of each patch's pixels that clearly differ.
at::Tensor shareOff(const at::Tensor& a, const at::Tensor& b, int patchesPerSide) {
  const auto side = a.size(2) / patchesPerSide;
  const auto differs = ((a - b).abs().amax(1, /*keepdim=*/true) > kClearlyOff).to(at::kFloat);
  return at::avg_pool2d(differs, {side, side}).squeeze(1);
}

}  // namespace

struct PreparedClipBatches::Origins {
  at::Tensor drawn, judged, off;
};

PreparedClipBatch partOf(const PreparedClipBatch& whole, std::int64_t first, std::int64_t end) {
  const auto rows = [&](const at::Tensor& t) { return t.slice(0, first, end); };
  const auto square = [&](const at::Tensor& t) { return rows(t).slice(1, first, end); };
  const ClipBatch& batch = whole.batch;
  return {{rows(batch.pictures),
           {batch.captions.begin() + first, batch.captions.begin() + end},
           square(batch.unclear),
           square(batch.shown),
           rows(batch.corrupted),
           rows(batch.told),
           rows(batch.degraded),
           rows(batch.bent),
           rows(batch.mangled)},
          rows(whole.drawn),
          rows(whole.judged),
          rows(whole.off)};
}

at::Tensor tokensOf(const ClipTokenizer& tokenizer, const std::vector<std::string>& captions) {
  std::vector<at::Tensor> rows;
  for (const auto& caption : captions) rows.push_back(torch::tensor(tokenizer.encode(caption), at::kLong));
  return at::stack(rows);
}

at::Tensor withoutPadding(const at::Tensor& ids, std::int64_t endId) {
  const auto used = at::logical_not(at::cumsum(ids == endId, 1) > 1).sum(1);
  return ids.slice(1, 0, used.max().item<std::int64_t>()).contiguous();
}

PreparedClipBatches::PreparedClipBatches(const ClipPictures& settings, const ClipBatchShape& shape,
                                         std::uint64_t first)
    : settings_(settings),
      shape_(shape),
      tokenizer_(ClipTokenizer::load(settings.tokenizerFolder)),
      stream_(settings.seed, first, shape) {
  if (settings.autoencoderFolder.empty()) return;
  vae_ = nn::AutoencoderKl(readConfig(settings.autoencoderFolder + "/config.json"));
  loadParameters(**vae_, readState(settings.autoencoderFolder + "/diffusion_pytorch_model.safetensors"));
  if (!settings.diffusionFolder.empty()) redrawing_.emplace(settings.diffusionFolder, settings.layoutKept);
}

PreparedClipBatch PreparedClipBatches::next(std::int64_t number) {
  const auto inFloat = [](PreparedClipBatch prepared) {
    prepared.batch.pictures = prepared.batch.pictures.to(at::kFloat);
    return prepared;
  };
  if (!made_.empty() && number % settings_.uses != 0) {
    scenes::SceneRng rng(settings_.seed, std::uint64_t(number), 14);
    return inFloat(made_[std::size_t(rng.below(int(made_.size())))]);
  }
  PreparedClipBatch prepared = prepare(stream_.next(), number);
  prepared.batch.pictures = prepared.batch.pictures.to(at::kHalf);
  if (made_.size() < kKept) {
    made_.push_back(prepared);
  } else {
    made_[oldest_] = prepared;
    oldest_ = (oldest_ + 1) % kKept;
  }
  return inFloat(std::move(prepared));
}

PreparedClipBatch PreparedClipBatches::prepare(ClipBatch batch, std::int64_t number) {
  const auto whole = (batch.corrupted.sum({1, 2}) + batch.degraded.sum(1) + batch.bent + batch.mangled == 0);
  const auto shards = shardsOf(batch.pictures);
  const auto pictures = batch.pictures.chunk(shards), wholes = whole.chunk(shards);
  std::vector<at::Tensor> seenPictures(pictures.size()), drawn(pictures.size()), judged(pictures.size()),
      off(pictures.size());
  inShards(int(pictures.size()), [&](int shard) {
    torch::NoGradGuard noGrad;
    const auto i = std::size_t(shard);
    auto generator = at::detail::createCPUGenerator((settings_.seed * 6007 + std::uint64_t(number)) * 64 + i);
    const auto first = std::ptrdiff_t(shard * pictures[0].size(0)),
               count = std::ptrdiff_t(pictures[i].size(0));
    seenPictures[i] = pictures[i].clone();
    const Origins origins =
        seen(seenPictures[i], {batch.captions.begin() + first, batch.captions.begin() + first + count},
             wholes[i], generator);
    drawn[i] = origins.drawn, judged[i] = origins.judged, off[i] = origins.off;
  });
  batch.pictures = at::cat(seenPictures);
  return {std::move(batch), at::cat(drawn), at::cat(judged), at::cat(off)};
}

// A little noise on the latents that are decoded, as sampling leaves it. Only what is whole is drawn anew:
// the model mends what was corrupted or bent here, and then the mended would count as off. (Faults that the
// world planted it may mend too, but nobody says here where they are.) As many of the whole others go through
// the autoencoder as of those that are not, or what looks corrupted would be known not to be drawn.
PreparedClipBatches::Origins PreparedClipBatches::seen(at::Tensor& pictures,
                                                       const std::vector<std::string>& captions,
                                                       const at::Tensor& whole, at::Generator& generator) {
  const auto b = pictures.size(0), p = std::int64_t(shape_.patchesPerSide);
  Origins origins{at::zeros({b}), at::zeros({b}), at::zeros({b, p, p})};
  if (!vae_) return origins;
  const auto order = at::randperm(b, generator, at::kLong);
  const auto some = [&](const at::Tensor& mask, double share) {
    const auto rows = order.masked_select(mask.index_select(0, order));
    return rows.slice(0, 0, std::lround(share * double(rows.numel())));
  };
  const auto rows = some(whole, redrawing_ ? settings_.redrawShare : 0);
  origins.drawn.index_fill_(0, rows, 1);
  const auto wholeOnes = some(whole.logical_and(origins.drawn == 0), settings_.roundTripShare);
  const auto others = at::cat({wholeOnes, some(whole.logical_not(), settings_.roundTripShare)});
  if (others.numel() > 0) {
    auto noisy = latents(pictures.index_select(0, others));
    noisy.add_(at::rand({noisy.size(0), 1, 1, 1}, generator, at::kFloat) * kLatentNoise *
               at::randn(noisy.sizes(), generator, at::kFloat));
    pictures.index_copy_(0, others, decoded(noisy));
  }
  if (rows.numel() > 0) {
    const auto rendered = latents(pictures.index_select(0, rows));
    const auto ids = tokensOf(tokenizer_, captions).index_select(0, rows);
    const auto redrawn = decoded(redrawing_->redraw(rendered, ids, generator));
    origins.off.index_copy_(0, rows, shareOff(redrawn, decoded(rendered), shape_.patchesPerSide));
    pictures.index_copy_(0, rows, redrawn);
  }
  origins.judged = origins.drawn.index_fill(0, wholeOnes, 1);
  return origins;
}

at::Tensor PreparedClipBatches::latents(const at::Tensor& pictures) {
  return (*vae_)->encode(pictures).mean * (*vae_)->scalingFactor();
}

at::Tensor PreparedClipBatches::decoded(const at::Tensor& latents) {
  return (*vae_)->decode(latents / (*vae_)->scalingFactor()).clamp(-1, 1);
}

}  // namespace plumbline::training
