// Masks of what may change, from region probabilities or from people. Training and evaluation share these, so
// that both speak of the same regions. Pure functions. Shapes: b batch, k categories, H W pixels.
#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

namespace plumbline {

struct MaskSettings {
  std::vector<std::int64_t> categories{0, 1};  // indices into kRegionCategories
  double threshold = 0.5;                      // of the region probability
  int dilation = 8;                            // pixels
  int smallest = 24;                           // pieces of fewer pixels before dilation are no region
};

// "unsafe,artifact" to indices. Throws Error(kInvalidInput) that lists the known names.
std::vector<std::int64_t> categoryIndices(const std::string& commaSeparated);

// The largest probability over the categories: map b k H W to b H W.
at::Tensor joinCategories(const at::Tensor& map, const std::vector<std::int64_t>& categories);

// b H W float, 1 where the picture may change; already dilated. joined b H W, on the CPU.
at::Tensor maskOf(const at::Tensor& joined, const MaskSettings& settings);

// mask b H W, grown by a disc of that radius.
at::Tensor dilate(const at::Tensor& mask, int pixels);

// Mean absolute change in 1/255 units over the pixels where weight (b H W) is 1, per picture: b. Pictures b 3
// H W in
// [-1, 1]. A picture without such pixels gives 0.
at::Tensor meanChange(const at::Tensor& before, const at::Tensor& after, const at::Tensor& weight);

// Mean -log(1 - p) over the hundredth of the pixels that look worst, b: differentiable, small where nothing
// is wrong.
at::Tensor worstRegionLoss(const at::Tensor& joined);

}  // namespace plumbline
