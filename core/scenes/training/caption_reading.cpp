#include "core/scenes/training/caption_reading.h"

#include <algorithm>
#include <vector>

namespace plumbline::training {
namespace {

using scenes::Group;
using scenes::Relation;
using scenes::ScenePrompt;

enum Side { kLeft, kRight, kTop, kBottom };

struct Opposed {
  Side first, second;
};

Opposed sidesOf(Relation relation) {
  switch (relation) {
    case Relation::kLeftOf:
      return {kLeft, kRight};
    case Relation::kRightOf:
      return {kRight, kLeft};
    case Relation::kAbove:
      return {kTop, kBottom};
    default:
      return {kBottom, kTop};
  }
}

// How likely each group stands on this side.
std::vector<double> groupShares(const ScenePrompt& prompt, Side side) {
  std::vector<double> shares(prompt.groups.size(),
                             1.0 / double(std::max<std::size_t>(1, prompt.groups.size())));
  if (prompt.relation == Relation::kNone || shares.size() != 2) return shares;
  const Opposed sides = sidesOf(prompt.relation);
  if (side == sides.first) return {1, 0};
  if (side == sides.second) return {0, 1};
  return shares;
}

// Where each question's answer for this group lies among the k.
std::array<int, 4> answersOf(const Group& group) {
  return {int(group.colour), kToldColours + int(group.shape), kToldColours + kToldShapes + group.count - 1,
          kToldColours + kToldShapes + kToldCounts + int(group.size)};
}

std::array<int, 4> answersOfNothing() {
  return {kToldColours - 1, kToldColours + kToldShapes - 1, kToldColours + kToldShapes + kToldCounts - 1,
          kToldColours + kToldShapes + kToldCounts + int(scenes::SizeWord::kAny)};
}

}  // namespace

at::Tensor toldOfSides(const ScenePrompt& prompt) {
  auto told = at::zeros({kSides, kTold});
  auto shares = told.accessor<float, 2>();
  for (const Side side : {kLeft, kRight, kTop, kBottom}) {
    const auto likely = groupShares(prompt, side);
    for (std::size_t g = 0; g < prompt.groups.size(); ++g) {
      for (const int answer : answersOf(prompt.groups[g])) shares[side][answer] += float(likely[g]);
    }
    if (prompt.groups.empty()) {
      for (const int answer : answersOfNothing()) shares[side][answer] = 1;
    }
  }
  return told;
}

at::Tensor toldOfSides(const std::string& caption) {
  return toldOfSides(caption.empty() ? ScenePrompt{} : scenes::parsePrompt(caption));
}

at::Tensor SideReaderImpl::loss(const at::Tensor& features, const at::Tensor& told,
                                const at::Tensor& weight) {
  const auto logits = forward(features);
  at::Tensor sum = at::zeros({features.size(0)});
  std::int64_t first = 0;
  for (const int answers : kAnswerCounts) {
    const auto likely = at::log_softmax(logits.narrow(2, first, answers), -1);
    sum = sum - (likely * told.narrow(2, first, answers)).sum(-1).mean(1);
    first += answers;
  }
  if (!weight.defined()) return sum.mean();
  return (sum * weight).sum() / weight.sum().clamp_min(1);
}

}  // namespace plumbline::training
