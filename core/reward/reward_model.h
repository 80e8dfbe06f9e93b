// The reward: an ensemble of small heads on frozen features, trained on all observations together.
// Comparisons (Bradley-Terry with ties) and levels (logistic) teach the score; regions teach a dense map
// whose summary is an input of the score, so that masks teach the score too. The score is a sum of named
// parts, so it can be explained. A trained model is immutable: score from any number of threads. Training is
// bit-reproducible for one engine fingerprint (seed, observations in any order). Throws Error(kInvalidInput)
// when there is nothing to learn from. Shapes: b batch, H W pixels, k region categories (kRegionCategories).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/reward/features.h"
#include "core/select/posterior.h"
#include "core/types/observation.h"
#include "core/types/parameter_schema.h"
#include "core/types/progress.h"

namespace plumbline {

struct RewardConfig {
  int members = 5;   // each leaves out a fifth of the prompts, on which it is stopped and measured
  int epochs = 200;  // at most; held-out answers stop earlier
  double learningRate = 0.1;
  double prior = 16;          // how firmly weights are held where the first fit leaves them
  double residual = 0.3;      // scale of the free part beside the named features; 0: linear in them
  double answerNoise = 0.05;  // share of answers taken to be thoughtless
  int regionEpochs = 60;
  int augmentations = 4;         // shifted and mirrored copies of every painted picture
  double recolouredShare = 0.5;  // of these copies, whose channels come in any order, one in six as it was
  double overpaint = 1;          // pixels that people paint beyond a fault's edge
  std::int64_t seed = 0;
};
const ConfigSchema<RewardConfig>& rewardConfigSchema();

namespace reward {

struct LabelledPicture {
  std::string image;  // SHA-256, as observations name it
  std::string prompt;
};

struct TrainingSet {
  std::vector<LabelledPicture> pictures;  // every picture that an observation names
  std::vector<Observation> observations;
  // Loads a picture by its name (from the store). May be called from the training thread only.
  std::function<Picture(const std::string& image)> picture;
  // Optional: the store's cache of FeatureExtractor vectors (of this extractor's version), and where new ones
  // go.
  std::function<std::optional<std::vector<float>>(const std::string& image)> cached;
  std::function<void(const std::string& image, const std::vector<float>& vector)> keep;
};

struct Score {
  double mean = 0;  // calibrated: a difference of d is answered rightly with probability sigma(d)
  double std = 0;   // over the ensemble
  // Add up to mean: prompt, oddity (corrupted or degraded), denoising (how unlike the generator's own drawing
  // for the prompt), aesthetics, look, a part per region category, and "other", the free part.
  std::map<std::string, double> parts;
  std::map<std::string, double> criteria;  // probability of "good" for every criterion that was asked
};

struct RewardNet;

class RewardModel {
 public:
  // Progress: phases "features", "region map", "reward heads"; metrics "train_loss", "heldout_accuracy" by
  // epoch.
  static RewardModel train(std::shared_ptr<const FeatureExtractor> features, const TrainingSet& data,
                           const RewardConfig& config, ProgressSink& progress, const std::stop_token& stop);
  // A folder of reward.json and reward.safetensors; written to a temporary name first.
  void save(const std::string& folder) const;
  // Throws Error(kCorrupt) on a broken file, Error(kUnsupported) if the backbone is another one.
  static RewardModel load(const std::string& folder, std::shared_ptr<const FeatureExtractor> features);

  std::vector<Score> score(const std::vector<Picture>& pictures,
                           const std::vector<std::string>& prompts) const;
  std::vector<Score> score(const PictureFeatures& pictures, const std::vector<std::string>& prompts) const;
  // images b 3 H W in [-1, 1]; the calibrated mean, b, differentiable in the images but for what the
  // generator says of them (denoising.h).
  at::Tensor scoreTensor(const at::Tensor& images, const std::vector<std::string>& prompts) const;
  at::Tensor scoreTensor(const PictureFeatures& pictures, const std::vector<std::string>& prompts) const;
  // Likewise, and the calibrated spread of the members, both b.
  std::pair<at::Tensor, at::Tensor> scoreAndSpread(const PictureFeatures& pictures,
                                                   const std::vector<std::string>& prompts) const;
  // Probability per pixel that a person would paint it, b k H W, differentiable.
  at::Tensor regionMap(const at::Tensor& images, const std::vector<std::string>& prompts) const;
  at::Tensor regionMap(const PictureFeatures& pictures, std::int64_t height, std::int64_t width) const;
  // For acquisitions. fault: per category, the largest probability of the member's map.
  std::vector<PicturePosterior> posterior(const PictureFeatures& pictures,
                                          const std::vector<std::string>& prompts) const;
  AnswerModel answerModel() const;

  // {"config", "counts": {...}, "heldout": {"accuracy", "n", "ties", "level_accuracy", "levels",
  // "agreement_ceiling"},
  //  "temperature", "ece", "reliability": [{"confidence", "accuracy", "n"}], "curve": [{"epoch",
  //  "train_loss", "heldout_accuracy", "heldout_loss"}], "region": {"pictures", "categories", "painted":
  //  {category: pictures}, "heldout_iou", "epochs"}, "weights": {part: size}, "features", "seconds"}. The
  //  held-out figures are of members on prompts that they had left out.
  const nlohmann::json& report() const { return report_; }
  const std::string& version() const { return version_; }  // hash of the weights, named by every pick
  const std::shared_ptr<const FeatureExtractor>& features() const { return features_; }
  bool hasRegions() const;  // were there masks to learn from?

 private:
  RewardModel(std::shared_ptr<const FeatureExtractor> features, std::shared_ptr<RewardNet> net,
              nlohmann::json report);
  at::Tensor memberScores(const PictureFeatures& pictures,
                          const std::vector<std::string>& prompts) const;  // b M

  std::shared_ptr<const FeatureExtractor> features_;
  std::shared_ptr<RewardNet> net_;
  nlohmann::json report_;
  std::string version_;
};

}  // namespace reward
}  // namespace plumbline
