#include "core/scenes/training/picture_damage.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace plumbline::training {
namespace {

using scenes::SceneRng;

constexpr float kChanged = 12;   // of 255
constexpr float kClearly = 48;   // a change that is no texture
constexpr double kMangled = 70;  // pixels of 128 by 128: about half of the smallest star

struct Block {
  int left, top, width, height;
};

Block drawBlock(int size, SceneRng& rng) {
  const int low = size / 12, high = size * 5 / 16;
  const int width = rng.between(low, high), height = rng.between(low, high);
  return {rng.below(size - width), rng.below(size - height), width, height};
}

void corruptNoise(Canvas& canvas, const Block& b, SceneRng& rng) {
  const double strength = rng.uniform(25, 140);
  const bool grey = rng.chance(0.3);
  for (int y = b.top; y < b.top + b.height; ++y) {
    for (int x = b.left; x < b.left + b.width; ++x) {
      const double shared = rng.uniform(-1, 1);
      for (int c = 0; c < 3; ++c)
        canvas.at(c, x, y) += float(strength * (grey ? shared : rng.uniform(-1, 1)));
    }
  }
}

// Lines of the block hold one colour each, taken from its edge or from a random column.
void corruptSmear(Canvas& canvas, const Block& b, SceneRng& rng) {
  const bool alongX = rng.chance(0.6);
  const int column = rng.below(alongX ? b.width : b.height);
  const float share = float(rng.uniform(0.6, 1.0));
  for (int c = 0; c < 3; ++c) {
    for (int y = b.top; y < b.top + b.height; ++y) {
      for (int x = b.left; x < b.left + b.width; ++x) {
        const float source = alongX ? canvas.at(c, b.left + column, y) : canvas.at(c, x, b.top + column);
        canvas.at(c, x, y) += share * (source - canvas.at(c, x, y));
      }
    }
  }
}

// The block shows another place of the same or another picture.
void corruptPaste(Canvas& canvas, const Block& b, Canvas source, SceneRng& rng) {
  const int dx = rng.below(canvas.size() - b.width), dy = rng.below(canvas.size() - b.height);
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < b.height; ++y) {
      for (int x = 0; x < b.width; ++x) canvas.at(c, b.left + x, b.top + y) = source.at(c, dx + x, dy + y);
    }
  }
}

void corruptBlur(Canvas& canvas, const Block& b, SceneRng& rng) {
  Canvas blurred = canvas;
  blurred.blur(std::max(1, canvas.size() * rng.between(2, 5) / 128));
  for (int c = 0; c < 3; ++c) {
    for (int y = b.top; y < b.top + b.height; ++y) {
      for (int x = b.left; x < b.left + b.width; ++x) canvas.at(c, x, y) = blurred.at(c, x, y);
    }
  }
}

struct Disc {
  double x, y, radius;
};

// Nothing crosses its edge: what is inside is inside as a whole.
bool standsAlone(const Canvas& canvas, const Disc& disc) {
  constexpr int kPoints = 64;
  std::array<float, 3> low{255, 255, 255}, high{};
  for (int i = 0; i < kPoints; ++i) {
    const double angle = 2 * std::numbers::pi * i / kPoints;
    const int u = int(disc.x + disc.radius * std::cos(angle)),
              v = int(disc.y + disc.radius * std::sin(angle));
    if (u < 0 || v < 0 || u >= canvas.size() || v >= canvas.size()) continue;
    for (int c = 0; c < 3; ++c) {
      low[std::size_t(c)] = std::min(low[std::size_t(c)], canvas.at(c, u, v));
      high[std::size_t(c)] = std::max(high[std::size_t(c)], canvas.at(c, u, v));
    }
  }
  return std::max({high[0] - low[0], high[1] - low[1], high[2] - low[2]}) < kClearly;
}

