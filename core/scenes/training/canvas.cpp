#include "core/scenes/training/canvas.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>

namespace plumbline::training {

Canvas::Canvas(const Picture& picture) : size_(picture.width), values_(picture.rgb.size()) {
  const std::size_t plane = std::size_t(size_) * std::size_t(size_);
  for (std::size_t i = 0; i < plane; ++i) {
    for (std::size_t c = 0; c < 3; ++c) values_[c * plane + i] = picture.rgb[i * 3 + c];
  }
}

void Canvas::blur(int radius) {
  for (int pass = 0; pass < 2; ++pass) {
    for (int c = 0; c < 3; ++c) {
      blurLines(c, radius, true);
      blurLines(c, radius, false);
    }
  }
}

void Canvas::mixWith(const Canvas& other, float share) {
  for (std::size_t i = 0; i < values_.size(); ++i) values_[i] += share * (other.values_[i] - values_[i]);
}

void Canvas::bend(int knots, double strength, scenes::SceneRng& rng) {
  std::vector<std::array<float, 2>> ways(std::size_t(knots) * std::size_t(knots));
  for (auto& way : ways) way = {float(strength * rng.normal()), float(strength * rng.normal())};
  const Canvas before = *this;
  const float step = float(knots - 1) / float(size_);
  for (int y = 0; y < size_; ++y) {
    for (int x = 0; x < size_; ++x) {
      const float column = (float(x) + 0.5F) * step, row = (float(y) + 0.5F) * step;
      const auto i = std::size_t(column), j = std::size_t(row);
      const float u = column - float(i), v = row - float(j);
      std::array<float, 2> to{};
      for (std::size_t k = 0; k < 2; ++k) {
        const auto way = [&](std::size_t a, std::size_t b) { return ways[b * std::size_t(knots) + a][k]; };
        to[k] = (1 - v) * ((1 - u) * way(i, j) + u * way(i + 1, j)) +
                v * ((1 - u) * way(i, j + 1) + u * way(i + 1, j + 1));
      }
      for (int c = 0; c < 3; ++c) at(c, x, y) = before.between(c, float(x) + to[0], float(y) + to[1]);
    }
  }
}

void Canvas::addNoise(float strength, scenes::SceneRng& rng) {
  for (std::size_t i = 0; i < values_.size(); i += 4) {
    std::uint64_t bits = rng.next();
    for (std::size_t k = i; k < std::min(i + 4, values_.size()); ++k, bits >>= 16) {
      // The sum of two bytes: a triangle, near enough to normal.
      values_[k] += strength * (float(bits & 255) + float(bits >> 8 & 255) - 255.0F) / 104.0F;
    }
  }
}

void Canvas::scale(float contrast, float brightness) {
  for (float& v : values_) v = (v - 127.5F) * contrast + 127.5F + brightness;
}

at::Tensor Canvas::tensor() const {
  auto t = torch::tensor(values_).view({3, size_, size_});
  return t.clamp_(0, 255).div_(127.5).sub_(1.0);
}

// Bilinear; beyond the edge is the edge.
float Canvas::between(int channel, float x, float y) const {
  const float last = float(size_ - 1), cx = std::clamp(x, 0.0F, last), cy = std::clamp(y, 0.0F, last);
  const int i = std::min(int(cx), size_ - 2), j = std::min(int(cy), size_ - 2);
  const float u = cx - float(i), v = cy - float(j);
  const float* corner = &values_[place(channel, i, j)];
  return (1 - v) * ((1 - u) * corner[0] + u * corner[1]) +
         v * ((1 - u) * corner[size_] + u * corner[size_ + 1]);
}

void Canvas::blurLines(int channel, int radius, bool alongX) {
  std::vector<float> line(std::size_t(size_), 0.0F);
  for (int a = 0; a < size_; ++a) {
    const auto value = [&](int b) -> float& { return alongX ? at(channel, b, a) : at(channel, a, b); };
    float sum = 0;
    for (int b = -radius; b <= radius; ++b) sum += value(std::clamp(b, 0, size_ - 1));
    for (int b = 0; b < size_; ++b) {
      line[std::size_t(b)] = sum / float(2 * radius + 1);
      sum += value(std::min(b + radius + 1, size_ - 1)) - value(std::max(b - radius, 0));
    }
    for (int b = 0; b < size_; ++b) value(b) = line[std::size_t(b)];
  }
}

}  // namespace plumbline::training
