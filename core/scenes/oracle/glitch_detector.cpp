#include "core/scenes/oracle/glitch_detector.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <opencv2/imgproc.hpp>

namespace plumbline::scenes {
namespace {

constexpr float kStrange = 20;     // deviation in Lab that nothing explains
constexpr float kExplained = 8;    // deviation below which a pixel is as it should be
constexpr int kLeastCluster = 26;  // strange pixels that may be a glitch
constexpr int kLeastPiece = 6;
constexpr int kGap = 6;                            // pieces closer than this belong to one patch
constexpr int kLeastSide = 12, kLargestSide = 31;  // of a patch, with a pixel or two of blur
constexpr float kSameColour = 16, kSameRow = 12, kOtherRow = 22;  // Lab distances
constexpr float kSeam = 22, kNoEdge = 12;                         // Lab steps over two pixels
constexpr float kBlend = 14;                                      // Lab distance to a blend of two colours
constexpr int kBend = 3;                                          // pixels that a badly drawn outline is off
constexpr float kGrain = 4;  // deviation and Lab distance to the mean around, where it lies densely
constexpr double kGrainDensity = 0.5;
constexpr int kGrainCell = 7;  // pixels a side over which density is measured
constexpr float kRough = 12;   // Lab distance to the mean around

struct Cluster {
  cv::Rect box;
  int area;
};

// Between the least and the largest of what is expected within so many pixels, channel by channel.
struct Range {
  cv::Mat3f low, high;

  Range(const cv::Mat3f& expected, int pixels) {
    const cv::Mat around = cv::Mat::ones(2 * pixels + 1, 2 * pixels + 1, CV_8U);
    cv::erode(expected, low, around);
    cv::dilate(expected, high, around);
  }
  float width(int x, int y) const { return labDistance(low(y, x), high(y, x)); }
  float distance(const Lab& colour, int x, int y) const {
    float square = 0;
    for (int c = 0; c < 3; ++c) {
      const float off = std::max({colour[c] - high(y, x)[c], low(y, x)[c] - colour[c], 0.0F});
      square += off * off;
    }
    return std::sqrt(square);
  }
};

cv::Mat3f smoothed(const cv::Mat3f& lab) {
  cv::Mat3f smooth;
  cv::blur(lab, smooth, {3, 3});
  return smooth;
}

// Colour noise that a lossy path has softened is nowhere far off, but rough where no edge is.
cv::Mat1b grainyPixels(const cv::Mat3f& lab, const Explanation& explanation) {
  const cv::Mat3f smooth = smoothed(lab);
  const Range near(explanation.expected, kBend);
  cv::Mat1f grain(lab.size(), 0.0F), density;
  for (int y = 0; y < lab.rows; ++y) {
    for (int x = 0; x < lab.cols; ++x) {
      grain(y, x) = explanation.deviation(y, x) > kGrain && labDistance(lab(y, x), smooth(y, x)) > kGrain &&
                    near.width(x, y) < kNoEdge;
    }
  }
  cv::blur(grain, density, {kGrainCell, kGrainCell});
  return density > kGrainDensity;
}

cv::Mat1b strangePixels(const cv::Mat3f& lab, const Explanation& explanation) {
  cv::Mat1b strange = explanation.deviation > kStrange;
  cv::morphologyEx(strange, strange, cv::MORPH_OPEN, cv::Mat::ones(2, 2, CV_8U));
  return strange | grainyPixels(lab, explanation);
}

std::vector<Cluster> clustersOf(const cv::Mat1b& strange) {
  cv::Mat1i labels, stats;
  cv::Mat centroids;
  const int n = cv::connectedComponentsWithStats(strange, labels, stats, centroids, 8, CV_32S);
  std::vector<Cluster> clusters;
  for (int k = 1; k < n; ++k) {
    const int area = stats(k, cv::CC_STAT_AREA);
    if (area < kLeastPiece) continue;
    clusters.push_back({{stats(k, cv::CC_STAT_LEFT), stats(k, cv::CC_STAT_TOP), stats(k, cv::CC_STAT_WIDTH),
                         stats(k, cv::CC_STAT_HEIGHT)},
                        area});
  }
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    for (std::size_t j = 0; j < clusters.size(); ++j) {
      const cv::Rect& a = clusters[i].box;
      const cv::Rect wide(a.x - kGap, a.y - kGap, a.width + 2 * kGap, a.height + 2 * kGap);
      if (i == j || (wide & clusters[j].box).area() == 0) continue;
      clusters[i].box |= clusters[j].box;
      clusters[i].area += clusters[j].area;
      clusters.erase(clusters.begin() + std::ptrdiff_t(j));
      if (j < i) --i;
      j = std::size_t(-1);
    }
  }
  std::erase_if(clusters, [](const Cluster& cluster) { return cluster.area < kLeastCluster; });
  return clusters;
}

// The colours that what was found in the picture has, each once.
std::vector<Lab> coloursOf(const Explanation& explanation) {
  std::vector<Lab> colours;
  for (int y = 1; y < explanation.expected.rows; y += 2) {
    for (int x = 1; x < explanation.expected.cols; x += 2) {
      const Lab& here = explanation.expected(y, x);
      if (labDistance(here, explanation.expected(y - 1, x - 1)) > 4) continue;  // of an edge
      const bool known = std::any_of(colours.begin(), colours.end(),
                                     [&](const Lab& colour) { return labDistance(colour, here) < 10; });
      if (!known) colours.push_back(here);
    }
  }
  return colours;
}

bool isBlend(const Lab& colour, const std::vector<Lab>& palette) {
  for (std::size_t i = 0; i < palette.size(); ++i) {
    for (std::size_t j = i; j < palette.size(); ++j) {
      if (distanceToSegment(colour, palette[i], palette[j]) < kBlend) return true;
    }
  }
  return false;
}

// The picture around a cluster; reads beyond the picture's edge give the edge.
class Surroundings {
 public:
  Surroundings(const cv::Mat3f& lab, const Explanation& explanation, const cv::Mat1b& strange)
      : lab_(lab),
        explanation_(explanation),
        strange_(strange),
        smooth_(smoothed(lab)),
        near_(explanation.expected, kBend) {
    cv::Mat framed;  // beyond the picture's edge nothing is strange
    cv::copyMakeBorder(strange, framed, 1, 1, 1, 1, cv::BORDER_CONSTANT, 0);
    cv::distanceTransform(framed, depth_, cv::DIST_L2, 5);
    depth_ = depth_(cv::Rect(1, 1, strange.cols, strange.rows));
  }

