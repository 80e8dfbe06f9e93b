// Between 8-bit pictures and float tensors in [-1, 1]. Shapes: b batch, H W pixels. Pure functions.
#pragma once

#include <torch/types.h>

#include <vector>

#include "core/types/picture.h"

namespace plumbline {

at::Tensor toTensor(const Picture& picture);                // [3 H W] float32
at::Tensor toTensor(const std::vector<Picture>& pictures);  // [b 3 H W]; all of one size
at::Tensor maskTensor(const Mask& mask);                    // [1 H W] float32, 0 or 1
// b c H W to b c height width, bilinear, as it is where the size is that already; differentiable.
at::Tensor resizedTo(const at::Tensor& images, std::int64_t height, std::int64_t width);
Picture toPicture(const at::Tensor& tensor);                    // [3 H W], clamped and rounded
std::vector<Picture> toPictures(const at::Tensor& tensor);      // [b 3 H W]
Mask toMask(const at::Tensor& tensor, double threshold = 0.5);  // [1 H W] or [H W]; inside where > threshold

}  // namespace plumbline
