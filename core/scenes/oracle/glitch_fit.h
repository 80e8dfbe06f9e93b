// Where the glitch detector's weights come from: renders with a glitch (as they are, softened, after a
// model's round trip) and glitches planted into pictures that a model drew, against renders without one and
// against what the model draws of them: objects as malformed as a generator's are, and nothing planted.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "core/scenes/oracle/glitch_detector.h"
#include "core/types/progress.h"

namespace plumbline::scenes {

struct GlitchFitRequest {
  int scenes = 1000;  // half of them are fitted to, the other half is counted below
  std::uint64_t seed = 501;
  // As in AccuracyRequest.
  std::function<std::vector<Picture>(const std::vector<Picture>&)> roundTrip;
  // The same scenes as a generator draws them, in the same order, with their captions. Pictures of kCanvas.
  std::function<std::vector<Picture>(const std::vector<Picture>&, const std::vector<std::string>&)> redraw;
};

struct GlitchFit {
  struct Count {
    int called = 0, all = 0;  // pictures
  };
  GlitchDetector detector;
  std::map<std::string, Count> counts;  // rendered, decoded, redrawn; with a glitch
                                        // {rendered,soft,decoded,redrawn}_{noise,smear,shift}
};

// Throws Error(kInternal) where a function changes sizes or there is no best fit.
GlitchFit fitGlitchDetector(const GlitchFitRequest& request, ProgressSink& progress, std::stop_token stop);

// The table of glitchDetector().
std::string asSource(const GlitchDetector& detector);

}  // namespace plumbline::scenes
