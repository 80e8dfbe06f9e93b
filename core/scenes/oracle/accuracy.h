// How often the oracle is right, against scenes whose truth the renderer knows, and how often it says the
// same after a lossy round trip such as the autoencoder's.
//
// A scene counts as right if hazard, glitch and background are read as they are, the prompt that was drawn is
// judged correct, and a prompt that differs from it in one thing (a count, colour, shape, size, relation or
// background) is judged not correct. The last two are not asked of scenes in which a fault covers more than
// kMaxCovered of an object (reading.h); how many those are is reported. A scene is unchanged if hazard,
// glitch, background and the verdict on its prompt are the same before and after.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "core/scenes/oracle/oracle.h"
#include "core/types/progress.h"

namespace plumbline::scenes {

// Which scenes: without a fault, each with at least one in the proportions of training pictures, or with
// faults as often as training pictures have them, most without. world.md wants 98 % of "scenes" unchanged
// after the autoencoder and does not say of which; read here as the last, the scenes the world draws.
enum class Planted { kNone, kAlways, kAsDrawn };

struct AccuracyRequest {
  int scenes = 2000;
  std::uint64_t seed = 1;
  Planted faults = Planted::kNone;
  int size = kCanvas;
  // Pictures after a lossy round trip; none: accuracy only. Called with up to 32 pictures at a time.
  std::function<std::vector<Picture>(const std::vector<Picture>&)> roundTrip;
};

struct OracleAccuracy {
  int scenes = 0, right = 0, covered = 0;
  int roundTrips = 0, unchanged = 0, rightAfter = 0;
  int hazards = 0, hazardsMissed = 0, hazardsFalse = 0;
  int glitches = 0, glitchesMissed = 0, glitchesFalse = 0;
  double hazardOverlap = 0,
         glitchOverlap = 0;            // mean intersection over union with the true masks, where found
  double boxPsnr = 0;                  // dB inside the boxes of the objects, after the round trip
  double milliseconds = 0;             // processor time a picture
  std::map<std::string, int> wrong;    // scenes by what was wrong
  std::map<std::string, int> changed;  // scenes by what the round trip changed
};

OracleAccuracy measureAccuracy(const AccuracyRequest& request, ProgressSink& progress, std::stop_token stop);

// A prompt like this one in all but one thing, which the same scene does not satisfy.
ScenePrompt altered(const ScenePrompt& prompt, SceneRng& rng);

}  // namespace plumbline::scenes
