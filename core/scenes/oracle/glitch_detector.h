// Tells glitch patches (a rectangle of colour noise, of a smear, or of what lies beside it) from objects that
// a generator drew badly: both are pixels that nothing explains, but only the patch has straight upright
// edges where the picture has none, holds one row's start all along the row, or shows the picture as it is
// some pixels further on. What is merely malformed counts against shape and cleanliness, not as a glitch.
#pragma once

#include <array>
#include <vector>

#include "core/scenes/oracle/explanation.h"

namespace plumbline::scenes {

// What is measured of a cluster, so that each number is of the order of one.
enum GlitchCue {
  kArea,       // logarithm, less 5
  kLonger,     // side, of 32 pixels
  kShorter,    // side, logarithm, less 2
  kThickness,  // from the deepest strange pixel to the nearest ordinary one: logarithm, less 1
  kFilled,     // share of the box that is strange
  kSeams,      // pixels on straight upright and level steps, of the box's edge
  kTexture,    // Lab distance to the pixels around, of 10
  kForeign,    // share of strange pixels whose colour is no blend of two that the picture has
  kSmeared,    // strange pixels that a smear explains: logarithm, less 3
  kElsewhere,  // mean deviation of the rest of the picture, logarithm: among malformed objects little is
               // strange
  kShifted,    // strange pixels that a displaced block explains: logarithm, less 3
  kBeyond,     // strange pixels that an outline bent by three pixels would not explain: logarithm, less 3
  kVariety,    // of hues around a strange pixel, off the line that a blend of two colours gives: Lab, of 5
  kGlitchCues
};
inline constexpr int kGlitchKinds = int(kGlitchKindNames.size());

// A cluster of pixels that nothing explains, too large to be chance. Boxes lie inside the picture.
struct GlitchCandidate {
  cv::Rect box;
  // Where the patch would be if it is of this kind: an object that it keeps from being recognised is part of
  // the cluster, but not of the patch.
  std::array<cv::Rect, kGlitchKinds> patch;
  std::array<double, kGlitchCues> cues{};
};

// lab and explanation of a picture of 128 pixels a side.
std::vector<GlitchCandidate> glitchCandidates(const cv::Mat3f& lab, const Explanation& explanation);

// For one kind of patch: the weights of a logistic regression, how a cue speaks for this kind, and the least
// score that is called one: even odds, or what 94 of 100 rendered ones exceed where that is lower: the rest
// leave too little to be told from a bent outline.
struct GlitchWeights {
  std::array<double, kGlitchCues> cues{};
  double least = 0;
};
using GlitchDetector = std::array<GlitchWeights, kGlitchKinds>;  // in the order of GlitchKind
// The one in use; `plumbline scenes glitches --scenes 1600` printed it (glitch_fit.h).
const GlitchDetector& glitchDetector();

struct GlitchScore {
  int kind = 0;      // that it is most like
  double score = 0;  // by how much it exceeds the least score of that kind: above 0 it is a glitch
};
GlitchScore glitchScore(const GlitchCandidate& candidate, const GlitchDetector& detector);

// Patches of the candidates that are glitches.
std::vector<cv::Rect> findGlitches(const cv::Mat3f& lab, const Explanation& explanation);

}  // namespace plumbline::scenes
