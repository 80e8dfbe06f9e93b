// Where the glitch detector's weights come from: renders with a glitch, also in bent pictures, against
// renders whose objects were bent and melted into each other as a generator's are; each as it is, softened,
// and after a model's round trip.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>

#include "core/scenes/oracle/glitch_detector.h"
#include "core/types/progress.h"

namespace plumbline::scenes {

struct GlitchFitRequest {
  int scenes = 600;  // half of them are fitted to, the other half is counted below
  std::uint64_t seed = 501;
  // As in AccuracyRequest; none: pictures as they are only.
  std::function<std::vector<Picture>(const std::vector<Picture>&)> roundTrip;
};

struct GlitchFit {
  struct Count {
    int called = 0, all = 0;  // pictures
  };
  GlitchDetector detector;
  std::map<std::string, Count>
      counts;  // rendered_noise, _smear, _shift, bent, melted; soft_ or decoded_ before it
};

// Throws Error(kInternal) where the round trip changes sizes or there is no best fit.
GlitchFit fitGlitchDetector(const GlitchFitRequest& request, ProgressSink& progress, std::stop_token stop);

// The table of glitchDetector().
std::string asSource(const GlitchDetector& detector);

}  // namespace plumbline::scenes