// The canvas with what `torn` has inside the disc; returns how many pixels clearly differ.
int takeInside(Canvas& canvas, const Canvas& torn, const Disc& disc) {
  const double soft = 3 * canvas.size() / 128.0;
  int changed = 0;
  for (int v = 0; v < canvas.size(); ++v) {
    for (int u = 0; u < canvas.size(); ++u) {
      const double inside = std::clamp((disc.radius - std::hypot(u - disc.x, v - disc.y)) / soft, 0.0, 1.0);
      if (inside == 0) continue;
      float most = 0;
      for (int c = 0; c < 3; ++c) {
        const float step = float(inside) * (torn.at(c, u, v) - canvas.at(c, u, v));
        canvas.at(c, u, v) += step;
        most = std::max(most, std::abs(step));
      }
      changed += most > kClearly;
    }
  }
  return changed;
}

// Of each patch, where a channel really changed.
at::Tensor shareChanged(const Canvas& before, const Canvas& after, int patches) {
  auto share = at::zeros({patches, patches});
  auto cells = share.accessor<float, 2>();
  const int side = after.size() / patches;
  for (int y = 0; y < after.size(); ++y) {
    for (int x = 0; x < after.size(); ++x) {
      float change = 0;
      for (int c = 0; c < 3; ++c) change = std::max(change, std::abs(after.at(c, x, y) - before.at(c, x, y)));
      const int row = std::min(y / side, patches - 1), column = std::min(x / side, patches - 1);
      if (change > kChanged) cells[row][column] += 1.0F / float(side * side);
    }
  }
  return share;
}

}  // namespace

at::Tensor corrupt(Canvas& canvas, const Canvas& other, int patches, SceneRng& rng) {
  Canvas before = canvas;
  const Block b = drawBlock(canvas.size(), rng);
  const int kind = rng.below(5);
  if (kind == 0) corruptNoise(canvas, b, rng);
  if (kind == 1) corruptSmear(canvas, b, rng);
  if (kind == 2) corruptPaste(canvas, b, before, rng);
  if (kind == 3) corruptPaste(canvas, b, other, rng);
  if (kind == 4) corruptBlur(canvas, b, rng);
  return shareChanged(before, canvas, patches);
}

void bend(Canvas& canvas, double strength, SceneRng& rng) {
  const bool isLong = rng.chance(0.5);
  canvas.bend(isLong ? 7 : 13, rng.uniform(0.3, isLong ? 3.0 : 1.6) * strength * canvas.size() / 128, rng);
}

bool mangle(Canvas& canvas, SceneRng& rng) {
  const double pixel = canvas.size() / 128.0;
  Canvas torn = canvas;
  torn.bend(rng.between(12, 20), rng.uniform(3, 6) * pixel, rng);
  if (rng.chance(0.5)) torn.blur(1);
  for (int attempt = 0; attempt < 200; ++attempt) {
    const Disc disc{rng.uniform(0, canvas.size()), rng.uniform(0, canvas.size()),
                    rng.uniform(12, 28) * pixel};
    if (!standsAlone(canvas, disc)) continue;
    Canvas result = canvas;
    if (takeInside(result, torn, disc) < kMangled * pixel * pixel) continue;
    canvas = std::move(result);
    return true;
  }
  return false;
}

std::pair<float, float> degrade(Canvas& canvas, SceneRng& rng) {
  float blur = 0, noise = 0;
  if (rng.chance(0.6)) {
    blur = float(rng.uniform());
    Canvas soft = canvas;
    soft.blur(std::max(1, canvas.size() * (blur > 0.6F ? 2 : 1) / 128));
    canvas.mixWith(soft, std::min(1.0F, 0.3F + blur));
  }
  if (rng.chance(0.6)) {
    noise = float(rng.uniform());
    canvas.addNoise(12 * noise, rng);
  }
  canvas.scale(float(rng.uniform(0.92, 1.06)), float(rng.uniform(-8, 8)));
  return {blur, noise};
}

}  // namespace plumbline::training
