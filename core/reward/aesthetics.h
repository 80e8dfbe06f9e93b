// What makes pictures pleasant to look at whatever they show, as photo assessment has measured it for long:
// how well the figure stands out from its ground, and how sharp its edges are (Ke, Tang and Jing 2006, "The
// design of high-level features for photo quality assessment"; Datta et al. 2006, "Studying aesthetics in
// photographic images using a computational approach"). Pure, thread-safe, differentiable.
#pragma once

#include <torch/types.h>

#include <cstdint>

namespace plumbline::reward {

// Contrast, sharpness.
inline constexpr std::int64_t kAesthetics = 2;

// b 3 H W in [-1, 1] to b kAesthetics.
// Contrast, 0 to 1: mean distance in CIE Lab, a hundred at most and in hundreds, of what stands out clearly
// to the ground. The ground is the median of the border, where the subject seldom is (Wei et al. 2012,
// "Geodesic saliency using background priors"); what stands out nowhere has none.
// Sharpness, 0 to 1: at edges the largest step between neighbours there as a share of the whole edge; 0
// without edges.
at::Tensor aesthetics(const at::Tensor& images);

}  // namespace plumbline::reward
