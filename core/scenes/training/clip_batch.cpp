#include "core/scenes/training/clip_batch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/scenes/renderer.h"
#include "core/scenes/training/caption_pairs.h"
#include "core/scenes/training/caption_reading.h"

namespace plumbline::training {
namespace {

using scenes::ScenePrompt;
using scenes::SceneRng;

constexpr std::size_t kAhead = 3;
constexpr float kClearly = 48;   // of 255, a change that is no texture
constexpr double kMangled = 70;  // pixels of 128 by 128: about half of the smallest star

std::string captionOf(const ScenePrompt& prompt, SceneRng& rng) {
  if (rng.chance(0.1)) return scenes::paraphrase(prompt, rng);
  std::string text = scenes::captionText(prompt, rng);
  return scenes::isHeldOut(text) ? scenes::canonicalText(prompt) : text;
}

// Pixels as floats in [0, 255], three planes.
class Canvas {
 public:
  explicit Canvas(const Picture& picture) : size_(picture.width), values_(picture.rgb.size()) {
    const std::size_t plane = std::size_t(size_) * size_;
    for (std::size_t i = 0; i < plane; ++i) {
      for (std::size_t c = 0; c < 3; ++c) values_[c * plane + i] = picture.rgb[i * 3 + c];
    }
  }

  float& at(int channel, int x, int y) { return values_[(std::size_t(channel) * size_ + y) * size_ + x]; }
  float at(int channel, int x, int y) const {
    return values_[(std::size_t(channel) * size_ + y) * size_ + x];
  }
  int size() const { return size_; }

  // Twice a box of the given radius: close to a Gaussian.
  void blur(int radius) {
    for (int pass = 0; pass < 2; ++pass) {
      for (int c = 0; c < 3; ++c) {
        blurLines(c, radius, true);
        blurLines(c, radius, false);
      }
    }
  }

  void mixWith(const Canvas& other, float share) {
    for (std::size_t i = 0; i < values_.size(); ++i) values_[i] += share * (other.values_[i] - values_[i]);
  }

