// How much an answer is expected to teach the ensemble: mutual information between the answer and which
// member is right, in nats (Houlsby 2011). Pure functions.
#pragma once

#include <vector>

#include "core/select/acquisition.h"

namespace plumbline {

// Entropy of the members' mean answer less their mean entropy; rows are members, entries probabilities that
// add to 1.
double mutualInformation(const std::vector<std::vector<double>>& members);

// Of asking this candidate: 3 outcomes for a pair (Davidson), 2 for binary; for a mask per category whether
// it is there and, once it was painted anywhere, where; a category that was painted rarely counts the more,
// in proportion. 0 without a model.
double expectedInformation(const acquisition::Candidate& candidate, const AnswerModel& answers);

// How far members part on what is asked: standard deviation of the score difference (pair), of the score
// (binary), mean over categories of the fault's probability (mask). 0 without a model.
double disagreement(const acquisition::Candidate& candidate);

// The candidate's own median seconds, or its type's default.
double answerSeconds(const acquisition::Candidate& candidate);

}  // namespace plumbline
