#include "core/align/region_mask.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "core/types/error.h"
#include "core/types/observation.h"

namespace plumbline {
namespace {

// Clears every connected piece (by sides and corners) of fewer pixels; mask H W, contiguous float.
void dropSmall(const at::Tensor& mask, int smallest) {
  const int height = int(mask.size(0)), width = int(mask.size(1));
  float* pixels = mask.data_ptr<float>();
  std::vector<char> seen(std::size_t(height) * std::size_t(width), 0);
  std::vector<int> piece;
  for (int start = 0; start < height * width; ++start) {
    if (seen[std::size_t(start)] || pixels[start] == 0) continue;
    piece.assign(1, start);
    seen[std::size_t(start)] = 1;
    for (std::size_t next = 0; next < piece.size(); ++next) {
      const int x = piece[next] % width, y = piece[next] / width;
      for (int v = std::max(0, y - 1); v <= std::min(height - 1, y + 1); ++v) {
        for (int u = std::max(0, x - 1); u <= std::min(width - 1, x + 1); ++u) {
          const int at = v * width + u;
          if (seen[std::size_t(at)] || pixels[at] == 0) continue;
          seen[std::size_t(at)] = 1;
          piece.push_back(at);
        }
      }
    }
    if (int(piece.size()) >= smallest) continue;
    for (const int at : piece) pixels[at] = 0;
  }
}

}  // namespace

std::vector<std::int64_t> categoryIndices(const std::string& commaSeparated) {
  std::vector<std::int64_t> indices;
  std::string known;
  for (const char* name : kRegionCategories) known += (known.empty() ? "" : ", ") + std::string(name);
  std::istringstream in(commaSeparated);
  for (std::string name; std::getline(in, name, ',');) {
    const auto* found = std::find(std::begin(kRegionCategories), std::end(kRegionCategories), name);
    if (found == std::end(kRegionCategories)) {
      throw Error(ErrorKind::kInvalidInput, "unknown region category '" + name + "'; known are: " + known);
    }
    indices.push_back(found - std::begin(kRegionCategories));
  }
  if (indices.empty())
    throw Error(ErrorKind::kInvalidInput, "name at least one region category of: " + known);
  return indices;
}

at::Tensor joinCategories(const at::Tensor& map, const std::vector<std::int64_t>& categories) {
  at::Tensor joined;
  for (const std::int64_t k : categories) {
    const at::Tensor one = map.select(1, k);
    joined = joined.defined() ? torch::maximum(joined, one) : one;
  }
  return joined;
}

at::Tensor dilate(const at::Tensor& mask, int pixels) {
  if (pixels <= 0) return mask;
  // A disc as the union of rectangles row by row: for each vertical offset a horizontal run.
  const at::Tensor in = mask.unsqueeze(1);  // b 1 H W
  at::Tensor grown = mask.clone();
  const std::int64_t height = mask.size(1);
  for (int dy = -pixels; dy <= pixels; ++dy) {
    if (std::abs(dy) >= height) continue;
    const int half = int(std::sqrt(double(pixels) * pixels - double(dy) * dy));
    const at::Tensor row = torch::max_pool2d(in, {1, 2 * half + 1}, {1, 1}, {0, half}).squeeze(1);
    const std::int64_t length = height - std::abs(dy);
    at::Tensor target = grown.narrow(1, std::max(0, dy), length);
    target.copy_(torch::maximum(target, row.narrow(1, std::max(0, -dy), length)));
  }
  return grown;
}

at::Tensor maskOf(const at::Tensor& joined, const MaskSettings& settings) {
  torch::NoGradGuard guard;
  at::Tensor mask = (joined > settings.threshold).to(torch::kFloat32).contiguous();
  for (std::int64_t i = 0; i < mask.size(0); ++i) dropSmall(mask[i], settings.smallest);
  return dilate(mask, settings.dilation);
}

at::Tensor meanChange(const at::Tensor& before, const at::Tensor& after, const at::Tensor& weight) {
  const at::Tensor change = (before - after).abs().mean(1) * 127.5;  // b H W
  const at::Tensor area = weight.sum({1, 2});
  return (change * weight).sum({1, 2}) / area.clamp_min(1.0);
}

at::Tensor worstRegionLoss(const at::Tensor& joined) {
  const at::Tensor flat = joined.flatten(1);
  const std::int64_t k = std::max<std::int64_t>(1, flat.size(1) / 100);
  const at::Tensor worst = std::get<0>(flat.topk(k, 1));
  // As near to 1 as float32 can tell: a clamp has no gradient, and the head is surest where there is most to
  // mend.
  return -torch::log1p(-worst.clamp_max(1 - 1e-6)).mean(1);
}

}  // namespace plumbline