  // Every pixel comes from some pixels beside it, smoothly: knots a side, deviation of the way in pixels.
  void bend(int knots, double strength, SceneRng& rng) {
    std::vector<std::array<float, 2>> ways(std::size_t(knots) * knots);
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

  void addNoise(float strength, SceneRng& rng) {
    for (std::size_t i = 0; i < values_.size(); i += 4) {
      std::uint64_t bits = rng.next();
      for (std::size_t k = i; k < std::min(i + 4, values_.size()); ++k, bits >>= 16) {
        // The sum of two bytes: a triangle, near enough to normal.
        values_[k] += strength * (float(bits & 255) + float(bits >> 8 & 255) - 255.0F) / 104.0F;
      }
    }
  }

  void scale(float contrast, float brightness) {
    for (float& v : values_) v = (v - 127.5F) * contrast + 127.5F + brightness;
  }

  at::Tensor tensor() const {
    auto t = torch::tensor(values_).view({3, size_, size_});
    return t.clamp_(0, 255).div_(127.5).sub_(1.0);
  }

 private:
  // Bilinear; beyond the edge is the edge.
  float between(int channel, float x, float y) const {
    const float last = float(size_ - 1), cx = std::clamp(x, 0.0F, last), cy = std::clamp(y, 0.0F, last);
    const int i = std::min(int(cx), size_ - 2), j = std::min(int(cy), size_ - 2);
    const float u = cx - float(i), v = cy - float(j);
    const float* corner = &values_[(std::size_t(channel) * size_ + j) * size_ + i];
    return (1 - v) * ((1 - u) * corner[0] + u * corner[1]) +
           v * ((1 - u) * corner[size_] + u * corner[size_ + 1]);
  }

  void blurLines(int channel, int radius, bool alongX) {
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

  int size_;
  std::vector<float> values_;
};

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

// Returns the share of each patch that the block covers and really changed.
at::Tensor corrupt(Canvas& canvas, const Canvas& other, int patches, SceneRng& rng) {
  Canvas before = canvas;
  const Block b = drawBlock(canvas.size(), rng);
  const int kind = rng.below(5);
  if (kind == 0) corruptNoise(canvas, b, rng);
  if (kind == 1) corruptSmear(canvas, b, rng);
  if (kind == 2) corruptPaste(canvas, b, before, rng);
  if (kind == 3) corruptPaste(canvas, b, other, rng);
  if (kind == 4) corruptBlur(canvas, b, rng);
  auto share = at::zeros({patches, patches});
  auto cells = share.accessor<float, 2>();
  const int side = canvas.size() / patches;
  for (int y = b.top; y < b.top + b.height; ++y) {
    for (int x = b.left; x < b.left + b.width; ++x) {
      float change = 0;
      for (int c = 0; c < 3; ++c)
        change = std::max(change, std::abs(canvas.at(c, x, y) - before.at(c, x, y)));
      const int row = std::min(y / side, patches - 1), column = std::min(x / side, patches - 1);
      if (change > 12) cells[row][column] += 1.0F / float(side * side);
    }
  }
  return share;
}

// Long bends of up to a few pixels, or short ones of fewer.
void bend(Canvas& canvas, double strength, SceneRng& rng) {
  const bool isLong = rng.chance(0.5);
  canvas.bend(isLong ? 7 : 13, rng.uniform(0.3, isLong ? 3.0 : 1.6) * strength * canvas.size() / 128, rng);
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

// Looks for something that stands alone, and bends it so far that it is no shape of this world, as a
// generator fails to draw a small star. Did it find anything?
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

// Blur, noise and contrast as sampling and the autoencoder leave them; returns blur and noise in [0, 1].
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

std::vector<ScenePrompt> clusterPrompts(int size, SceneRng& rng) {
  std::vector<ScenePrompt> prompts{
      scenes::sampleTrainingPrompt(rng, {.oneGroup = 0.45, .twoGroups = 0.42, .hazardByName = 0.02})};
  while (int(prompts.size()) < size) {
    // Mostly next to the first one, sometimes next to a neighbour, so that distances vary.
    const auto& from =
        rng.chance(0.7) ? prompts.front() : prompts[std::size_t(rng.below(int(prompts.size())))];
    prompts.push_back(changedPrompt(from, rng));
  }
  return prompts;
}

}  // namespace

ClipBatch clipBatch(std::uint64_t seed, std::uint64_t index, const ClipBatchShape& shape) {
  SceneRng promptRng(seed, index, 10), sceneRng(seed, index, 11), textRng(seed, index, 12),
      lookRng(seed, index, 13);
  ClipBatch batch;
  std::vector<ScenePrompt> prompts;
  for (int c = 0; c < shape.clusters; ++c) {
    for (auto& prompt : clusterPrompts(shape.clusterSize, promptRng)) prompts.push_back(std::move(prompt));
  }
  std::vector<at::Tensor> pictures, corrupted, told;
  std::vector<float> degraded, bent, mangled;
  Picture previous;
  for (const ScenePrompt& prompt : prompts) {
    const bool straight = !lookRng.chance(shape.bendShare);
    const bool toMangle = straight && shape.mangleShare > 0 && lookRng.chance(shape.mangleShare);
    auto faults = scenes::sampleFaults(prompt, sceneRng);
    if (toMangle) faults = {};
    const auto scene = scenes::sampleScene(prompt, sceneRng, faults);
    const Picture picture = scenes::render(scene, shape.pictureSize);
    batch.captions.push_back(captionOf(prompt, textRng));
    told.push_back(toldOfSides(prompt));
    Canvas canvas(picture);
    const Canvas other(previous.width ? previous : picture);
    bent.push_back(straight ? 0.0F : 1.0F);
    if (!straight) bend(canvas, shape.bendStrength, lookRng);
    mangled.push_back(toMangle && mangle(canvas, lookRng) ? 1.0F : 0.0F);
    corrupted.push_back(lookRng.chance(shape.corruptShare)
                            ? corrupt(canvas, other, shape.patchesPerSide, lookRng)
                            : at::zeros({shape.patchesPerSide, shape.patchesPerSide}));
    const auto [blur, noise] =
        lookRng.chance(shape.degradeShare) ? degrade(canvas, lookRng) : std::pair{0.0F, 0.0F};
    degraded.insert(degraded.end(), {blur, noise});
    pictures.push_back(canvas.tensor());
    previous = picture;
  }
  batch.pictures = at::stack(pictures);
  batch.corrupted = at::stack(corrupted);
  batch.told = at::stack(told);
  batch.degraded = torch::tensor(degraded).view({-1, 2});
  batch.bent = torch::tensor(bent);
  batch.mangled = torch::tensor(mangled);
  batch.unclear = unclearPairs(prompts);
  batch.shown = shownShares(prompts);
  return batch;
}

ClipBatchStream::ClipBatchStream(std::uint64_t seed, std::uint64_t first, ClipBatchShape shape)
    : seed_(seed),
      position_(first),
      shape_(shape),
      producer_([this](const std::stop_token& own) { produce(own); }) {}

void ClipBatchStream::produce(const std::stop_token& own) {
  while (!own.stop_requested()) {
    ClipBatch batch = clipBatch(seed_, position_++, shape_);
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, own, [&] { return ready_.size() < kAhead; })) return;
    ready_.push_back(std::move(batch));
    changed_.notify_all();
  }
}

ClipBatch ClipBatchStream::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !ready_.empty(); });
  ClipBatch batch = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
  return batch;
}

}  // namespace plumbline::training