  // Pixels from the deepest strange one to the nearest ordinary one; at least 1.
  double thickness(const cv::Rect& box) const {
    double deepest = 0;
    cv::minMaxLoc(depth_(box), nullptr, &deepest);
    return std::max(deepest, 1.0);
  }

  // Strange pixels that are no blend of what is expected within kBend of them.
  int beyond(const cv::Rect& box) const {
    int pixels = 0;
    forStrange(box, [&](int x, int y) { pixels += near_.distance(lab_(y, x), x, y) > kStrange; });
    return pixels;
  }

  double texture(const cv::Rect& box) const {
    double sum = 0;
    int pixels = 0;
    forStrange(box, [&](int x, int y) {
      sum += double(roughness(x, y));
      ++pixels;
    });
    return sum / std::max(pixels, 1);
  }

  // What differs by more than kStrange differs no more than that. The rest is nothing where the box is all.
  double elsewhere(const cv::Rect& box) const {
    const cv::Rect wide =
        cv::Rect(box.x - 2, box.y - 2, box.width + 4, box.height + 4) & cv::Rect(0, 0, lab_.cols, lab_.rows);
    const cv::Mat1f capped = cv::min(explanation_.deviation, kStrange);
    const double pixels = double(capped.total()) - wide.area();
    return (cv::sum(capped)[0] - cv::sum(capped(wide))[0]) / std::max(pixels, 1.0);
  }

  double foreign(const cv::Rect& box, const std::vector<Lab>& palette) const {
    int pixels = 0, blends = 0;
    forStrange(box, [&](int x, int y) {
      ++pixels;
      blends += isBlend(lab_(y, x), palette);
    });
    return 1 - double(blends) / std::max(pixels, 1);
  }

