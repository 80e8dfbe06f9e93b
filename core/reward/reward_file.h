// A reward model on disk: reward.json (format version, backbone, criteria, report) beside reward.safetensors
// (all numbers). Our own format, versioned. Pure functions of the folder's contents.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "core/reward/reward_net.h"

namespace plumbline::reward {

// Hash of every number that scores depend on, 16 hex digits.
std::string rewardVersion(const RewardNet& net, const std::string& backbone);

void saveReward(const std::string& folder, const RewardNet& net, const std::string& backbone,
                const nlohmann::json& report);

struct LoadedRewardFile {
  std::shared_ptr<RewardNet> net;
  nlohmann::json report;
};
// Throws Error(kNotFound), Error(kCorrupt), or Error(kUnsupported) if it was trained on another backbone.
LoadedRewardFile loadReward(const std::string& folder, const FeatureExtractor& features);

}  // namespace plumbline::reward
