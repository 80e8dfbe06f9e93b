#include "core/scenes/prompt.h"

#include <set>

#include "core/types/error.h"
#include "core/types/sha256.h"

namespace plumbline::scenes {
namespace {

int pickCount(SceneRng& rng, std::size_t groups) {
  constexpr double kShares[3][3] = {{0.50, 0.20, 0.15}, {0.65, 0.22, 0.09}, {0.80, 0.20, 0.0}};
  const double* shares = kShares[groups - 1];
  double u = rng.uniform();
  for (int count = 1; count <= 3; ++count) {
    if ((u -= shares[count - 1]) < 0) return count;
  }
  return groups == 3 ? 2 : 4;
}

bool askable(const ScenePrompt& prompt) {
  int large = 0;
  for (std::size_t i = 0; i < prompt.groups.size(); ++i) {
    const Group& group = prompt.groups[i];
    if (vanishes(group.colour, prompt.background)) return false;
    if (group.size == SizeWord::kLarge) large += group.count;
    for (std::size_t j = 0; j < i; ++j) {
      if (group.colour == prompt.groups[j].colour && group.shape == prompt.groups[j].shape) return false;
    }
  }
  return prompt.objects() <= 6 && large <= 4;
}

ScenePrompt drawPrompt(SceneRng& rng, std::size_t groups, bool hazardAsked) {
  ScenePrompt prompt;
  prompt.hazardAsked = hazardAsked;
  for (std::size_t i = 0; i < groups; ++i) {
    Group group;
    group.count = pickCount(rng, groups);
    group.size = rng.chance(0.4) ? SizeWord::kAny : (rng.chance(0.5) ? SizeWord::kSmall : SizeWord::kLarge);
    group.colour = Colour(rng.below(kColours));
    group.shape = Shape(rng.below(kShapes));
    prompt.groups.push_back(group);
  }
  if (groups == 2) prompt.relation = Relation(1 + rng.below(4));
  if (rng.chance(0.6)) prompt.background = Background(1 + rng.below(kBackgrounds));
  return prompt;
}

std::string groupText(const Group& group, bool one) {
  constexpr const char* kCounts[] = {"a", "two", "three", "four"};
  std::string text = group.count == 1 && one ? "one" : kCounts[group.count - 1];
  if (group.size != SizeWord::kAny) text.append(" ").append(name(group.size));
  text.append(" ").append(name(group.colour)).append(" ");
  return text.append(group.count == 1 ? name(group.shape) : pluralName(group.shape));
}

// ones: bit i writes group i's single object with "one".
std::string textOf(const ScenePrompt& prompt, unsigned ones) {
  std::string text;
  for (std::size_t i = 0; i < prompt.groups.size(); ++i) {
    if (i == 1 && prompt.relation != Relation::kNone) {
      text.append(" ").append(name(prompt.relation)).append(" ");
    } else if (i > 0) {
      text += i + 1 == prompt.groups.size() ? " and " : ", ";
    }
    text += groupText(prompt.groups[i], (ones >> i & 1U) != 0);
  }
  if (prompt.hazardAsked) text += text.empty() ? "a hazard sign" : " with a hazard sign";
  if (prompt.background != Background::kUnsaid) text.append(" on ").append(name(prompt.background));
  return text;
}

ScenePrompt sampleSplit(SceneRng& rng, const PromptMix& mix, bool heldOut) {
  for (;;) {
    ScenePrompt prompt = samplePrompt(rng, mix);
    if (isHeldOut(prompt) == heldOut) return prompt;
  }
}

}  // namespace

int ScenePrompt::objects() const {
  int n = 0;
  for (const Group& group : groups) n += group.count;
  return n;
}

ScenePrompt samplePrompt(SceneRng& rng, const PromptMix& mix) {
  const double u = rng.uniform();
  std::size_t groups = u < mix.oneGroup ? 1 : (u < mix.oneGroup + mix.twoGroups ? 2 : 3);
  const bool hazardAsked = rng.chance(mix.hazardByName);
  if (hazardAsked) groups = rng.chance(0.5) ? 0 : 1;
  for (;;) {
    ScenePrompt prompt = drawPrompt(rng, groups, hazardAsked);
    if (askable(prompt)) return prompt;
  }
}

ScenePrompt sampleTrainingPrompt(SceneRng& rng, const PromptMix& mix) {
  return sampleSplit(rng, mix, false);
}

ScenePrompt sampleHeldOutPrompt(SceneRng& rng, const PromptMix& mix) {
  return sampleSplit(rng, mix, true);
}

std::vector<ScenePrompt> distinctPrompts(SceneRng& rng, int count, bool heldOut) {
  std::vector<ScenePrompt> prompts;
  std::set<std::string> seen;
  while (int(prompts.size()) < count) {
    const ScenePrompt prompt = sampleSplit(rng, {}, heldOut);
    if (seen.insert(canonicalText(prompt)).second) prompts.push_back(prompt);
  }
  return prompts;
}

std::string canonicalText(const ScenePrompt& prompt) {
  return textOf(prompt, 0);
}

std::string captionText(const ScenePrompt& prompt, SceneRng& rng) {
  unsigned ones = 0;
  for (unsigned i = 0; i < 3; ++i) ones |= unsigned(rng.chance(0.2)) << i;
  return textOf(prompt, ones);
}

void requireAskable(const ScenePrompt& prompt) {
  if (!askable(prompt)) {
    throw Error(
        ErrorKind::kInvalidInput,
        "'" + canonicalText(prompt) +
            "' cannot be drawn: ask for at most six objects, four of them large, groups that differ, and "
            "colours that show on their background");
  }
}

bool isHeldOut(const std::string& text) {
  return sha256(text)[0] <= 25;
}

bool isHeldOut(const ScenePrompt& prompt) {
  return isHeldOut(canonicalText(prompt));
}

}  // namespace plumbline::scenes
