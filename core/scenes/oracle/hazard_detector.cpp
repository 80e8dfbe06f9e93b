#include "core/scenes/oracle/hazard_detector.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/scenes/shapes.h"

namespace plumbline::scenes {
namespace {

constexpr double kDegree = 0.017453292519943295;

// Where to look on an emblem of side 1, by part. Borders are kept apart by side, for the weakest one decides.
struct Probe {
  std::vector<cv::Point2f> amber, mark;
  std::array<std::vector<cv::Point2f>, 3> border;
};

const Probe& probe() {
  static const Probe kProbe = [] {
    Probe p;
    constexpr float kStep = 0.045F, kBorder = 0.11F;
    for (float y = -0.45F; y < 0.45F; y += kStep) {
      for (float x = -0.5F; x < 0.51F; x += kStep) {
        const float d = triangleDistance(x, y, 0.5F);
        const float along = y - std::clamp(y, -0.13F, 0.13F);
        const float mark = std::min(std::hypot(x, along), std::hypot(x, y - 0.255F)) - 0.052F;
        if (d > -kBorder - 0.045F || mark < 0.05F) continue;
        p.amber.emplace_back(x, y);
      }
    }
    for (float y = -0.13F; y < 0.14F; y += 0.05F) p.mark.emplace_back(0.0F, y);
    p.mark.emplace_back(0.0F, 0.255F);
    // The middle line of the border, corners left out.
    constexpr float k = 1.7320508F;
    for (float t = 0.15F; t < 0.86F; t += 0.07F) {
      const float in = 0.05F;
      p.border[0].emplace_back(t - 0.5F, k / 4 - in);
      const float sx = (1 - t) * 0.5F, sy = k / 4 - t * k / 2;
      p.border[1].emplace_back(sx - in * k / 2, sy + in / 2);
      p.border[2].emplace_back(-sx + in * k / 2, sy + in / 2);
    }
    return p;
  }();
  return kProbe;
}

float sampleAt(const cv::Mat1f& map, float x, float y) {
  x = std::clamp(x - 0.5F, 0.0F, float(map.cols) - 1.001F);
  y = std::clamp(y - 0.5F, 0.0F, float(map.rows) - 1.001F);
  const int ix = int(x), iy = int(y);
  const float fx = x - float(ix), fy = y - float(iy);
  const float* a = map[iy] + ix;
  const float* b = map[iy + 1] + ix;
  return (a[0] + (a[1] - a[0]) * fx) * (1 - fy) + (b[0] + (b[1] - b[0]) * fx) * fy;
}

float meanAt(const cv::Mat1f& map, const std::vector<cv::Point2f>& points, const Hazard& h, float c,
             float s) {
  float sum = 0;
  for (const cv::Point2f& p : points) {
    sum += sampleAt(map, float(h.x) + (c * p.x - s * p.y) * float(h.side),
                    float(h.y) + (s * p.x + c * p.y) * float(h.side));
  }
  return sum / float(points.size());
}

// map: 1 amber, -1 black, 0 neither.
// The contrast of the parts of an emblem there: cheap, for the coarse search.
double contrastAt(const cv::Mat1f& map, const Hazard& h) {
  const float c = float(std::cos(h.angle)), s = float(std::sin(h.angle));
  const float amber = meanAt(map, probe().amber, h, c, s);
  if (amber < 0.15F) return 0;
  float worst = -1, sum = 0;
  for (const auto& side : probe().border) {
    const float mean = meanAt(map, side, h, c, s);
    worst = std::max(worst, mean);
    sum += mean / 3;
  }
  const float mark = meanAt(map, probe().mark, h, c, s);
  const float border = (amber - (sum + worst) / 2) / 1.6F, inside = (amber - mark) / 1.2F;
  return double(border) + double(inside);
}

// How much darker the exclamation mark is than the amber around it: what tells an emblem from a plain
// triangle on dark ground.
double markContrast(const cv::Mat1f& map, const Hazard& h) {
  const float c = float(std::cos(h.angle)), s = float(std::sin(h.angle));
  return double(meanAt(map, probe().amber, h, c, s) - meanAt(map, probe().mark, h, c, s));
}

// How well the map follows an ideal emblem, pixel by pixel: correlation, reduced where the contrast is faint.
double likeness(const cv::Mat1f& map, const Hazard& h) {
  const float c = float(std::cos(h.angle)), s = float(std::sin(h.angle)), side = float(h.side);
  const int r = int(side * 0.67F) + 1;
  const int x0 = std::max(int(h.x) - r, 0), x1 = std::min(int(h.x) + r, map.cols);
  const int y0 = std::max(int(h.y) - r, 0), y1 = std::min(int(h.y) + r, map.rows);
  double n = 0, se = 0, sm = 0, see = 0, smm = 0, sem = 0;
  for (int py = y0; py < y1; ++py) {
    for (int px = x0; px < x1; ++px) {
      const float wx = float(px) + 0.5F - float(h.x), wy = float(py) + 0.5F - float(h.y);
      const float x = c * wx + s * wy, y = c * wy - s * wx;
      const float d = triangleDistance(x, y, side / 2);
      if (d > 0) continue;
      const float along = y - std::clamp(y, -0.13F * side, 0.13F * side);
      const float below = y - 0.255F * side;
      const float mark = std::sqrt(x * x + std::min(along * along, below * below)) - 0.052F * side;
      const float amber =
          std::clamp(0.5F - d - float(h.border), 0.0F, 1.0F) * std::clamp(0.5F + mark, 0.0F, 1.0F);
      const double e = double(2 * amber - 1), m = double(map(py, px));
      n += 1;
      se += e;
      sm += m;
      see += e * e;
      smm += m * m;
      sem += e * m;
    }
  }
  if (n < 60) return 0;
  const double ve = see - se * se / n, vm = smm - sm * sm / n, cov = sem - se * sm / n;
  if (ve < 1e-6 || vm < 1e-6 || cov <= 0) return 0;
  return cov / std::sqrt(ve * vm) * std::min(1.0, cov / ve / 0.35);
}

// On black ground any amber thing with a dark notch has the borders of an emblem, so more likeness is asked
// there.
bool onBlack(const cv::Mat1f& map, const Hazard& h) {
  const float c = float(std::cos(h.angle)), s = float(std::sin(h.angle));
  const int r = int(h.side * 0.75) + 4;
  float sum = 0, n = 0;
  for (int py = std::max(int(h.y) - r, 0); py < std::min(int(h.y) + r, map.rows); ++py) {
    for (int px = std::max(int(h.x) - r, 0); px < std::min(int(h.x) + r, map.cols); ++px) {
      const float wx = float(px) + 0.5F - float(h.x), wy = float(py) + 0.5F - float(h.y);
      const float d = triangleDistance(c * wx + s * wy, c * wy - s * wx, float(h.side) / 2);
      if (d < 1.5F || d > 4.5F) continue;
      sum += map(py, px);
      n += 1;
    }
  }
  return n > 0 && sum / n < -0.4F;
}

cv::Mat1f emblemMap(const cv::Mat3f& lab) {
  cv::Mat1f map(lab.size());
  for (int y = 0; y < lab.rows; ++y) {
    for (int x = 0; x < lab.cols; ++x) {
      const Lab& v = lab(y, x);
      const float chroma = std::hypot(v[1], v[2]);
      // By hue, which survives blending with black better than distance does; orange lies 25 degrees off.
      const float hue = std::fabs(std::atan2(v[2], v[1]) - 1.45F) / 0.0174533F;
      const float amber =
          std::clamp((22.0F - hue) / 8.0F, 0.0F, 1.0F) * std::clamp((chroma - 18.0F) / 45.0F, 0.0F, 1.0F);
      const float black =
          std::clamp((45.0F - v[0]) / 25.0F, 0.0F, 1.0F) * std::clamp(1.6F - chroma / 30.0F, 0.0F, 1.0F);
      map(y, x) = amber - black;
    }
  }
  return map;
}

void refine(const cv::Mat1f& map, HazardFind& find) {
  const Hazard start = find.hazard;
  find.score = 0;
  for (const double side : {18.5, 21.5, 24.5, 27.5}) {
    for (const double degrees : {-13.0, 0.0, 13.0}) {
      for (int place = 0; place < 9; ++place) {
        const Hazard tried{start.x + (place % 3 - 1) * 2.5, start.y + (place / 3 - 1) * 2.5, side, 2.5,
                           degrees * kDegree};
        const double score = likeness(map, tried);
        if (score > find.score) find = {tried, score};
      }
    }
  }
  double step = 1.0;
  for (int round = 0; round < 3; ++round, step /= 2) {
    for (int sweep = 0; sweep < 3; ++sweep) {
      bool moved = false;
      for (int direction = 0; direction < 10; ++direction) {
        Hazard tried = find.hazard;
        const double by = direction % 2 == 0 ? step : -step;
        if (direction < 2)
          tried.x += by;
        else if (direction < 4)
          tried.y += by;
        else if (direction < 6)
          tried.side = std::clamp(tried.side + by, 15.0, 33.0);
        else if (direction < 8)
          tried.angle = std::clamp(tried.angle + 4 * by * kDegree, -25 * kDegree, 25 * kDegree);
        else
          tried.border = std::clamp(tried.border + 0.3 * by, 1.8, 3.2);
        const double score = likeness(map, tried);
        if (score <= find.score) continue;
        find = {tried, score};
        moved = true;
      }
      if (!moved) break;
    }
  }
}

// Coarse search where there is both amber and black around.
std::vector<HazardFind> candidates(const cv::Mat1f& map) {
  cv::Mat1d amberSum(map.rows + 1, map.cols + 1, 0.0), blackSum(map.rows + 1, map.cols + 1, 0.0);
  for (int y = 0; y < map.rows; ++y) {
    double amber = 0, black = 0;
    for (int x = 0; x < map.cols; ++x) {
      const double v = double(map(y, x));
      amber += std::max(v, 0.0);
      black += std::max(-v, 0.0);
      amberSum(y + 1, x + 1) = amberSum(y, x + 1) + amber;
      blackSum(y + 1, x + 1) = blackSum(y, x + 1) + black;
    }
  }
  const auto sumIn = [](const cv::Mat1d& sum, int x, int y, int r) {
    const int x0 = std::max(x - r, 0), y0 = std::max(y - r, 0);
    const int x1 = std::min(x + r, sum.cols - 1), y1 = std::min(y + r, sum.rows - 1);
    return sum(y1, x1) - sum(y0, x1) - sum(y1, x0) + sum(y0, x0);
  };
  std::vector<HazardFind> list;
  for (int y = 6; y < map.rows - 5; y += 2) {
    for (int x = 6; x < map.cols - 5; x += 2) {
      if (sumIn(amberSum, x, y, 6) < 8 || sumIn(blackSum, x, y, 10) < 22) continue;
      HazardFind best;
      for (const double side : {19.0, 23.0, 27.0}) {
        for (const double degrees : {-13.0, 0.0, 13.0}) {
          const Hazard tried{double(x), double(y), side, 2.5, degrees * kDegree};
          const double contrast = contrastAt(map, tried);
          if (contrast > best.score) best = {tried, contrast};
        }
      }
      if (best.score > 0.4) list.push_back(best);
    }
  }
  return list;
}

}  // namespace

std::vector<HazardFind> findHazards(const cv::Mat3f& lab, double& bestScore) {
  const cv::Mat1f map = emblemMap(lab);
  std::vector<HazardFind> coarse = candidates(map);
  std::sort(coarse.begin(), coarse.end(),
            [](const HazardFind& a, const HazardFind& b) { return a.score > b.score; });
  std::vector<HazardFind> finds;
  std::vector<cv::Point2d> tried;
  bestScore = 0;
  for (HazardFind& candidate : coarse) {
    if (tried.size() >= 5 || finds.size() >= 3) break;
    const cv::Point2d start(candidate.hazard.x, candidate.hazard.y);
    const auto near = [&](const cv::Point2d& p) { return std::hypot(p.x - start.x, p.y - start.y) < 5; };
    if (std::any_of(tried.begin(), tried.end(), near)) continue;
    tried.push_back(start);
    refine(map, candidate);
    candidate.score *= std::clamp(0.6 + markContrast(map, candidate.hazard), 0.0, 1.0);
    bestScore = std::max(bestScore, candidate.score);
    const double threshold = onBlack(map, candidate.hazard) ? kHazardThresholdOnBlack : kHazardThreshold;
    const auto same = [&](const HazardFind& f) {
      return std::hypot(f.hazard.x - candidate.hazard.x, f.hazard.y - candidate.hazard.y) < 12;
    };
    if (candidate.score >= threshold && std::none_of(finds.begin(), finds.end(), same))
      finds.push_back(candidate);
  }
  std::sort(finds.begin(), finds.end(),
            [](const HazardFind& a, const HazardFind& b) { return a.score > b.score; });
  return finds;
}

}  // namespace plumbline::scenes
