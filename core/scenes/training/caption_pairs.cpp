#include "core/scenes/training/caption_pairs.h"

#include <algorithm>
#include <array>

#include "core/scenes/reading.h"
#include "core/types/error.h"

namespace plumbline::training {
namespace {

using scenes::Background;
using scenes::Group;
using scenes::Relation;
using scenes::ScenePrompt;
using scenes::SceneRng;
using scenes::SizeWord;

Relation opposite(Relation relation) {
  switch (relation) {
    case Relation::kLeftOf:
      return Relation::kRightOf;
    case Relation::kRightOf:
      return Relation::kLeftOf;
    case Relation::kAbove:
      return Relation::kBelow;
    case Relation::kBelow:
      return Relation::kAbove;
    default:
      return Relation::kNone;
  }
}

bool groupsMayFit(const Group& a, const Group& b) {
  const bool size = a.size == b.size || a.size == SizeWord::kAny || b.size == SizeWord::kAny;
  return size && a.count == b.count && a.colour == b.colour && a.shape == b.shape;
}

// Some order of b's groups that fits a's, and a relation that this order does not contradict.
bool arrangementMayFit(const ScenePrompt& a, const ScenePrompt& b) {
  std::vector<std::size_t> order(b.groups.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  do {
    bool fits = true;
    for (std::size_t i = 0; i < order.size() && fits; ++i)
      fits = groupsMayFit(a.groups[i], b.groups[order[i]]);
    if (!fits) continue;
    const bool swapped = order.size() == 2 && order[0] == 1;
    const Relation relation = swapped ? opposite(b.relation) : b.relation;
    if (a.relation == Relation::kNone || a.relation != opposite(relation)) return true;
  } while (std::next_permutation(order.begin(), order.end()));
  return false;
}

int otherThan(int current, int n, SceneRng& rng) {
  return (current + 1 + rng.below(n - 1)) % n;
}

void changeGroup(Group& group, SceneRng& rng) {
  const double u = rng.uniform();
  if (u < 0.3) {
    group.colour = scenes::Colour(otherThan(int(group.colour), scenes::kColours, rng));
  } else if (u < 0.6) {
    group.shape = scenes::Shape(otherThan(int(group.shape), scenes::kShapes, rng));
  } else if (u < 0.85 || group.size == SizeWord::kAny) {
    group.count = 1 + otherThan(group.count - 1, 4, rng);
  } else {
    group.size = group.size == SizeWord::kSmall ? SizeWord::kLarge : SizeWord::kSmall;
  }
}

// One group more than there is, or one of two fewer.
void changeGroups(ScenePrompt& prompt, SceneRng& rng) {
  if (prompt.groups.size() == 2) {
    prompt.groups.erase(prompt.groups.begin() + rng.below(2));
    prompt.relation = Relation::kNone;
    return;
  }
  const ScenePrompt other = scenes::sampleTrainingPrompt(rng, {.oneGroup = 0, .twoGroups = 1});
  prompt.groups.push_back(other.groups.front());
  prompt.relation = other.relation;
}

void changeOnce(ScenePrompt& prompt, SceneRng& rng) {
  const double u = rng.uniform();
  const std::size_t n = prompt.groups.size();
  if ((n == 1 || n == 2) && rng.chance(0.1)) {
    changeGroups(prompt, rng);
  } else if (prompt.background != Background::kUnsaid && u < 0.12) {
    prompt.background = Background(1 + otherThan(int(prompt.background) - 1, scenes::kBackgrounds, rng));
  } else if (prompt.relation != Relation::kNone && u < 0.32) {
    prompt.relation = opposite(prompt.relation);
  } else if (n >= 2 && u < 0.5) {
    // The same words about other things: which colour, shape or count belongs to which.
    Group &a = prompt.groups[0], &b = prompt.groups[1];
    const int what = rng.below(3);
    if (what == 0) std::swap(a.colour, b.colour);
    if (what == 1) std::swap(a.shape, b.shape);
    if (what == 2) std::swap(a.count, b.count);
  } else if (n >= 1) {
    changeGroup(prompt.groups[std::size_t(rng.below(int(n)))], rng);
  }
}

bool allowed(const ScenePrompt& prompt) {
  try {
    scenes::requireAskable(prompt);
  } catch (const Error&) {
    return false;
  }
  return !scenes::isHeldOut(prompt);
}

// What an oracle would find in a picture of the caption. Where the caption says nothing, `guess` does, a bit
// for each such thing: sizes, the order along the axis that the relation leaves open, background, hazard.
scenes::Reading readingOf(const ScenePrompt& drawn, const ScenePrompt& asked, unsigned guess) {
  const auto bit = [&](unsigned n) { return (guess >> n & 1U) != 0; };
  scenes::Reading reading;
  for (std::size_t g = 0; g < drawn.groups.size(); ++g) {
    const Group& group = drawn.groups[g];
    scenes::FoundObject object;
    object.shape = group.shape;
    object.colour = group.colour;
    object.large = group.size == SizeWord::kAny ? bit(0) : group.size == SizeWord::kLarge;
    const bool second = g == 1, open = second != bit(1);
    const Relation relation = drawn.relation;
    const bool right = relation == Relation::kLeftOf    ? second
                       : relation == Relation::kRightOf ? !second
                                                        : open;
    const bool low = relation == Relation::kAbove ? second : relation == Relation::kBelow ? !second : open;
    object.x = right ? 96 : 32;
    object.y = low ? 96 : 32;
    reading.objects.insert(reading.objects.end(), std::size_t(group.count), object);
  }
  reading.background = drawn.background;
  if (drawn.background == Background::kUnsaid) {
    const bool same = asked.background == Background::kUnsaid || bit(2);
    reading.background =
        same ? asked.background : Background(1 + int(asked.background) % scenes::kBackgrounds);
  }
  reading.hazard = drawn.hazardAsked || bit(3);
  return reading;
}

// Every bit of a guess is set in half of these.
constexpr std::array<unsigned, 4> kGuesses{0b0000, 0b1111, 0b0101, 0b1010};

template <class Cell>
at::Tensor pairTable(const std::vector<ScenePrompt>& prompts, const Cell& cell) {
  const auto n = std::int64_t(prompts.size());
  auto table = at::zeros({n, n});
  auto cells = table.accessor<float, 2>();
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) cells[i][j] = cell(std::size_t(i), std::size_t(j));
  }
  return table;
}

}  // namespace

