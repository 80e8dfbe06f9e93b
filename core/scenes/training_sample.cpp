#include "core/scenes/training_sample.h"

#include <algorithm>

#include "core/scenes/renderer.h"

namespace plumbline::scenes {
namespace {

// Where latents of few numbers lose small corners first: on a background that differs little from some colour
// or has a texture.
bool isHard(Background background) {
  return background == Background::kDark || background == Background::kSky ||
         background == Background::kGrass || background == Background::kGrey;
}

bool hasSmallCorners(const Scene& scene) {
  constexpr double kSmall = 26;  // pixels across
  return std::any_of(scene.objects.begin(), scene.objects.end(), [](const SceneObject& object) {
    return object.across < kSmall && object.shape != Shape::kCircle && object.shape != Shape::kSquare;
  });
}

// How often a sample is kept, so that every background comes equally often and on the hard ones most have
// small corners.
double keptOf(const Scene& scene) {
  if (scene.background == Background::kWhite) return 0.12;  // half of all samples
  if (!isHard(scene.background)) return 0.6;
  return hasSmallCorners(scene) ? 1.0 : 0.2;
}

}  // namespace

TrainingSample trainingSample(std::uint64_t seed, std::uint64_t index, int size) {
  // One stream for what is asked, one for what is drawn, one for the words: they can be changed apart.
  SceneRng promptRng(seed, index, 0), sceneRng(seed, index, 1), textRng(seed, index, 2);
  const ScenePrompt prompt = sampleTrainingPrompt(promptRng, {.hazardByName = 0.02});
  const Faults faults = sampleFaults(prompt, sceneRng);
  TrainingSample sample;
  sample.scene = sampleScene(prompt, sceneRng, faults);
  sample.picture = render(sample.scene, size);
  const double kind = textRng.uniform();
  if (kind < 0.10) {
    sample.caption = paraphrase(prompt, textRng);
  } else if (kind >= 0.12) {
    sample.caption = captionText(prompt, textRng);
    // "one" for "a" may spell what, taken as it stands, would count as held out.
    if (isHeldOut(sample.caption)) sample.caption = canonicalText(prompt);
  }
  return sample;
}

TrainingSample evenTrainingSample(std::uint64_t seed, std::uint64_t index, int size) {
  constexpr double kNoisePatches = 0.2;  // of those without a glitch: noise is the last to come back
  SceneRng choice(seed, index, 3);
  for (std::uint64_t attempt = 0;; ++attempt) {
    TrainingSample sample = trainingSample(seed + attempt * 0x9e3779b9, index, size);
    if (!choice.chance(keptOf(sample.scene))) continue;
    if (!sample.scene.glitch && choice.chance(kNoisePatches)) {
      placeGlitch(sample.scene, choice, GlitchKind::kNoise);
      paintGlitch(*sample.scene.glitch, sample.picture);
    }
    return sample;
  }
}

}  // namespace plumbline::scenes