  // The box of where rough pixels lie densely, as they do not along an edge; the whole box where that is
  // nowhere.
  cv::Rect roughPart(const cv::Rect& box) const {
    cv::Mat1f rough(box.size(), 0.0F), density;
    forStrange(box, [&](int x, int y) { rough(y - box.y, x - box.x) = roughness(x, y) > kRough; });
    cv::blur(rough, density, {5, 5});
    const cv::Rect dense = cv::boundingRect(cv::Mat1b((density > 0.55) & (rough > 0)));
    return dense.width >= kLeastSide / 2 && dense.height >= kLeastSide / 2 ? dense + box.tl() : box;
  }

  // Of each direction the two longest straight lines, some pixels apart, along which the picture has a step
  // and what explains it has none.
  int seams(const cv::Rect& box) const {
    const cv::Rect around = cv::Rect(box.x - 3, box.y - 3, box.width + 6, box.height + 6) &
                            cv::Rect(1, 1, lab_.cols - 2, lab_.rows - 2);
    cv::Mat1b upright(around.size()), level(around.size());
    for (int y = 0; y < around.height; ++y) {
      for (int x = 0; x < around.width; ++x) {
        upright(y, x) = isSeam(around.x + x, around.y + y, 1, 0);
        level(y, x) = isSeam(around.x + x, around.y + y, 0, 1);
      }
    }
    return twoLongest(upright) + twoLongest(level.t());
  }

  // Over the displacements that a block can have: pixels it explains, by all that are strange and by all that
  // it would change.
  double displaced(const cv::Rect& box) const {
    const Changeable pixels = changeable(box);
    double best = 0;
    for (int dy = -12; dy <= 12; ++dy) {
      for (int dx = -12; dx <= 12; ++dx) {
        if (canShift(dx, dy)) best = std::max(best, displacedBy(pixels, dx, dy));
      }
    }
    return best;
  }

  // A rectangle and what a kind of patch there explains: strange pixels, less ordinary ones, and half the
  // strange ones, that it contradicts.
  struct Explained {
    double gain = 0;
    cv::Rect patch;
  };

  // Over the rectangles whose rows all show what stands at their left edge.
  Explained smeared(const cv::Rect& box) const {
    const cv::Rect area = roomFor(box);
    Explained best{0, box};
    for (int left = area.x; left + kLeastSide <= area.br().x; ++left) {
      const cv::Rect strip(left, area.y, std::min(area.br().x - left, kLargestSide), area.height);
      const auto distance = [&](int x, int y) { return labDistance(lab_(y, x), lab_(y, left)); };
      best = better(best, strip, kSameRow, distance, /*fromLeft=*/true);
    }
    return best;
  }

  // Over the rectangles that show the picture as it is expected some pixels further on.
  Explained shifted(const cv::Rect& box) const {
    const cv::Rect area = roomFor(box);
    Explained best{0, box};
    for (int dy = -12; dy <= 12; ++dy) {
      for (int dx = -12; dx <= 12; ++dx) {
        if (!canShift(dx, dy)) continue;
        const auto distance = [&](int x, int y) {
          return labDistance(lab_(y, x), at(explanation_.expected, x - dx, y - dy));
        };
        best = better(best, area, kSameColour, distance, /*fromLeft=*/false);
      }
    }
    return best;
  }

 private:
  template <class Work>
  void forStrange(const cv::Rect& box, Work work) const {
    for (int y = box.y; y < box.br().y; ++y) {
      for (int x = box.x; x < box.br().x; ++x) {
        if (strange_(y, x) != 0) work(x, y);
      }
    }
  }
  float roughness(int x, int y) const { return labDistance(lab_(y, x), smooth_(y, x)); }

  static const Lab& at(const cv::Mat3f& picture, int x, int y) {
    return picture(std::clamp(y, 0, picture.rows - 1), std::clamp(x, 0, picture.cols - 1));
  }
  static float step(const cv::Mat3f& picture, int x, int y, int dx, int dy) {
    return labDistance(at(picture, x + dx, y + dy), at(picture, x - dx, y - dy));
  }

