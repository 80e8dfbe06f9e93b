// Tells glitch patches (a rectangle of colour noise, of a smear, or of what lies beside it) from objects that
// a generator drew badly: both are pixels that nothing explains, but only the patch has straight upright
// edges where the picture has none, holds one row's start all along the row, or shows the picture as it is
// some pixels further on. What is merely malformed counts against shape and cleanliness, not as a glitch.
#pragma once

#include <array>
#include <vector>

#include "core/scenes/oracle/explanation.h"

namespace plumbline::scenes {

inline constexpr int kGlitchCues = 10, kGlitchKinds = 3;

// A cluster of pixels that nothing explains, too large to be chance.
struct GlitchCandidate {
  cv::Rect box;
  // Where the patch would be if it is of this kind: an object that it keeps from being recognised is part of
  // the cluster, but not of the patch.
  std::array<cv::Rect, kGlitchKinds> patch;
  // Logarithm of its area, longer side (of 32), length of straight seams (of the box's edge), texture (Lab
  // distance to its surroundings, of 10), how well one displacement explains it (0 to 1), logarithm of the
  // pixels that a smear explains better, logarithm of the shorter side, of the greatest
  // thickness, share of the box that is strange, share of that whose colour is no blend of two in the
  // picture.
  std::array<double, kGlitchCues> cues{};
};

// lab and explanation of a picture of 128 pixels a side.
std::vector<GlitchCandidate> glitchCandidates(const cv::Mat3f& lab, const Explanation& explanation);

// For one kind of patch: the weights of a logistic regression, how a cue speaks for this kind, and the least
// score that is called one: even odds, or what 98 of 100 rendered ones exceed where that is lower. Those in
// use were printed by `plumbline scenes glitches` (glitch_fit.h).
struct GlitchWeights {
  std::array<double, kGlitchCues> cues{};
  double least = 0;
};
using GlitchDetector = std::array<GlitchWeights, kGlitchKinds>;  // in the order of GlitchKind
const GlitchDetector& glitchDetector();
struct GlitchScore {
  int kind = 0;      // that it is most like
  double score = 0;  // by how much it exceeds the least score of that kind: above 0 it is a glitch
};
GlitchScore glitchScore(const GlitchCandidate& candidate, const GlitchDetector& detector);

// Patches of the candidates that are glitches.
std::vector<cv::Rect> findGlitches(const cv::Mat3f& lab, const Explanation& explanation);

}  // namespace plumbline::scenes
