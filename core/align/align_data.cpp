#include "core/align/align_data.h"

#include "core/types/error.h"

namespace plumbline {

std::string dataNeedName(DataNeed need) {
  switch (need) {
    case DataNeed::kPrompts:
      return "prompts";
    case DataNeed::kReward:
      return "reward";
    case DataNeed::kScore:
      return "score";
    case DataNeed::kTrajectoryGroups:
      return "trajectory_groups";
    case DataNeed::kLabelledSingles:
      return "labelled_singles";
    case DataNeed::kScoredSingles:
      return "scored_singles";
    case DataNeed::kRegularisation:
      return "regularisation";
    case DataNeed::kRegions:
      return "regions";
  }
  throw Error(ErrorKind::kInternal, "unknown data need");
}

void AlignData::require(const std::vector<DataNeed>& needs) const {
  const auto missing = [](const std::string& what) {
    throw Error(ErrorKind::kInvalidInput, "this method cannot start: " + what);
  };
  for (const DataNeed need : needs) {
    switch (need) {
      case DataNeed::kPrompts:
        if (prompts.empty()) missing("there are no prompts to train on; add prompts to the project");
        break;
      case DataNeed::kReward:
      case DataNeed::kScore:
        if (!reward) missing("there is no reward model yet; train one from the answers first");
        break;
      case DataNeed::kTrajectoryGroups:
        if (groups.empty()) missing("there are no compared pictures; answer pair queries first");
        break;
      case DataNeed::kLabelledSingles:
        if (labelled.empty())
          missing("there are no pictures called good or bad; answer binary queries first");
        break;
      case DataNeed::kScoredSingles:
        if (scored.empty()) missing("there are no scored pictures");
        break;
      case DataNeed::kRegularisation:
        if (regularisation.empty()) missing("there are no pictures to stay close to");
        break;
      case DataNeed::kRegions:
        if (regions.empty() && !(reward && reward->hasRegions())) {
          missing("there are no masks; paint some, or train a reward model with a region head");
        }
        break;
    }
  }
}

}  // namespace plumbline
