#include "core/scenes/training_sample.h"

#include "core/scenes/renderer.h"

namespace plumbline::scenes {

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
  constexpr double kOthersOverWhite = 0.2;  // a tenth of the pictures each, and half of them
  SceneRng choice(seed, index, 3);
  for (std::uint64_t attempt = 0;; ++attempt) {
    TrainingSample sample = trainingSample(seed + attempt * 0x9e3779b9, index, size);
    if (sample.scene.background != Background::kWhite || choice.chance(kOthersOverWhite)) return sample;
  }
}

}  // namespace plumbline::scenes
