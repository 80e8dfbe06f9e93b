// How a picture is drawn where nobody says otherwise: one place, so that a picture that is judged, a picture
// that is trained on and a picture that is shown are drawn alike.
#pragma once

namespace plumbline {

inline constexpr int kDefaultSteps = 20;
// Chosen for the default model on training prompts: more makes its shapes bulge and lets details vanish.
// Large models are usually drawn with 5 to 8.
inline constexpr double kDefaultGuidance = 2;
inline constexpr const char* kDefaultSampler = "ddim";

}  // namespace plumbline
