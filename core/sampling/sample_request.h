// One picture to draw. The same request gives the same bytes on one engine fingerprint. A value type.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/types/drawing_defaults.h"
#include "core/types/parameter_schema.h"

namespace plumbline {

struct SampleRequest {
  std::string prompt;
  std::string negativePrompt;
  std::uint64_t seed = 0;
  std::uint64_t imageIndex = 0;
  int steps = kDefaultSteps;
  double guidance = kDefaultGuidance;  // 1 switches guidance off and halves the work
  std::string sampler = kDefaultSampler;
  double eta = 0;                          // of samplers that have it
  Json samplerSettings = Json::object();   // the sampler's other parameters
  std::map<std::string, double> adapters;  // name -> strength; adapters not named are off
};

}  // namespace plumbline
