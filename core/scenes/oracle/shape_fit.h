// Fits the world's ideal shapes to a silhouette by intersection over union; where a part is hidden or spoilt,
// a hair less of it is taken for one of the two sizes that objects have.
#pragma once

#include <opencv2/core.hpp>
#include <optional>

#include "core/scenes/vocabulary.h"

namespace plumbline::scenes {

// A piece of the picture: 1 inside the silhouette, 0 outside, 2 unknown (hidden by a fault; counts neither
// way).
struct Silhouette {
  int left = 0, top = 0;  // where the piece lies in the picture
  cv::Mat1b pixels;
};

struct ShapeFit {
  Shape shape = Shape::kCircle;
  double x = 0, y = 0;  // centre of the upright box, picture coordinates (128 a side)
  double across = 0, angle = 0;
  double overlap = 0;  // intersection over union, 0 to 1
};

// The silhouette with the pixels of a rectangle (in picture coordinates) made unknown.
Silhouette hidden(const Silhouette& silhouette, const cv::Rect& box);

// Known pixels where silhouette and fit disagree, thin edges left out.
int mismatch(const Silhouette& silhouette, const ShapeFit& fit);

// The best fit if some part of the silhouette may be spoiled by a glitch: tries what remains when one side or
// corner is hidden, and takes that where it explains clearly more than the fit to the whole.
ShapeFit fitSpoiltShape(const Silhouette& silhouette, const ShapeFit& whole);

// The best of all shapes. thorough: search widely for every shape, for silhouettes that are partly hidden.
ShapeFit fitShape(const Silhouette& silhouette, bool thorough);

}  // namespace plumbline::scenes
