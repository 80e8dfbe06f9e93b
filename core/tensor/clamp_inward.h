// Pictures as their file will hold them, for losses that look at pixels.
#pragma once

#include <torch/types.h>

namespace plumbline {

// Clamps to [-1, 1], any shape. What lies beyond black and white is never seen, so no reward may live there.
// A plain clamp would also take the gradient from every pixel that overshoots, half of a pure colour's; here
// what would bring such a pixel back goes through, and only what would push it further is stopped.
at::Tensor clampInward(const at::Tensor& pictures);

}  // namespace plumbline
