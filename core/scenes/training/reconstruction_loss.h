// What it costs an autoencoder to show a rendered scene otherwise than it is: pixels and their edges, objects
// before background, and of noise its texture alone. Pure and differentiable in `made`. Shapes: b pictures, H
// W pixels in [-1, 1].
#pragma once

#include <torch/torch.h>

namespace plumbline::training {

// made and x b 3 H W, H and W at least 5; a scalar, about 0.1 where scenes come back well.
at::Tensor reconstructionLoss(const at::Tensor& made, const at::Tensor& x);

// Its part for textures: how the spread of the colours within 5x5 pixels differs, without regard to which
// pixel has which. A scalar.
at::Tensor textureLoss(const at::Tensor& made, const at::Tensor& x);

// b 1 H W, how much a pixel of x counts in the other parts, from 0.05 within noise to 7 for objects that
// hardly differ from their background.
at::Tensor foregroundWeight(const at::Tensor& x);

}  // namespace plumbline::training