  bool isSeam(int x, int y, int dx, int dy) const {
    const float here = step(lab_, x, y, dx, dy);
    if (here < kSeam || here < step(lab_, x - dx, y - dy, dx, dy) ||
        here < step(lab_, x + dx, y + dy, dx, dy) || here < step(lab_, x, y, dy, dx)) {
      return false;
    }
    for (int k = -2; k <= 2; ++k) {
      if (step(explanation_.expected, x + k * dx, y + k * dy, dx, dy) > kNoEdge) return false;
    }
    return true;
  }

  // A line may lie on either of two neighbouring columns.
  static int twoLongest(const cv::Mat1b& seam) {
    std::vector<int> lengths;
    for (int x = 0; x + 1 < seam.cols; ++x) {
      int length = 0;
      for (int y = 0; y < seam.rows; ++y) length += seam(y, x) != 0 || seam(y, x + 1) != 0;
      lengths.push_back(length);
    }
    const auto longest = std::max_element(lengths.begin(), lengths.end());
    if (longest == lengths.end()) return 0;
    int second = 0;
    for (auto other = lengths.begin(); other != lengths.end(); ++other) {
      if (std::abs(other - longest) >= 6) second = std::max(second, *other);
    }
    return *longest + second;
  }

  struct Changeable {
    int strange = 0;
    std::vector<cv::Point> points;  // that look otherwise somewhere within reach of a displacement
  };
  Changeable changeable(const cv::Rect& box) const {
    constexpr int kReach = 12;
    const cv::Rect around =
        cv::Rect(box.x - kReach, box.y - kReach, box.width + 2 * kReach, box.height + 2 * kReach) &
        cv::Rect(0, 0, lab_.cols, lab_.rows);
    const Range reachable(explanation_.expected(around), kReach);
    Changeable found;
    for (int y = box.y; y < box.br().y; ++y) {
      for (int x = box.x; x < box.br().x; ++x) {
        found.strange += strange_(y, x) != 0;
        if (reachable.width(x - around.x, y - around.y) >= kStrange) found.points.emplace_back(x, y);
      }
    }
    return found;
  }

  double displacedBy(const Changeable& pixels, int dx, int dy) const {
    int explained = 0, changed = 0;
    for (const cv::Point& p : pixels.points) {
      const Lab& source = at(explanation_.expected, p.x - dx, p.y - dy);
      if (labDistance(source, explanation_.expected(p)) < kStrange) continue;
      ++changed;
      explained += strange_(p) != 0 && labDistance(lab_(p), source) < kSameColour;
    }
    return changed == 0 || pixels.strange == 0
               ? 0
               : double(explained) * explained / (double(changed) * pixels.strange);
  }

  static bool canShift(int dx, int dy) {
    const int square = dx * dx + dy * dy;
    return square >= 29 && square <= 160;
  }

  cv::Rect roomFor(const cv::Rect& box) const {
    cv::Rect area(box.x - 4, box.y - 4, box.width + 8, box.height + 8);
    if (area.width < 20) area.x -= (20 - area.width) / 2, area.width = 20;
    if (area.height < 20) area.y -= (20 - area.height) / 2, area.height = 20;
    return area & cv::Rect(0, 0, lab_.cols, lab_.rows);
  }

  // known, or a rectangle in the area that explains more; distance(x, y) of a pixel to what the patch would
  // show there.
  template <class Distance>
  Explained better(const Explained& known, const cv::Rect& area, float same, Distance distance,
                   bool fromLeft) const {
    cv::Mat1f gain(area.size(), 0.0F);
    double most = 0;
    for (int y = 0; y < area.height; ++y) {
      for (int x = 0; x < area.width; ++x) {
        const float deviation = explanation_.deviation(area.y + y, area.x + x);
        if (deviation <= kStrange && deviation >= kExplained) continue;
        const float off = distance(area.x + x, area.y + y);
        if (deviation > kStrange) gain(y, x) = off < same ? 1.0F : off > kOtherRow ? -0.5F : 0.0F;
        if (deviation < kExplained && off > kOtherRow) gain(y, x) = -1;
        most += std::max(gain(y, x), 0.0F);
      }
    }
    if (most <= known.gain) return known;
    cv::Mat1d sums;
    cv::integral(gain, sums);
    Explained best = known;
    for (int left = 0; left + kLeastSide <= (fromLeft ? kLeastSide : area.width); ++left) {
      for (int right = left + kLeastSide; right <= std::min(area.width, left + kLargestSide); ++right) {
        for (int top = 0; top + kLeastSide <= area.height; ++top) {
          for (int bottom = top + kLeastSide; bottom <= std::min(area.height, top + kLargestSide); ++bottom) {
            const double sum = sums(bottom, right) - sums(top, right) - sums(bottom, left) + sums(top, left);
            if (sum > best.gain)
              best = {sum, cv::Rect(area.x + left, area.y + top, right - left, bottom - top)};
          }
        }
      }
    }
    return best;
  }

