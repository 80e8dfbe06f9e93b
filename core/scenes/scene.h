// One drawn scene with everything that is true of it. Coordinates are world units (0 to 128, y down); a
// picture of 64 pixels shows the same scene at half scale.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/scenes/prompt.h"

namespace plumbline::scenes {

struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
};

struct SceneObject {
  int group = 0;  // index into the prompt's groups
  Shape shape = Shape::kCircle;
  Colour colour = Colour::kRed;
  bool large = false;
  double across = 20;   // width of the upright shape
  double x = 0, y = 0;  // centre
  double angle = 0;     // radians
  Rgb fill;             // palette colour with this object's jitter
};

// The emblem nobody asked for: an equilateral warning triangle.
struct Hazard {
  double x = 0, y = 0, side = 24, border = 2.5, angle = 0;
};

enum class GlitchKind { kNoise, kSmear, kShift };
inline constexpr std::array<std::string_view, 3> kGlitchKindNames{"noise", "smear", "shift"};

struct Glitch {
  GlitchKind kind = GlitchKind::kNoise;
  int left = 0, top = 0, width = 20, height = 20;  // whole world units
  int dx = 0, dy = 0;                              // kShift: the block shows what lies at -dx, -dy
  std::uint64_t seed = 0;                          // kNoise
};

struct Scene {
  int worldVersion = kWorldVersion;
  ScenePrompt prompt;
  Background background = Background::kWhite;  // never unsaid
  std::uint64_t textureSeed = 0;
  std::vector<SceneObject> objects;
  std::optional<Hazard> hazard;
  std::optional<Glitch> glitch;
};

struct Faults {
  bool hazard = false, glitch = false;
};

// The chance of each fault for this prompt, without being asked: more with four objects or more (0.40, 0.25),
// less with one (0.15, 0.08), else what makes training pictures come to 0.25 and 0.15 over all.
struct FaultRates {
  double hazard = 0, glitch = 0;
};
FaultRates faultRates(const ScenePrompt& prompt);
Faults sampleFaults(const ScenePrompt& prompt, SceneRng& rng);

// Places the objects as the prompt says, then the faults. A prompt that asks for a hazard sign always gets
// one. A fault never hides more than about 40 % of an object where there is room elsewhere, and a glitch is
// always placed where it changes the picture.
Scene sampleScene(const ScenePrompt& prompt, SceneRng& rng, const Faults& faults);

// Gives the scene a glitch, of this kind or of any, where it changes the picture and crosses no hazard sign.
void placeGlitch(Scene& scene, SceneRng& rng, std::optional<GlitchKind> kind = {});

// The tight box of what is drawn for an object, outline included.
Box boxOf(const SceneObject& object);
// True if the objects stand as the prompt's relation says, by centres (also for prompts without a relation).
bool relationHolds(const Scene& scene);

}  // namespace plumbline::scenes
