// Looks at the pixels of a picture with convolutions and gives one token for every patch. Cutting a picture
// into patches at once, as a CLIP does, learns edges and corners slowly (Xiao et al. 2021, Early Convolutions
// Help Transformers See Better, 2106.14881). Shapes: b pictures, H W pixels, s patches row by row, d width.
#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "core/nn/linear.h"

namespace plumbline::nn {

class ConvStemImpl : public torch::nn::Module {
 public:
  // patchSize: pixels a side, a power of two of at least 2. Throws Error(kUnsupported) for others.
  ConvStemImpl(std::int64_t width, std::int64_t patchSize);
  at::Tensor forward(const at::Tensor& pictures) const;  // b 3 H W in [-1, 1] to b s d

 private:
  torch::nn::ModuleList halvings_, blocks_;  // a block of residual convolutions after some of the halvings
};
TORCH_MODULE(ConvStem);

}  // namespace plumbline::nn
