// What a fine-tune did, judged on held-out prompts at equal seeds: pictures of the base and of each
// contender, what the oracle reads from them (the only reader of the truth, and only here, after the run),
// what changed inside and outside the regions, and win rates. Leaves folder/<name>/NNNN.png and
// folder/prompts.jsonl: everything it judged. One thread, together with the model. Throws Error; a stop
// request throws within one denoising step.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/align/align_data.h"
#include "core/align/region_mask.h"
#include "core/eval/win_rate.h"
#include "core/sampling/generator.h"
#include "core/types/parameter_schema.h"
#include "core/types/progress.h"

namespace plumbline {

// Folder name of the pictures and the adapter that draws them.
struct Contender {
  std::string name;     // "tuned", "draft", ...
  std::string adapter;  // loaded in the generator's set
};

struct EvaluationSettings {
  DrawSettings draw;
  MaskSettings masks;       // those of the training: what counts as a region and how far it is grown
  bool oracle = true;       // prompts are of the scenes world
  double tieMargin = 0.05;  // of the noiseless utility; smaller differences are ties
  int bootstrap = 2000;
  std::uint64_t seed = 0;
};

struct Evaluation {
  // {"n", "mask_share", "mask_share_of_masked", "masked", "oracle_mask_share",
  //  "base": {"correct", "hazard", "glitch", "cleanliness", "cleanliness_inside", "reward", "region_share"},
  //  NAME: {the same and "outside_change", "outside_change_low/high", "inside_change",
  //  "outside_change_oracle_masks",
  //         "win_rate", "win_rate_low", "win_rate_high", "win_ties", "reward_win_rate", ...}}
  Json figures = Json::object();
  std::filesystem::path folder;
};

// n prompts of the scenes world that no training may have seen, no two alike, each with a seed of its own.
std::vector<DrawItem> heldOutScenes(int n, std::uint64_t seed);

// "base" is drawn with every adapter off. Masks come from the reward's region head on the base's pictures.
// yield is called between denoising steps.
Evaluation evaluateContenders(Generator& generator, const std::vector<Contender>& contenders,
                              const std::vector<DrawItem>& items, PictureReward& reward,
                              const EvaluationSettings& settings, const std::filesystem::path& folder,
                              ProgressSink& sink, std::stop_token stop,
                              const std::function<void()>& yield = {});

}  // namespace plumbline
