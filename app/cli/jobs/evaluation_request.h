// What an evaluation is asked for, by the command line and in the job's row alike. Value type.
#pragma once

#include <cstdint>

#include "core/types/draw_settings.h"

namespace plumbline {

struct EvaluationRequest : DrawSettings {
  int prompts = 256;
  std::int64_t seed = 0;
};

// Binds all of them; Config derives from EvaluationRequest.
template <class Config>
void bindEvaluationRequest(ConfigSchema<Config>& schema) {
  schema
      .template integer<int>("prompts", &Config::prompts, 1, 100000, "prompts",
                             "Held-out prompts, fewer if there are fewer")
      .template integer<std::int64_t>("seed", &Config::seed, 0, 9007199254740991.0, "",
                                      "Seed of the pictures and of the bootstrap");
  bindDrawSettings(schema);
}

}  // namespace plumbline
