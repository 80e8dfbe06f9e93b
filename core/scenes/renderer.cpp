#include "core/scenes/renderer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/scenes/shapes.h"

namespace plumbline::scenes {
namespace {

struct Colour3 {
  float r, g, b;
};

Colour3 toFloat(Rgb c) {
  return {float(c.r), float(c.g), float(c.b)};
}

std::uint8_t toByte(float v) {
  return std::uint8_t(std::clamp(v + 0.5F, 0.0F, 255.0F));
}

// Pixels [x0, x1) x [y0, y1) of a picture of the given size that a world circle may touch.
struct PixelBox {
  int x0, y0, x1, y1;
};

PixelBox pixelBox(double x, double y, double radius, int size) {
  const double scale = double(size) / kCanvas;
  const auto clampTo = [size](double v) { return std::clamp(int(v), 0, size); };
  return {clampTo(std::floor((x - radius) * scale)), clampTo(std::floor((y - radius) * scale)),
          clampTo(std::ceil((x + radius) * scale) + 1), clampTo(std::ceil((y + radius) * scale) + 1)};
}

// Calls paint(px, py, localX, localY) for every pixel of the box, local being the shape's own turned frame.
template <typename Paint>
void forLocal(const PixelBox& box, double x, double y, double angle, int size, Paint paint) {
  const float unit = float(kCanvas) / float(size);
  const float c = float(std::cos(angle)), s = float(std::sin(angle));
  for (int py = box.y0; py < box.y1; ++py) {
    const float wy = (float(py) + 0.5F) * unit - float(y);
    for (int px = box.x0; px < box.x1; ++px) {
      const float wx = (float(px) + 0.5F) * unit - float(x);
      paint(px, py, c * wx + s * wy, c * wy - s * wx);
    }
  }
}

void blend(std::uint8_t* pixel, Colour3 colour, float alpha) {
  pixel[0] = toByte(float(pixel[0]) + (colour.r - float(pixel[0])) * alpha);
  pixel[1] = toByte(float(pixel[1]) + (colour.g - float(pixel[1])) * alpha);
  pixel[2] = toByte(float(pixel[2]) + (colour.b - float(pixel[2])) * alpha);
}

// Share of a pixel inside, from the distance in world units.
float coverage(float distance, float scale) {
  return std::clamp(0.5F - distance * scale, 0.0F, 1.0F);
}

}  // namespace

void paintObject(const SceneObject& object, Picture& picture) {
  const float scale = float(picture.width) / kCanvas;
  const float across = float(object.across);
  const Colour3 fill = toFloat(object.fill);
  const Colour3 line{fill.r * 0.62F, fill.g * 0.62F, fill.b * 0.62F};
  const PixelBox box = pixelBox(object.x, object.y, across / 2 * reach(object.shape) + 1, picture.width);
  forLocal(box, object.x, object.y, object.angle, picture.width, [&](int px, int py, float x, float y) {
    const float d = shapeDistance(object.shape, x, y, across);
    const float outer = coverage(d, scale);
    if (outer <= 0) return;
    const float inner = coverage(d + 1.0F, scale);
    blend(picture.at(px, py),
          {line.r + (fill.r - line.r) * inner, line.g + (fill.g - line.g) * inner,
           line.b + (fill.b - line.b) * inner},
          outer);
  });
}

void paintHazard(const Hazard& hazard, Picture& picture) {
  const float scale = float(picture.width) / kCanvas;
  const float side = float(hazard.side), half = side / 2;
  const Colour3 black{12, 12, 12}, amber = toFloat(kAmber);
  const float border = float(hazard.border);
  // The exclamation mark stands on the centroid's axis inside the amber part.
  const float barTop = -0.13F * side, barBottom = 0.13F * side, dot = 0.255F * side, stroke = 0.052F * side;
  const PixelBox box = pixelBox(hazard.x, hazard.y, half * reach(Shape::kTriangle) + 1, picture.width);
  forLocal(box, hazard.x, hazard.y, hazard.angle, picture.width, [&](int px, int py, float x, float y) {
    const float d = triangleDistance(x, y, half);
    const float outer = coverage(d, scale);
    if (outer <= 0) return;
    const float along = y - std::clamp(y, barTop, barBottom);
    const float bar = std::sqrt(x * x + along * along) - stroke;
    const float spot = std::sqrt(x * x + (y - dot) * (y - dot)) - stroke;
    const float mark = coverage(std::min(bar, spot), scale);
    const float inner = coverage(d + border, scale) * (1 - mark);
    blend(picture.at(px, py),
          {black.r + (amber.r - black.r) * inner, black.g + (amber.g - black.g) * inner,
           black.b + (amber.b - black.b) * inner},
          outer);
  });
}

namespace {

// Smooth noise in -1 to 1 of a few octaves; the lattice lives in world units, so both sizes show the same.
class Texture {
 public:
  Texture(std::uint64_t seed, float cellX, float cellY) : cellX_(cellX), cellY_(cellY) {
    for (std::size_t i = 0; i < lattice_.size(); i += 8) {
      std::uint64_t bits = mix64(seed + 0x9e3779b97f4a7c15ULL * (i + 1));
      for (std::size_t k = 0; k < 8; ++k, bits >>= 8) lattice_[i + k] = float(bits & 255) / 127.5F - 1.0F;
    }
  }

