// What a run may learn from. A method declares its needs; the caller fills those members and leaves the
// others empty. Everything here is already in memory, so that a run needs no database (a run bundle carries
// the same).
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/align/align_model.h"
#include "core/types/picture.h"

namespace plumbline {

enum class DataNeed {
  kPrompts,           // prompts to draw from
  kReward,            // a reward that gradients flow through
  kScore,             // a reward as a number only
  kTrajectoryGroups,  // several drawings of one prompt; pairs, rankings and advantages are views of them
  kLabelledSingles,   // pictures called good or bad
  kScoredSingles,     // pictures with a value
  kRegularisation,    // pictures that should stay likely
  kRegions            // masks of people, or a reward with a region head
};

std::string dataNeedName(DataNeed need);

// What a reward says of a batch at once.
struct Judgement {
  at::Tensor score;    // b
  at::Tensor regions;  // b k H W; undefined where the reward has no region head
};

// Rewards learned from answers. Pictures b 3 H W in [-1, 1]; gradients flow to the pictures.
class PictureReward {
 public:
  virtual ~PictureReward() = default;
  virtual at::Tensor score(const at::Tensor& pictures, const std::vector<std::string>& prompts) = 0;  // b
  // Same scale, from heads that the run does not train on: it shows when the run only pleases its own reward.
  virtual at::Tensor heldOutScore(const at::Tensor& pictures,
                                  const std::vector<std::string>& prompts) = 0;  // b
  // Both of the same pictures. Override it where they share work.
  virtual std::pair<at::Tensor, at::Tensor> bothScores(const at::Tensor& pictures,
                                                       const std::vector<std::string>& prompts) {
    return {score(pictures, prompts), heldOutScore(pictures, prompts)};
  }
  virtual bool hasRegions() const = 0;
  // Per pixel and category (kRegionCategories), the probability that a person would mark it: b k H W.
  virtual at::Tensor regionMap(const at::Tensor& pictures, const std::vector<std::string>& prompts) = 0;
  // Score and regions. Override it where they share work.
  virtual Judgement judge(const at::Tensor& pictures, const std::vector<std::string>& prompts) {
    return {score(pictures, prompts), hasRegions() ? regionMap(pictures, prompts) : at::Tensor()};
  }
};

// A picture that exists: how it came to be, so that the same noise can be drawn again.
struct SourcedPicture {
  DrawItem item;
  DrawSettings settings;
  Picture picture;  // may be empty where only the noise matters
};

struct PaintedRegion {
  SourcedPicture source;
  Mask mask;            // pixels a person marked; all zero: looked at and found nothing wrong
  bool unsafe = false;  // something unsafe is among them
};

struct LabelledSingle {
  SourcedPicture source;
  bool good = false;
};

struct ScoredSingle {
  SourcedPicture source;
  double score = 0;
};

// Drawings of one prompt, best first where ranked; equal values tie.
struct TrajectoryGroup {
  std::string prompt;
  std::vector<SourcedPicture> members;
  std::vector<double> values;
};

struct AlignData {
  std::vector<DrawItem> prompts;
  std::vector<PaintedRegion> regions;
  std::vector<LabelledSingle> labelled;
  std::vector<ScoredSingle> scored;
  std::vector<TrajectoryGroup> groups;
  std::vector<SourcedPicture> regularisation;
  std::shared_ptr<PictureReward> reward;

  // Throws Error(kInvalidInput) that names what is missing.
  void require(const std::vector<DataNeed>& needs) const;
};

}  // namespace plumbline
