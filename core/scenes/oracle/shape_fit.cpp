#include "core/scenes/oracle/shape_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "core/scenes/shapes.h"

namespace plumbline::scenes {
namespace {

constexpr double kDegree = 0.017453292519943295;
constexpr double kDrawnOut = 0.05;  // of the overlap
constexpr double kBetweenSizes =
    0.012;  // of the overlap, for each pixel beyond the first from the nearer size

struct Proportions {
  double area = 1;  // of the shape of width 1
  double down = 0;  // from the box's middle to the centroid, of the shape of width 1
};

const std::array<Proportions, kShapes>& proportions() {
  static const std::array<Proportions, kShapes> kTable = [] {
    std::array<Proportions, kShapes> table;
    for (int s = 0; s < kShapes; ++s) {
      constexpr int kGrid = 160;
      double area = 0, sum = 0;
      for (int j = 0; j < kGrid; ++j) {
        for (int i = 0; i < kGrid; ++i) {
          const float x = float(i + 0.5) / kGrid * 1.2F - 0.6F, y = float(j + 0.5) / kGrid * 1.2F - 0.6F;
          if (shapeDistance(Shape(s), x, y, 1) > 0) continue;
          area += 1;
          sum += y;
        }
      }
      table[std::size_t(s)] = {area * 1.44 / (kGrid * kGrid), sum / area};
    }
    return table;
  }();
  return kTable;
}

// The pixels of a silhouette as points to compare with, thinned where there are many.
class Target {
 public:
  explicit Target(const Silhouette& silhouette) {
    const cv::Mat1b& pixels = silhouette.pixels;
    const int step = pixels.total() > 2000 ? 3 : (pixels.total() > 800 ? 2 : 1);
    double sx = 0, sy = 0;
    for (int y = 0; y < pixels.rows; ++y) {
      for (int x = 0; x < pixels.cols; ++x) {
        const int value = pixels(y, x);
        const float px = float(silhouette.left + x) + 0.5F, py = float(silhouette.top + y) + 0.5F;
        if (value == 1) {
          area += 1;
          sx += px;
          sy += py;
        }
        if (value == 2 || (x + y * (step - 1)) % step != 0) continue;
        points_.push_back({px, py, float(value)});
      }
    }
    if (area > 0) {
      cx = sx / area;
      cy = sy / area;
    }
  }

  double overlap(const ShapeFit& fit) const {
    const float c = float(std::cos(fit.angle)), s = float(std::sin(fit.angle));
    const float across = float(fit.across), fx = float(fit.x), fy = float(fit.y);
    const float radius = across / 2 * reach(fit.shape) + 1;
    float both = 0, either = 0;
    for (const Point& point : points_) {
      const float wx = point.x - fx, wy = point.y - fy;
      float cover = 0;
      if (wx * wx + wy * wy < radius * radius) {
        cover =
            std::clamp(0.5F - shapeDistance(fit.shape, c * wx + s * wy, c * wy - s * wx, across), 0.0F, 1.0F);
      }
      both += std::min(cover, point.in);
      either += std::max(cover, point.in);
    }
    return either > 0 ? double(both) / double(either) : 0;
  }

  double area = 0, cx = 0, cy = 0;

