#include "core/reward/reward_model.h"

#include <iterator>

#include "core/reward/reward_file.h"
#include "core/reward/reward_net.h"
#include "core/tensor/picture_tensor.h"

namespace plumbline::reward {

RewardModel::RewardModel(std::shared_ptr<const FeatureExtractor> features, std::shared_ptr<RewardNet> net,
                         nlohmann::json report)
    : features_(std::move(features)),
      net_(std::move(net)),
      report_(std::move(report)),
      version_(rewardVersion(*net_, features_->version())) {}

void RewardModel::save(const std::string& folder) const {
  saveReward(folder, *net_, features_->version(), report_);
}

RewardModel RewardModel::load(const std::string& folder, std::shared_ptr<const FeatureExtractor> features) {
  auto loaded = loadReward(folder, *features);
  return RewardModel(std::move(features), std::move(loaded.net), std::move(loaded.report));
}

bool RewardModel::hasRegions() const {
  return !net_->frame.regions.empty();
}

std::vector<Score> RewardModel::score(const std::vector<Picture>& pictures,
                                      const std::vector<std::string>& prompts) const {
  SilentSink silent;
  const auto vectors = features_->compute(pictures, prompts, silent, {});
  std::vector<const std::vector<float>*> rows;
  for (const auto& v : vectors) rows.push_back(&v);
  return score(features_->fromVectors(rows), prompts);
}

std::vector<Score> RewardModel::score(const PictureFeatures& pictures,
                                      const std::vector<std::string>& prompts) const {
  torch::NoGradGuard noGrad;
  const auto x = net_->frame.features(pictures, features_->prompts(prompts));
  const auto& overall = net_->overall();
  const auto t = net_->temperature;
  const auto all = (t * overall.scores(x)).to(at::kDouble);  // b M
  const auto mean = all.mean(1), spread = all.var(1, /*unbiased=*/false).sqrt();
  const auto share = t * x * overall.weight.mean(0);  // b f
  std::vector<Score> scores(std::size_t(x.size(0)));
  for (int64_t i = 0; i < x.size(0); ++i) {
    Score& s = scores[std::size_t(i)];
    s.mean = mean[i].item<double>();
    s.std = spread[i].item<double>();
    double named = 0;
    for (const FeatureGroup& group : net_->frame.groups()) {
      const double part = share[i].slice(0, group.first, group.first + group.count).sum().item<double>();
      s.parts[group.part] += part;
      named += part;
    }
    s.parts["other"] = s.mean - named;
  }
  for (const auto& [criterion, members] : net_->criteria) {
    const auto good = at::sigmoid(members.slope * (members.scores(x) - members.bar)).mean(1);
    for (int64_t i = 0; i < x.size(0); ++i)
      scores[std::size_t(i)].criteria[criterion] = good[i].item<double>();
  }
  return scores;
}

at::Tensor RewardModel::memberScores(const PictureFeatures& pictures,
                                     const std::vector<std::string>& prompts) const {
  return net_->temperature *
         net_->overall().scores(net_->frame.features(pictures, features_->prompts(prompts)));
}

at::Tensor RewardModel::scoreTensor(const at::Tensor& images, const std::vector<std::string>& prompts) const {
  return scoreTensor(features_->pictures(images, prompts), prompts);
}

at::Tensor RewardModel::scoreTensor(const PictureFeatures& pictures,
                                    const std::vector<std::string>& prompts) const {
  return memberScores(pictures, prompts).mean(1);
}

std::pair<at::Tensor, at::Tensor> RewardModel::scoreAndSpread(const PictureFeatures& pictures,
                                                              const std::vector<std::string>& prompts) const {
  const auto members = memberScores(pictures, prompts);
  // The small constant keeps the gradient finite where all members agree.
  return {members.mean(1), (members.var(1, /*unbiased=*/false) + 1e-8).sqrt()};
}

at::Tensor RewardModel::regionMap(const at::Tensor& images,
                                  const std::vector<std::string>& /*prompts*/) const {
  const auto k = int64_t(std::size(kRegionCategories));
  if (!hasRegions()) return at::zeros({images.size(0), k, images.size(2), images.size(3)}, images.options());
  return regionMap(features_->pictures(images), images.size(2), images.size(3));
}

at::Tensor RewardModel::regionMap(const PictureFeatures& pictures, std::int64_t height,
                                  std::int64_t width) const {
  return at::sigmoid(resizedTo(net_->frame.regionLogits(pictures), height, width));
}

std::vector<PicturePosterior> RewardModel::posterior(const PictureFeatures& pictures,
                                                     const std::vector<std::string>& prompts) const {
  torch::NoGradGuard noGrad;
  const auto x = net_->frame.features(pictures, features_->prompts(prompts));
  const auto scores = (net_->temperature * net_->overall().scores(x)).contiguous();
  std::vector<at::Tensor> faults;  // per net, b k
  for (RegionNet region : net_->frame.regions) {
    faults.push_back(
        at::sigmoid(presenceLogit(region->forward(pictures.tokens, pictures.anomaly, pictures.pixels))));
  }
  std::vector<PicturePosterior> posteriors(std::size_t(x.size(0)));
  for (int64_t i = 0; i < x.size(0); ++i) {
    auto& p = posteriors[std::size_t(i)];
    for (int64_t m = 0; m < scores.size(1); ++m) {
      p.score.push_back(scores[i][m].item<double>());
      std::vector<double> fault;
      if (!faults.empty()) {
        const auto row = faults[std::size_t(m) % faults.size()][i];
        for (int64_t k = 0; k < row.size(0); ++k) fault.push_back(row[k].item<double>());
      }
      p.fault.push_back(std::move(fault));
    }
  }
  return posteriors;
}

AnswerModel RewardModel::answerModel() const {
  AnswerModel answers;
  const auto& overall = net_->overall();
  for (int64_t m = 0; m < overall.tie.size(0); ++m) {
    answers.tie.push_back(overall.tie[m].item<double>());
    answers.bar.push_back(net_->temperature * overall.bar[m].item<double>());
  }
  const Json painted = report_.at("region").value("painted", Json::object());
  for (const char* category : kRegionCategories) answers.painted.push_back(painted.value(category, 0.0));
  return answers;
}

}  // namespace plumbline::reward