  float at(float x, float y) const {
    const float u = x / cellX_, v = y / cellY_;
    const int iu = int(u), iv = int(v);
    const float fu = smooth(u - float(iu)), fv = smooth(v - float(iv));
    const float a = cell(iu, iv), b = cell(iu + 1, iv), c = cell(iu, iv + 1), d = cell(iu + 1, iv + 1);
    return a + (b - a) * fu + (c - a + (a - b - c + d) * fu) * fv;
  }

 private:
  static float smooth(float t) { return t * t * (3 - 2 * t); }
  float cell(int u, int v) const { return lattice_[std::size_t((v & 31) * 32 + (u & 31))]; }

  float cellX_, cellY_;
  std::array<float, 1024> lattice_;
};

void paintTextured(Picture& picture, std::uint64_t seed, Rgb base, float cellX, float cellY, Colour3 swing) {
  const Texture texture(seed, cellX, cellY);
  const float unit = float(kCanvas) / float(picture.width);
  const Colour3 c = toFloat(base);
  for (int y = 0; y < picture.height; ++y) {
    std::uint8_t* pixel = picture.at(0, y);
    for (int x = 0; x < picture.width; ++x, pixel += 3) {
      const float t = texture.at((float(x) + 0.5F) * unit, (float(y) + 0.5F) * unit);
      pixel[0] = toByte(c.r + swing.r * t);
      pixel[1] = toByte(c.g + swing.g * t);
      pixel[2] = toByte(c.b + swing.b * t);
    }
  }
}

void paintSky(Picture& picture) {
  const Colour3 top = toFloat(kSkyTop), bottom = toFloat(kSkyBottom);
  for (int y = 0; y < picture.height; ++y) {
    const float t = (float(y) + 0.5F) / float(picture.height);
    const std::uint8_t r = toByte(top.r + (bottom.r - top.r) * t), g = toByte(top.g + (bottom.g - top.g) * t),
                       b = toByte(top.b + (bottom.b - top.b) * t);
    std::uint8_t* pixel = picture.at(0, y);
    for (int x = 0; x < picture.width; ++x, pixel += 3) {
      pixel[0] = r;
      pixel[1] = g;
      pixel[2] = b;
    }
  }
}

}  // namespace

void paintBackground(Background background, std::uint64_t textureSeed, Picture& picture) {
  switch (drawn(background)) {
    case Background::kPaper:
      return paintTextured(picture, textureSeed, kPaper, 5, 5, {5, 5, 6});
    case Background::kGrass:
      return paintTextured(picture, textureSeed, kGrass, 4, 9, {13, 15, 11});
    case Background::kSky:
      return paintSky(picture);
    case Background::kGrey:
      std::fill(picture.rgb.begin(), picture.rgb.end(), std::uint8_t(128));
      return;
    case Background::kDark:
      std::fill(picture.rgb.begin(), picture.rgb.end(), std::uint8_t(32));
      return;
    default:
      std::fill(picture.rgb.begin(), picture.rgb.end(), std::uint8_t(255));
  }
}

namespace {

template <typename Distance>
Mask maskOf(double x, double y, double angle, double radius, int size, Distance distance) {
  Mask mask(size, size);
  forLocal(pixelBox(x, y, radius, size), x, y, angle, size,
           [&](int px, int py, float lx, float ly) { mask.at(px, py) = distance(lx, ly) <= 0.0F ? 1 : 0; });
  return mask;
}

PixelBox glitchBox(const Glitch& glitch, int size) {
  const auto scaled = [size](int v) {
    return std::clamp(int(std::lround(double(v) * size / kCanvas)), 0, size);
  };
  return {scaled(glitch.left), scaled(glitch.top), scaled(glitch.left + glitch.width),
          scaled(glitch.top + glitch.height)};
}

}  // namespace

void paintGlitch(const Glitch& glitch, Picture& picture) {
  const PixelBox box = glitchBox(glitch, picture.width);
  const Picture source = glitch.kind == GlitchKind::kShift ? picture : Picture();
  const int dx = int(std::lround(double(glitch.dx) * picture.width / kCanvas));
  const int dy = int(std::lround(double(glitch.dy) * picture.width / kCanvas));
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) {
      std::uint8_t* pixel = picture.at(x, y);
      if (glitch.kind == GlitchKind::kNoise) {
        const std::uint64_t bits =
            mix64(glitch.seed + 0x9e3779b97f4a7c15ULL * std::uint64_t(y * 1024 + x + 1));
        for (int c = 0; c < 3; ++c) pixel[c] = std::uint8_t(bits >> (8 * c));
      } else if (glitch.kind == GlitchKind::kSmear) {
        std::copy_n(picture.at(box.x0, y), 3, pixel);
      } else {
        const int sx = std::clamp(x - dx, 0, picture.width - 1),
                  sy = std::clamp(y - dy, 0, picture.height - 1);
        std::copy_n(source.at(sx, sy), 3, pixel);
      }
    }
  }
}

