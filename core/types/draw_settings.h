// How a picture is drawn, and how where nobody says otherwise: one place, so that a picture that is judged, a
// picture that is trained on and a picture that is shown are drawn alike. Value type.
#pragma once

#include <string>

#include "core/types/parameter_schema.h"

namespace plumbline {

struct DrawSettings {
  int steps = 20;
  // 1 switches guidance off and halves the work. This and the next were chosen for the default model on
  // training prompts; large models are usually drawn with 5 to 8, from the first step on.
  double guidance = 2.5;
  std::string sampler = "ddim";
  double eta = 0;  // of samplers that have it
  // Part of the steps, the noisiest, that are drawn without guidance (guidance in an interval, Kynkaanniemi
  // et al. 2404.07724): guidance there gives up what is rare among pictures, and draws more prompts rightly.
  double guidanceStart = 0.7;
  bool operator==(const DrawSettings&) const = default;
};

// Binds all of them; Config derives from DrawSettings.
template <class Config>
void bindDrawSettings(ConfigSchema<Config>& schema) {
  schema.template integer<int>("steps", &Config::steps, 1, 1000, "steps", "Sampler steps")
      .real("guidance", &Config::guidance, 0, 30, "", "Classifier-free guidance; 1 is none")
      .real("guidance_start", &Config::guidanceStart, 0, 1, "",
            "Part of the steps that are drawn without guidance first", true)
      .text("sampler", &Config::sampler, "Id of the sampler")
      .real("eta", &Config::eta, 0, 1, "", "Fresh noise of DDIM", true);
}

}  // namespace plumbline
