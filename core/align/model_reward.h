// A trained reward model as alignment methods see it.
#pragma once

#include <memory>

#include "core/align/align_data.h"
#include "core/reward/reward_model.h"

namespace plumbline {

class ModelReward : public PictureReward {
 public:
  explicit ModelReward(std::shared_ptr<const reward::RewardModel> trained) : trained_(std::move(trained)) {}

  at::Tensor score(const at::Tensor& pictures, const std::vector<std::string>& prompts) override {
    return trained_->scoreTensor(pictures, prompts);
  }
  // The ensemble's pessimistic view (mean less spread), which falls where its members part, as they do on
  // pictures made to please them.
  at::Tensor heldOutScore(const at::Tensor& pictures, const std::vector<std::string>& prompts) override {
    return bothScores(pictures, prompts).second;
  }
  std::pair<at::Tensor, at::Tensor> bothScores(const at::Tensor& pictures,
                                               const std::vector<std::string>& prompts) override {
    const reward::PictureFeatures features = trained_->features()->pictures(pictures, prompts);
    const auto [score, spread] = trained_->scoreAndSpread(features, prompts);
    return {score, score - spread};
  }
  bool hasRegions() const override { return trained_->hasRegions(); }
  at::Tensor regionMap(const at::Tensor& pictures, const std::vector<std::string>& prompts) override {
    return trained_->regionMap(pictures, prompts);
  }
  Judgement judge(const at::Tensor& pictures, const std::vector<std::string>& prompts) override {
    const reward::PictureFeatures features = trained_->features()->pictures(pictures, prompts);
    return {trained_->scoreTensor(features, prompts),
            hasRegions() ? trained_->regionMap(features, pictures.size(2), pictures.size(3)) : at::Tensor()};
  }

 private:
  std::shared_ptr<const reward::RewardModel> trained_;
};

}  // namespace plumbline
