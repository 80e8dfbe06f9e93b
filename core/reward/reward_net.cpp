#include "core/reward/reward_net.h"

#include <algorithm>
#include <iterator>

#include "core/types/observation.h"

namespace plumbline::reward {
namespace {

constexpr double kBankSharpness = 20;
constexpr int64_t kFaultFeatures = 3;

// Per category: is it there (0 to 1), how clearly (never flat, so that a gradient always finds its way), how
// much.
at::Tensor faultFeatures(const at::Tensor& logits) {
  const auto presence = presenceLogit(logits);  // b k
  return at::stack({at::sigmoid(presence), at::tanh(presence / 8), at::sigmoid(logits).mean({2, 3}).sqrt()},
                   2)
      .flatten(1);
}

constexpr int64_t kOddityFeatures = 3 * kAnomalies + 2;

// Per anomaly: how much is odd at all; how odd the worst patches are, as log odds and as a share. Blur and
// noise of the whole.
at::Tensor oddityFeatures(const PictureFeatures& pictures) {
  const auto worst = std::max<int64_t>(1, pictures.anomaly.size(1) / 32);
  const auto top = std::get<0>(pictures.anomaly.topk(worst, 1)).mean(1);
  const auto share = at::sigmoid(pictures.anomaly).mean(1);
  return at::cat({share, at::tanh(top / 8), at::sigmoid(top), pictures.degraded}, 1);
}

at::Tensor lookFeatures(const at::Tensor& pixels) {
  return at::cat({pixels.mean({2, 3}), pixels.amax({2, 3})}, 1);
}

int64_t columns(const at::Tensor& basis) {
  return basis.defined() ? basis.size(1) : 0;
}

}  // namespace

std::vector<FeatureGroup> FeatureFrame::groups() const {
  std::vector<FeatureGroup> groups;
  int64_t next = 0;
  const auto add = [&](const std::string& part, int64_t count, double width) {
    groups.push_back({part, next, count, width});
    next += count;
  };
  add("prompt", kLikenessGroup, 0.5);
  add("prompt", kMatchFeatures, 0.5);
  add("prompt", columns(productBasis), 0.15);
  if (!regions.empty()) {
    for (const char* category : kRegionCategories) add(category, kFaultFeatures, 1.0);
  }
  add("oddity", kOddityFeatures, 0.5);
  add("denoising", kDenoisingFeatures, 0.5);
  add("aesthetics", kAesthetics, 0.5);
  add("look", 2 * pixelChannels, 0.15);
  add("look", columns(tokenBasis), 0.15);
  return groups;
}

at::Tensor FeatureFrame::regionLogits(const PictureFeatures& pictures) const {
  at::Tensor sum;
  for (RegionNet net : regions) {
    const auto logits = net->forward(pictures.tokens, pictures.anomaly, pictures.pixels);
    sum = sum.defined() ? sum + logits : logits;
  }
  return sum.defined() ? sum / double(regions.size()) : sum;
}

at::Tensor FeatureFrame::features(const PictureFeatures& pictures, const PromptFeatures& prompts) const {
  // With an ordinary CLIP some prompts are like every picture, and what counts is how much more this one is;
  // one whose likeness is comparable between prompts needs no such correction. Answers that compare pictures
  // of one prompt cannot tell the two apart; good and bad can.
  const auto usual = at::matmul(prompts.embedding, usualPicture).unsqueeze(1);
  std::vector<at::Tensor> parts{alignmentFeatures(pictures, prompts), usual};
  const auto general =
      at::logsumexp(kBankSharpness * at::matmul(pictures.embedding, bank.t()), 1, /*keepdim=*/true) /
      kBankSharpness;
  parts.push_back(general);
  parts.push_back(pictures.matched);
  parts.push_back(at::sigmoid(pictures.matched));
  parts.push_back(at::matmul(pictures.embedding * prompts.embedding - productMean, productBasis));
  if (!regions.empty()) parts.push_back(faultFeatures(regionLogits(pictures)));
  parts.push_back(oddityFeatures(pictures));
  parts.push_back(pictures.denoising);
  parts.push_back(pictures.aesthetics);
  parts.push_back(lookFeatures(pictures.pixels));
  parts.push_back(at::matmul(pictures.tokens.mean(1) - tokenMean, tokenBasis));
  const auto all = at::cat(parts, 1);
  return mean.defined() ? (all - mean) / deviation : all;
}

at::Tensor Members::free(const at::Tensor& features) const {
  const auto m = inner.size(0), hidden = inner.size(1);
  const auto x = at::matmul(features, inner.view({m * hidden, -1}).t()).view({-1, m, hidden}) + innerBias;
  return (at::tanh(x) * outer).sum(2);
}

}  // namespace plumbline::reward