 private:
  struct Point {
    float x, y, in;
  };
  std::vector<Point> points_;
};

// The fit that has the silhouette's area and centroid, at the angle that suits best.
ShapeFit firstFit(const Target& target, Shape shape, double scale) {
  const Proportions& p = proportions()[std::size_t(shape)];
  ShapeFit best;
  best.shape = shape;
  best.overlap = -1;
  for (const double degrees : {0.0, -9.0, 9.0, -16.0, 16.0}) {
    if (shape == Shape::kCircle && degrees != 0) continue;
    ShapeFit fit;
    fit.shape = shape;
    fit.angle = degrees * kDegree;
    fit.across = std::sqrt(target.area / p.area) * scale;
    fit.x = target.cx + std::sin(fit.angle) * p.down * fit.across;
    fit.y = target.cy - std::cos(fit.angle) * p.down * fit.across;
    fit.overlap = target.overlap(fit);
    if (fit.overlap > best.overlap) best = fit;
  }
  return best;
}

// Pattern search over place, width and angle.
void refine(const Target& target, ShapeFit& fit, double step, int rounds) {
  for (int round = 0; round < rounds; ++round, step /= 2) {
    bool moved = true;
    for (int sweep = 0; sweep < 3 && moved; ++sweep) {
      moved = false;
      const int directions = fit.shape == Shape::kCircle ? 6 : 8;
      for (int direction = 0; direction < directions; ++direction) {
        ShapeFit tried = fit;
        const double by = direction % 2 == 0 ? step : -step;
        if (direction < 2)
          tried.x += by;
        else if (direction < 4)
          tried.y += by;
        else if (direction < 6)
          tried.across = std::max(4.0, tried.across + by * 1.4);
        else
          tried.angle = std::clamp(tried.angle + by * 5 * kDegree, -22 * kDegree, 22 * kDegree);
        tried.overlap = target.overlap(tried);
        if (tried.overlap <= fit.overlap + 1e-9) continue;
        fit = tried;
        moved = true;
      }
    }
  }
}

// What a smear draws out of an object, to the right, is an upright rectangle: it fits a square better than
// what is left of the object fits its shape. Few squares stand upright.
bool isDrawnOut(const ShapeFit& fit, const cv::Rect& spoilt) {
  return fit.shape == Shape::kSquare && std::fabs(fit.angle) < 2.5 * kDegree &&
         spoilt.x + spoilt.width / 2.0 < fit.x - 2;
}

// Objects are small or large. Where a part is hidden or spoilt, that tells more than a hair of overlap.
double unlikelySize(const ShapeFit& fit) {
  const double between = std::min(fit.across - kSmallMax, kLargeMin - fit.across) - 1;
  return kBetweenSizes * std::max(between, 0.0);
}

bool better(const ShapeFit& a, const ShapeFit& b) {
  return a.overlap > b.overlap;
}

}  // namespace

ShapeFit fitShape(const Silhouette& silhouette, bool thorough) {
  const Target target(silhouette);
  if (target.area == 0) return {};
  std::vector<ShapeFit> fits;
  for (int s = 0; s < kShapes; ++s) {
    fits.push_back(firstFit(target, Shape(s), 1));
    // What is hidden is missing from the area, so the whole is larger than it looks.
    if (!thorough) continue;
    for (const double scale : {1.2, 1.45}) fits.push_back(firstFit(target, Shape(s), scale));
  }
  std::sort(fits.begin(), fits.end(),
            [](const ShapeFit& a, const ShapeFit& b) { return a.overlap > b.overlap; });
  if (!thorough) fits.resize(3);
  for (ShapeFit& fit : fits) refine(target, fit, thorough ? 3.0 : 1.0, thorough ? 4 : 3);
  const auto value = [&](const ShapeFit& fit) { return fit.overlap - (thorough ? unlikelySize(fit) : 0); };
  return *std::max_element(fits.begin(), fits.end(),
                           [&](const ShapeFit& a, const ShapeFit& b) { return value(a) < value(b); });
}

Silhouette hidden(const Silhouette& silhouette, const cv::Rect& box) {
  Silhouette result{silhouette.left, silhouette.top, silhouette.pixels.clone()};
  const cv::Rect local = cv::Rect(box.x - silhouette.left, box.y - silhouette.top, box.width, box.height) &
                         cv::Rect(0, 0, silhouette.pixels.cols, silhouette.pixels.rows);
  result.pixels(local).setTo(2);
  return result;
}

int mismatch(const Silhouette& silhouette, const ShapeFit& fit) {
  const float c = float(std::cos(fit.angle)), s = float(std::sin(fit.angle));
  cv::Mat1b wrong(silhouette.pixels.size(), std::uint8_t(0));
  for (int y = 0; y < wrong.rows; ++y) {
    for (int x = 0; x < wrong.cols; ++x) {
      const int value = silhouette.pixels(y, x);
      if (value == 2) continue;
      const float wx = float(silhouette.left + x + 0.5 - fit.x), wy = float(silhouette.top + y + 0.5 - fit.y);
      const float d = shapeDistance(fit.shape, c * wx + s * wy, c * wy - s * wx, float(fit.across));
      wrong(y, x) = std::fabs(d) > 0.7F && (d < 0) != (value == 1);
    }
  }
  int count = 0;
  for (int y = 0; y + 1 < wrong.rows; ++y) {
    for (int x = 0; x + 1 < wrong.cols; ++x) {
      count += wrong(y, x) & wrong(y + 1, x) & wrong(y, x + 1) & wrong(y + 1, x + 1);
    }
  }
  return count;
}

ShapeFit fitSpoiltShape(const Silhouette& silhouette, const ShapeFit& whole) {
  const Target target(silhouette);
  std::vector<ShapeFit> starts;
  for (int s = 0; s < kShapes; ++s) {
    ShapeFit fit = firstFit(target, Shape(s), 0.92);
    refine(target, fit, 2.0, 2);
    starts.push_back(fit);
  }
  const cv::Rect box = cv::boundingRect(silhouette.pixels == 1) + cv::Point(silhouette.left, silhouette.top);
  std::vector<cv::Rect> parts;
  for (const double share : {0.3, 0.45}) {
    const int w = int(std::lround(box.width * share)) + 1, h = int(std::lround(box.height * share)) + 1;
    parts.emplace_back(box.x - 1, box.y - 1, w, box.height + 2);
    parts.emplace_back(box.br().x - w + 1, box.y - 1, w, box.height + 2);
    parts.emplace_back(box.x - 1, box.y - 1, box.width + 2, h);
    parts.emplace_back(box.x - 1, box.br().y - h + 1, box.width + 2, h);
  }
  const int w = box.width / 2 + 1, h = box.height / 2 + 1;
  for (int corner = 0; corner < 4; ++corner) {
    parts.emplace_back(corner % 2 == 0 ? box.x - 1 : box.br().x - w + 1,
                       corner < 2 ? box.y - 1 : box.br().y - h + 1, w, h);
  }
  ShapeFit best = whole;
  double bestValue = whole.overlap + 0.015 - unlikelySize(whole);
  for (const cv::Rect& part : parts) {
    const Target rest(hidden(silhouette, part));
    if (rest.area < 30) continue;
    std::vector<ShapeFit> tries = starts;
    for (ShapeFit& fit : tries) fit.overlap = rest.overlap(fit);
    for (int s = 0; s < kShapes; ++s) tries.push_back(firstFit(rest, Shape(s), 1.1));
    std::sort(tries.begin(), tries.end(), better);
    for (std::size_t k = 0; k < 4; ++k) {
      ShapeFit fit = tries[k];
      refine(rest, fit, 2.0, 2);
      const double value = fit.overlap - 0.1 * (1 - rest.area / target.area) -
                           (isDrawnOut(fit, part) ? kDrawnOut : 0) - unlikelySize(fit);
      if (value <= bestValue || fit.across > 46) continue;
      best = fit;
      bestValue = value;
    }
  }
  return best;
}

}  // namespace plumbline::scenes
