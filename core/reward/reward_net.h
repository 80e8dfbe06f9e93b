// The trained numbers of a reward model and how a score follows from them: features in named groups, members
// that weigh them, region nets whose map is summed up among the features. Filled by training or by load;
// read-only and thread-safe afterwards. Shapes: b batch, f features, M members, k categories, e projection
// width, q components.
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>
#include <vector>

#include "core/reward/features.h"
#include "core/reward/region_net.h"

namespace plumbline::reward {

// The first group of features: likeness to the prompt (alignmentFeatures), how much any picture is like it,
// how much like any prompt the picture is. What is read of both together follows.
inline constexpr int64_t kLikenessGroup = kAlignmentFeatures + 2;
// Each answer as log odds and as a chance: what is surely shown is not shown any more by being surer of it.
inline constexpr int64_t kMatchFeatures = 2 * nn::kMatchAnswers;

// Where a group of features stands and how it starts: prior of its weights on standardised features.
struct FeatureGroup {
  std::string part;  // the name in Score::parts
  int64_t first = 0, count = 0;
  double width = 1;  // standard deviation of the prior
};

// What every score reads of a picture for its prompt, before standardising.
struct FeatureFrame {
  at::Tensor bank;                       // prompts e: what a picture is like in general
  at::Tensor usualPicture;               // e, mean embedding: how much any picture is like a prompt
  at::Tensor productMean, productBasis;  // e, e q: main directions of picture times prompt
  at::Tensor tokenMean, tokenBasis;      // d, d q: main directions of the mean token
  std::vector<RegionNet> regions;        // empty without masks
  at::Tensor mean, deviation;            // f

  std::vector<FeatureGroup> groups() const;
  at::Tensor regionLogits(
      const PictureFeatures& pictures) const;  // b k g g, mean of the nets; undefined without
  // b f, standardised once mean is there; differentiable in all but denoising; that and matched must be
  // there.
  at::Tensor features(const PictureFeatures& pictures, const PromptFeatures& prompts) const;
  int64_t pixelChannels = 0;
};

// One criterion's ensemble: linear in the features, and a small free part.
struct Members {
  at::Tensor weight;            // M f
  at::Tensor inner, innerBias;  // M hidden f, M hidden
  at::Tensor outer;             // M hidden
  at::Tensor tie, bar, slope;   // M

  at::Tensor linear(const at::Tensor& features) const { return at::matmul(features, weight.t()); }  // b M
  at::Tensor free(const at::Tensor& features) const;                                                // b M
  at::Tensor scores(const at::Tensor& features) const { return linear(features) + free(features); }
};

struct RewardNet {
  FeatureFrame frame;
  std::map<std::string, Members> criteria;  // always has "overall"
  double temperature = 1;                   // scores are multiplied by it
  std::vector<std::string> paintedCategories;

  const Members& overall() const { return criteria.at("overall"); }
};

}  // namespace plumbline::reward
