// A head turns what the shared trunk says of pictures into the likelihood of one kind of observation. One
// file per head in heads/. A head is a small module with parameters of its own (tie weight, bar, map layers);
// its loss is a mean negative log-likelihood. Modules are used by one thread at a time; everything else is
// pure. Shapes: n pictures of the batch, q observations, k region categories, g side of the dense grid.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>

#include "core/types/observation.h"
#include "core/types/registry.h"

namespace plumbline::reward_head {

// Share of thoughtless answers that a head takes for granted: without any an unexpected one costs infinitely
// much.
inline constexpr double kLeastNoise = 1e-6;

struct ComparisonTargets {
  at::Tensor winner, loser;  // q, int64 into the pictures
  at::Tensor tie;            // q, 1 where neither was better
  at::Tensor weight;         // q
};

struct LevelTargets {
  at::Tensor picture;  // q, int64
  at::Tensor value;    // q, in [0, 1]
  at::Tensor weight;   // q
};

struct RegionTargets {
  at::Tensor picture;  // q, int64
  at::Tensor map;      // q k g g, share of each cell that was painted
  at::Tensor known;    // q k, 1 where the person was asked for this category
};

// What a head may read. scores n (one criterion); logits n k g g. Undefined tensors: not there.
struct HeadInput {
  at::Tensor scores;
  at::Tensor logits;
  ComparisonTargets comparisons;
  LevelTargets levels;
  RegionTargets regions;
};

class HeadModule : public torch::nn::Module {
 public:
  // Scalar, differentiable in scores, logits and the module's parameters; zero if there is nothing to learn
  // from.
  virtual at::Tensor loss(const HeadInput& input) = 0;
  // The predicted probability of what was observed, q, for held-out accuracy and calibration; no gradient.
  virtual at::Tensor probability(const HeadInput& input) = 0;
};

struct RewardHead {
  Descriptor descriptor;  // extra: {"observation": "comparison" | "level" | "region"}
  std::function<std::shared_ptr<HeadModule>(const Json& parameters)> create;
};

using Registry = plumbline::Registry<RewardHead>;
void registerAll(Registry& registry);

}  // namespace plumbline::reward_head
