// A picture to be damaged: pixels as floats in [0, 255], three planes, and what bends, blurs and dulls all of
// them. Owned by one thread at a time.
#pragma once

#include <torch/types.h>

#include <vector>

#include "core/scenes/scene_rng.h"
#include "core/types/picture.h"

namespace plumbline::training {

class Canvas {
 public:
  explicit Canvas(const Picture& picture);  // square

  float& at(int channel, int x, int y) { return values_[place(channel, x, y)]; }
  float at(int channel, int x, int y) const { return values_[place(channel, x, y)]; }
  int size() const { return size_; }

  void blur(int radius);  // twice a box of the given radius in pixels: close to a Gaussian
  void mixWith(const Canvas& other, float share);
  // Every pixel comes from some pixels beside it, smoothly: knots a side (at least 2), deviation of the way
  // in pixels.
  void bend(int knots, double strength, scenes::SceneRng& rng);
  void addNoise(float strength, scenes::SceneRng& rng);
  void scale(float contrast, float brightness);

  at::Tensor tensor() const;  // 3 H W in [-1, 1]

 private:
  std::size_t place(int channel, int x, int y) const {
    return (std::size_t(channel) * std::size_t(size_) + std::size_t(y)) * std::size_t(size_) + std::size_t(x);
  }
  float between(int channel, float x, float y) const;
  void blurLines(int channel, int radius, bool alongX);

  int size_;
  std::vector<float> values_;
};

}  // namespace plumbline::training
