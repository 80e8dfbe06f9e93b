// How well a reward model orders held-out pictures, against the noiseless utility, and how well its region
// head finds hazards. The oracle is read here, after the training, and nothing learns from the result.
#pragma once

#include <array>
#include <stop_token>
#include <string>
#include <vector>

#include "core/reward/reward_model.h"
#include "core/types/parameter_schema.h"
#include "core/types/picture.h"
#include "core/types/progress.h"

namespace plumbline {

// What two pictures can differ in alone.
enum OrderPart { kCorrectness, kHazard, kGlitch, kCleanliness };
inline constexpr std::array kOrderParts{"correctness", "hazard", "glitch", "cleanliness"};

struct HeldOutPictures {
  std::vector<Picture> pictures;
  std::vector<std::string> prompts;
};

// The base pictures that an evaluation left: folder/base/NNNN.png with folder/prompts.jsonl.
HeldOutPictures readHeldOut(const std::string& folder);

// {"accuracy", "pairs", "ties", "accuracy_permuted_prompts", "accuracy_P_only" and "pairs_P_only" of
// each P of kOrderParts, "region_iou", "region_pictures", "region_recall"}. Every pair of
// two pictures once; those whose utility differs by less than the evaluation's tie margin are out and
// counted. P only: pairs alike in the other three (as clean as each other within a tenth), without a fault on
// both. Permuted: each picture is scored for another picture's prompt.
Json rewardOrder(const reward::RewardModel& model, const HeldOutPictures& heldOut, std::uint64_t seed,
                 ProgressSink& progress, std::stop_token stop);

}  // namespace plumbline