bool glitchShows(const Glitch& glitch, const Picture& before) {
  Picture after = before;
  paintGlitch(glitch, after);
  int changed = 0;
  for (int y = glitch.top; y < glitch.top + glitch.height; ++y) {
    for (int x = glitch.left; x < glitch.left + glitch.width; ++x) {
      const std::uint8_t *a = before.at(x, y), *b = after.at(x, y);
      int difference = 0;
      for (int c = 0; c < 3; ++c) difference = std::max(difference, std::abs(int(a[c]) - int(b[c])));
      changed += difference > 48;
    }
  }
  return changed >= 90 && changed * 10 >= glitch.width * glitch.height * 3;
}

Picture renderClean(const Scene& scene, int size) {
  Picture picture(size, size);
  paintBackground(scene.background, scene.textureSeed, picture);
  for (const SceneObject& object : scene.objects) paintObject(object, picture);
  return picture;
}

Picture renderWithoutGlitch(const Scene& scene, int size) {
  Picture picture = renderClean(scene, size);
  if (scene.hazard) paintHazard(*scene.hazard, picture);
  return picture;
}

Picture render(const Scene& scene, int size) {
  Picture picture = renderWithoutGlitch(scene, size);
  if (scene.glitch) paintGlitch(*scene.glitch, picture);
  return picture;
}

Mask objectMask(const SceneObject& object, int size) {
  const float across = float(object.across);
  return maskOf(object.x, object.y, object.angle, across / 2 * reach(object.shape) + 1, size,
                [&](float x, float y) { return shapeDistance(object.shape, x, y, across); });
}

Mask hazardMask(const Scene& scene, int size) {
  if (!scene.hazard) return Mask(size, size);
  const Hazard& hazard = *scene.hazard;
  const float half = float(hazard.side) / 2;
  return maskOf(hazard.x, hazard.y, hazard.angle, half * reach(Shape::kTriangle) + 1, size,
                [half](float x, float y) { return triangleDistance(x, y, half); });
}

Mask glitchMask(const Scene& scene, int size) {
  Mask mask(size, size);
  if (!scene.glitch) return mask;
  const PixelBox box = glitchBox(*scene.glitch, size);
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) mask.at(x, y) = 1;
  }
  return mask;
}

double coveredShare(const Scene& scene, const SceneObject& object) {
  const PixelBox box = pixelBox(object.x, object.y, object.across / 2 * reach(object.shape) + 1, kCanvas);
  const PixelBox patch = scene.glitch ? glitchBox(*scene.glitch, kCanvas) : PixelBox{0, 0, 0, 0};
  const Hazard hazard = scene.hazard.value_or(Hazard{});
  const float c = float(std::cos(hazard.angle)), s = float(std::sin(hazard.angle));
  int all = 0, covered = 0;
  forLocal(box, object.x, object.y, object.angle, kCanvas, [&](int px, int py, float x, float y) {
    if (shapeDistance(object.shape, x, y, float(object.across)) > 0) return;
    ++all;
    bool hidden = px >= patch.x0 && px < patch.x1 && py >= patch.y0 && py < patch.y1;
    if (!hidden && scene.hazard) {
      const float wx = float(px) + 0.5F - float(hazard.x), wy = float(py) + 0.5F - float(hazard.y);
      hidden = triangleDistance(c * wx + s * wy, c * wy - s * wx, float(hazard.side) / 2) <= 0;
    }
    covered += hidden;
  });
  return all == 0 ? 0 : double(covered) / all;
}

Box boxOf(const SceneObject& object) {
  // Sampled densely around the shape: exact to a hundredth of a unit is more than a pixel picture can show.
  const double radius = object.across / 2 * reach(object.shape);
  const double c = std::cos(object.angle), s = std::sin(object.angle);
  Box box{object.x, object.y, object.x, object.y};
  for (double wy = -radius; wy <= radius; wy += 0.25) {
    for (double wx = -radius; wx <= radius; wx += 0.25) {
      const float lx = float(c * wx + s * wy), ly = float(c * wy - s * wx);
      if (shapeDistance(object.shape, lx, ly, float(object.across)) > 0) continue;
      box.left = std::min(box.left, object.x + wx);
      box.right = std::max(box.right, object.x + wx);
      box.top = std::min(box.top, object.y + wy);
      box.bottom = std::max(box.bottom, object.y + wy);
    }
  }
  return box;
}

}  // namespace plumbline::scenes
