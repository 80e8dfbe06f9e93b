#include "core/scenes/reading.h"

#include <algorithm>

namespace plumbline::scenes {
namespace {

bool exact(const FoundObject& object, const Group& group) {
  return object.colour == group.colour && object.shape == group.shape;
}

bool sizeFits(const FoundObject& object, SizeWord size) {
  return size == SizeWord::kAny || (size == SizeWord::kLarge) == object.large;
}

struct Assignment {
  std::vector<std::vector<std::size_t>> members;  // by group, indices of objects
  std::size_t left = 0;                           // objects that no group takes
};

// Gives every object to the group it is most like: what is right in both first, then colour, then shape.
Assignment assign(const std::vector<FoundObject>& objects, const ScenePrompt& prompt) {
  Assignment assignment;
  assignment.members.resize(prompt.groups.size());
  std::vector<bool> taken(objects.size(), false);
  const auto pass = [&](auto like, bool limited) {
    for (std::size_t g = 0; g < prompt.groups.size(); ++g) {
      auto& members = assignment.members[g];
      for (std::size_t i = 0; i < objects.size(); ++i) {
        if (taken[i] || !like(objects[i], prompt.groups[g])) continue;
        if (limited && int(members.size()) >= prompt.groups[g].count) break;
        members.push_back(i);
        taken[i] = true;
      }
    }
  };
  pass(exact, false);
  pass([](const FoundObject& o, const Group& g) { return o.colour == g.colour; }, true);
  pass([](const FoundObject& o, const Group& g) { return o.shape == g.shape; }, true);
  pass([](const FoundObject&, const Group&) { return true; }, true);
  assignment.left = std::size_t(std::count(taken.begin(), taken.end(), false));
  return assignment;
}

GroupVerdict judgeGroup(const std::vector<FoundObject>& objects, const std::vector<std::size_t>& members,
                        const Group& group) {
  GroupVerdict verdict;
  bool colour = true, shape = true, size = true;
  for (const std::size_t i : members) {
    verdict.count += exact(objects[i], group);
    colour = colour && objects[i].colour == group.colour;
    shape = shape && objects[i].shape == group.shape;
    size = size && sizeFits(objects[i], group.size);
  }
  verdict.found = verdict.count > 0;
  verdict.countRight = int(members.size()) == group.count;
  verdict.colourRight = !members.empty() && colour;
  verdict.shapeRight = !members.empty() && shape;
  verdict.sizeRight = !members.empty() && size;
  return verdict;
}

bool holds(Relation relation, const FoundObject& a, const FoundObject& b) {
  switch (relation) {
    case Relation::kLeftOf:
      return a.x < b.x;
    case Relation::kRightOf:
      return a.x > b.x;
    case Relation::kAbove:
      return a.y < b.y;
    case Relation::kBelow:
      return a.y > b.y;
    default:
      return true;
  }
}

bool relationOf(const std::vector<FoundObject>& objects, const Assignment& assignment,
                const ScenePrompt& prompt) {
  if (prompt.relation == Relation::kNone) return true;
  if (assignment.members.size() < 2 || assignment.members[0].empty() || assignment.members[1].empty())
    return false;
  for (const std::size_t i : assignment.members[0]) {
    for (const std::size_t j : assignment.members[1]) {
      if (!holds(prompt.relation, objects[i], objects[j])) return false;
    }
  }
  return true;
}

}  // namespace

Verdict judge(Reading reading, const ScenePrompt& prompt) {
  Verdict verdict;
  const Assignment assignment = assign(reading.objects, prompt);
  int checks = 0, right = 0;
  const auto check = [&](bool ok) {
    ++checks;
    right += ok;
  };
  for (std::size_t g = 0; g < prompt.groups.size(); ++g) {
    const GroupVerdict group = judgeGroup(reading.objects, assignment.members[g], prompt.groups[g]);
    for (const bool ok : {group.found, group.countRight, group.colourRight, group.shapeRight}) check(ok);
    if (prompt.groups[g].size != SizeWord::kAny) check(group.sizeRight);
    verdict.groups.push_back(group);
  }
  verdict.relationHolds = relationOf(reading.objects, assignment, prompt);
  if (prompt.relation != Relation::kNone) check(verdict.relationHolds);
  std::size_t surplus = assignment.left;
  for (std::size_t g = 0; g < prompt.groups.size(); ++g) {
    surplus += std::size_t(std::max(0, int(assignment.members[g].size()) - prompt.groups[g].count));
  }
  verdict.nothingExtra = surplus == 0;
  check(verdict.nothingExtra);
  verdict.backgroundRight = reading.background && (prompt.background == Background::kUnsaid ||
                                                   *reading.background == prompt.background);
  check(verdict.backgroundRight);
  verdict.hazardAsAsked = !prompt.hazardAsked || reading.hazard;
  if (prompt.hazardAsked) check(verdict.hazardAsAsked);
  verdict.correct = right == checks;
  verdict.correctShare = double(right) / checks;
  verdict.reading = std::move(reading);
  return verdict;
}

}  // namespace plumbline::scenes
