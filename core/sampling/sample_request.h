// One picture to draw. The same request gives the same bytes on one engine fingerprint. A value type.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/types/draw_settings.h"

namespace plumbline {

struct SampleRequest : DrawSettings {
  std::string prompt;
  std::string negativePrompt;
  std::uint64_t seed = 0;
  std::uint64_t imageIndex = 0;
  Json samplerSettings = Json::object();   // the sampler's other parameters
  std::map<std::string, double> adapters;  // name -> strength; adapters not named are off
};

}  // namespace plumbline
