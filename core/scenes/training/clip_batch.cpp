#include "core/scenes/training/clip_batch.h"

#include "core/scenes/renderer.h"
#include "core/scenes/training/caption_pairs.h"
#include "core/scenes/training/caption_reading.h"
#include "core/scenes/training/picture_damage.h"

namespace plumbline::training {
namespace {

using scenes::ScenePrompt;
using scenes::SceneRng;

constexpr std::size_t kAhead = 3;

std::string captionOf(const ScenePrompt& prompt, SceneRng& rng) {
  if (rng.chance(0.1)) return scenes::paraphrase(prompt, rng);
  std::string text = scenes::captionText(prompt, rng);
  return scenes::isHeldOut(text) ? scenes::canonicalText(prompt) : text;
}

std::vector<ScenePrompt> clusterPrompts(int size, SceneRng& rng) {
  std::vector<ScenePrompt> prompts{
      scenes::sampleTrainingPrompt(rng, {.oneGroup = 0.45, .twoGroups = 0.42, .hazardByName = 0.02})};
  while (int(prompts.size()) < size) {
    // Mostly next to the first one, sometimes next to a neighbour, so that distances vary.
    const auto& from =
        rng.chance(0.7) ? prompts.front() : prompts[std::size_t(rng.below(int(prompts.size())))];
    prompts.push_back(changedPrompt(from, rng));
  }
  return prompts;
}

}  // namespace

ClipBatch clipBatch(std::uint64_t seed, std::uint64_t index, const ClipBatchShape& shape) {
  SceneRng promptRng(seed, index, 10), sceneRng(seed, index, 11), textRng(seed, index, 12),
      lookRng(seed, index, 13);
  ClipBatch batch;
  std::vector<ScenePrompt> prompts;
  for (int c = 0; c < shape.clusters; ++c) {
    for (auto& prompt : clusterPrompts(shape.clusterSize, promptRng)) prompts.push_back(std::move(prompt));
  }
  std::vector<at::Tensor> pictures, corrupted, told;
  std::vector<float> degraded, bent, mangled;
  Picture previous;
  for (const ScenePrompt& prompt : prompts) {
    const bool straight = !lookRng.chance(shape.bendShare);
    const bool toMangle =
        straight && shape.mangleShare > 0 && !prompt.hazardAsked && lookRng.chance(shape.mangleShare);
    auto faults = scenes::sampleFaults(prompt, sceneRng);
    if (toMangle) faults = {};
    const auto scene = scenes::sampleScene(prompt, sceneRng, faults);
    const Picture picture = scenes::render(scene, shape.pictureSize);
    batch.captions.push_back(captionOf(prompt, textRng));
    told.push_back(toldOfSides(prompt));
    Canvas canvas(picture);
    const Canvas other(previous.width ? previous : picture);
    bent.push_back(straight ? 0.0F : 1.0F);
    if (!straight) bend(canvas, shape.bendStrength, lookRng);
    mangled.push_back(toMangle && mangle(canvas, lookRng) ? 1.0F : 0.0F);
    corrupted.push_back(lookRng.chance(shape.corruptShare)
                            ? corrupt(canvas, other, shape.patchesPerSide, lookRng)
                            : at::zeros({shape.patchesPerSide, shape.patchesPerSide}));
    const auto [blur, noise] =
        lookRng.chance(shape.degradeShare) ? degrade(canvas, lookRng) : std::pair{0.0F, 0.0F};
    degraded.insert(degraded.end(), {blur, noise});
    pictures.push_back(canvas.tensor());
    previous = picture;
  }
  batch.pictures = at::stack(pictures);
  batch.corrupted = at::stack(corrupted);
  batch.told = at::stack(told);
  batch.degraded = torch::tensor(degraded).view({-1, 2});
  batch.bent = torch::tensor(bent);
  batch.mangled = torch::tensor(mangled);
  batch.unclear = unclearPairs(prompts);
  batch.shown = shownShares(prompts, batch.mangled);
  return batch;
}

ClipBatchStream::ClipBatchStream(std::uint64_t seed, std::uint64_t first, ClipBatchShape shape)
    : seed_(seed),
      position_(first),
      shape_(shape),
      producer_([this](const std::stop_token& own) { produce(own); }) {}

void ClipBatchStream::produce(const std::stop_token& own) {
  while (!own.stop_requested()) {
    ClipBatch batch = clipBatch(seed_, position_++, shape_);
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, own, [&] { return ready_.size() < kAhead; })) return;
    ready_.push_back(std::move(batch));
    changed_.notify_all();
  }
}

ClipBatch ClipBatchStream::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !ready_.empty(); });
  ClipBatch batch = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
  return batch;
}

}  // namespace plumbline::training