  const cv::Mat3f& lab_;
  const Explanation& explanation_;
  const cv::Mat1b& strange_;
  cv::Mat3f smooth_;
  Range near_;
  cv::Mat1f depth_;
};

}  // namespace

std::vector<GlitchCandidate> glitchCandidates(const cv::Mat3f& lab, const Explanation& explanation) {
  const std::vector<Lab> palette = coloursOf(explanation);
  const cv::Mat1b strange = strangePixels(lab, explanation);
  const Surroundings picture(lab, explanation, strange);
  std::vector<GlitchCandidate> candidates;
  for (const Cluster& cluster : clustersOf(strange)) {
    const cv::Rect& box = cluster.box;
    const auto smear = picture.smeared(box), shift = picture.shifted(box);
    GlitchCandidate candidate{box, {picture.roughPart(box), smear.patch, shift.patch}, {}};
    auto& cues = candidate.cues;
    cues[kArea] = std::log(double(cluster.area)) - 5;
    cues[kLonger] = std::max(box.width, box.height) / 32.0;
    cues[kShorter] = std::log(double(std::min(box.width, box.height))) - 2;
    cues[kThickness] = std::log(picture.thickness(box)) - 1;
    cues[kFilled] = double(cluster.area) / box.area();
    cues[kSeams] = picture.seams(box) / (2.0 * (box.width + box.height));
    cues[kTexture] = picture.texture(box) / 10;
    cues[kForeign] = picture.foreign(box, palette);
    cues[kDisplaced] = picture.displaced(box);
    cues[kSmeared] = std::log1p(smear.gain) - 3;
    cues[kElsewhere] = std::log(picture.elsewhere(box) + 0.01);
    cues[kShifted] = std::log1p(shift.gain) - 3;
    cues[kBeyond] = std::log1p(picture.beyond(box)) - 3;
    candidates.push_back(candidate);
  }
  return candidates;
}

const GlitchDetector& glitchDetector() {
  static const GlitchDetector kDetector{
      {// noise
       {{11.493793, -4.701501, -4.072480, -1.757410, 2.400852, 11.016792, 0.718888, -0.729360, -3.255719,
         0.004416, -0.682688, 0.319340, -2.978697},
        1.445758},
       // smear
       {{-3.173995, -2.085071, -0.553197, -1.161511, 0.153878, 6.602741, 1.537150, -4.292756, -2.701301,
         6.577563, -0.667863, 0.242734, -0.520175},
        9.837676},
       // shift
       {{0.506601, -4.230141, 0.599293, -0.348951, -5.074247, 5.446186, 1.632329, -4.045804, 3.224442,
         -0.270397, -1.086513, 1.381472, 0.127942},
        3.318600}}};
  return kDetector;
}

GlitchScore glitchScore(const GlitchCandidate& candidate, const GlitchDetector& detector) {
  GlitchScore best{0, -std::numeric_limits<double>::infinity()};
  for (int kind = 0; kind < kGlitchKinds; ++kind) {
    const GlitchWeights& weights = detector[std::size_t(kind)];
    const double score =
        std::inner_product(weights.cues.begin(), weights.cues.end(), candidate.cues.begin(), -weights.least);
    if (score > best.score) best = {kind, score};
  }
  return best;
}

std::vector<cv::Rect> findGlitches(const cv::Mat3f& lab, const Explanation& explanation) {
  std::vector<cv::Rect> patches;
  for (const GlitchCandidate& candidate : glitchCandidates(lab, explanation)) {
    const auto [kind, score] = glitchScore(candidate, glitchDetector());
    if (score > 0) patches.push_back(candidate.patch[std::size_t(kind)]);
  }
  return patches;
}

}  // namespace plumbline::scenes
