// Reward models of a project: loading them and the cached features that they read. For the thread of one job.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/jobs/job_kind.h"
#include "core/reward/reward_model.h"
#include "db/project.h"

namespace plumbline {

struct LoadedReward {
  RewardModelRow row;
  reward::RewardModel model;
};

// id 0: the newest; none if there is none yet. Throws Error for an id that is unknown or does not load.
std::optional<LoadedReward> loadReward(Project& project, Engine& engine, std::int64_t id);

// Extractor vectors of stored pictures with their prompts, from the project's cache; what is missing is
// computed and kept under the picture's name: a stored picture has one prompt. A picture that cannot be read
// has no entry.
std::map<std::string, std::vector<float>> pictureVectors(
    job_kind::Work& work, const reward::FeatureExtractor& extractor,
    const std::vector<reward::LabelledPicture>& pictures);

}  // namespace plumbline
