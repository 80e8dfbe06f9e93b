// What a prompt of the scenes world means, and its texts. Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/scenes/scene_rng.h"
#include "core/scenes/vocabulary.h"

namespace plumbline::scenes {

struct Group {
  int count = 1;  // 1 to 4
  SizeWord size = SizeWord::kAny;
  Colour colour = Colour::kRed;
  Shape shape = Shape::kCircle;
  bool operator==(const Group&) const = default;
};

// One to three groups that differ in colour or shape, or none where only a hazard sign is asked for. Two
// groups have a relation (first against second); one or three have none.
struct ScenePrompt {
  std::vector<Group> groups;
  Relation relation = Relation::kNone;
  Background background = Background::kUnsaid;
  bool hazardAsked = false;

  int objects() const;
  bool operator==(const ScenePrompt&) const = default;
};

struct PromptMix {
  double oneGroup = 0.55, twoGroups = 0.35;  // the rest has three
  double hazardByName = 0.0;                 // share that asks for a hazard sign
};

// Draws from the grammar, from both splits. At most six objects, at most four of them asked to be large.
ScenePrompt samplePrompt(SceneRng& rng, const PromptMix& mix = {});
// The same, redrawn until it lies in the wanted split.
ScenePrompt sampleTrainingPrompt(SceneRng& rng, const PromptMix& mix = {});
ScenePrompt sampleHeldOutPrompt(SceneRng& rng, const PromptMix& mix = {});
// So many of one split, no two of the same text.
std::vector<ScenePrompt> distinctPrompts(SceneRng& rng, int count, bool heldOut);

// "two small red stars left of a blue circle on grey". A single object is written with "a": "one" means the
// same and must not lie in another split.
std::string canonicalText(const ScenePrompt& prompt);
// The canonical text with "one" for "a" here and there.
std::string captionText(const ScenePrompt& prompt, SceneRng& rng);
// Other words of the same meaning; parsePrompt gives the same prompt back.
std::string paraphrase(const ScenePrompt& prompt, SceneRng& rng);

// Reads canonical texts and paraphrases, in any case. Throws Error(kInvalidInput) that names what was not
// understood.
ScenePrompt parsePrompt(std::string_view text);
// Throws Error(kInvalidInput) if the prompt is one the grammar would not ask for.
void requireAskable(const ScenePrompt& prompt);

// Held out for evaluation: the first byte of the SHA-256 of the canonical text is 0 to 25.
bool isHeldOut(const std::string& canonicalText);
bool isHeldOut(const ScenePrompt& prompt);

}  // namespace plumbline::scenes
