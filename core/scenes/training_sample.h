// What the default model is trained on: picture and caption, as world.md mixes them. Pure in (seed, index,
// size), thread-safe; the scene is there for tests and must not be read by training.
#pragma once

#include <cstdint>
#include <string>

#include "core/scenes/scene.h"
#include "core/types/picture.h"

namespace plumbline::scenes {

struct TrainingSample {
  Picture picture;
  std::string caption;
  Scene scene;
};

// Never of a held-out prompt. A tenth of the captions are paraphrases, a fiftieth are empty, a fiftieth ask
// for a hazard sign by name.
TrainingSample trainingSample(std::uint64_t seed, std::uint64_t index, int size);

// With every background equally often, for what learns pictures without captions: half of the captions say
// none, which is drawn white, and what stands on grass or in the dark is the hardest to compress. On grass,
// sky and in the dark most have small objects with corners, which are lost first, and a fifth of those
// without a glitch get a patch of noise, which comes back last.
TrainingSample evenTrainingSample(std::uint64_t seed, std::uint64_t index, int size);

}  // namespace plumbline::scenes