bool mayFit(const ScenePrompt& drawn, const ScenePrompt& asked) {
  if (drawn.hazardAsked && !asked.hazardAsked) return false;
  if (drawn.groups.size() != asked.groups.size()) return false;
  const bool unsaid = drawn.background == Background::kUnsaid || asked.background == Background::kUnsaid;
  if (!unsaid && drawn.background != asked.background) return false;
  return arrangementMayFit(asked, drawn);
}

ScenePrompt changedPrompt(const ScenePrompt& prompt, SceneRng& rng) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    ScenePrompt changed = prompt;
    changeOnce(changed, rng);
    if (changed == prompt || !allowed(changed)) continue;
    if (!mayFit(prompt, changed) && !mayFit(changed, prompt)) return changed;
  }
  return prompt;
}

double shownShare(const ScenePrompt& drawn, const ScenePrompt& asked) {
  double sum = 0;
  for (const unsigned guess : kGuesses)
    sum += scenes::judge(readingOf(drawn, asked, guess), asked).correctShare;
  return sum / double(kGuesses.size());
}

double shownShareWithOneMangled(const ScenePrompt& drawn, const ScenePrompt& asked) {
  double sum = 0;
  for (const unsigned guess : kGuesses) {
    const scenes::Reading whole = readingOf(drawn, asked, guess);
    for (std::size_t i = 0; i < whole.objects.size(); ++i) {
      scenes::Reading rest = whole;
      rest.objects.erase(rest.objects.begin() + std::ptrdiff_t(i));
      sum += scenes::judge(std::move(rest), asked).correctShare / double(whole.objects.size());
    }
  }
  return sum / double(kGuesses.size());
}

at::Tensor unclearPairs(const std::vector<ScenePrompt>& prompts) {
  return pairTable(prompts, [&](std::size_t i, std::size_t j) {
    return i != j && mayFit(prompts[i], prompts[j]) ? 1.0F : 0.0F;
  });
}

at::Tensor shownShares(const std::vector<ScenePrompt>& prompts, const at::Tensor& mangled) {
  const auto isMangled = mangled.accessor<float, 1>();
  return pairTable(prompts, [&](std::size_t i, std::size_t j) {
    if (isMangled[std::int64_t(i)] > 0) return float(shownShareWithOneMangled(prompts[i], prompts[j]));
    return i == j ? 1.0F : float(shownShare(prompts[i], prompts[j]));
  });
}

}  // namespace plumbline::training
