// What a model believes about pictures, as acquisitions need it: plain numbers, no tensors, so that the
// choice of the next queries depends on neither LibTorch nor the kind of reward model. Value types. Every
// vector over members has the same length; a model that is not an ensemble has one member.
#pragma once

#include <string>
#include <vector>

namespace plumbline {

struct PicturePosterior {
  std::vector<double> score;               // per member
  std::vector<std::vector<double>> fault;  // per member: probability that each region category is present
};

// How members turn scores into answers.
struct AnswerModel {
  std::vector<double> tie;      // Davidson's nu >= 0 per member: weight of "neither is better"
  std::vector<double> bar;      // the score at which good and bad are equally likely, per member
  std::vector<double> painted;  // pictures so far on which each region category was painted; empty: unknown
};

}  // namespace plumbline
