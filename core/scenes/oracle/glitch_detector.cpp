#include "core/scenes/oracle/glitch_detector.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "core/scenes/oracle/patch_search.h"

namespace plumbline::scenes {
namespace {

constexpr int kLeastCluster = 26;  // strange pixels that may be a glitch
constexpr int kLeastPiece = 6;
constexpr int kGap = 6;                                   // pieces closer than this belong to one patch
constexpr float kSeam = 22, kNoEdge = 12;                 // Lab steps over two pixels
constexpr float kBlend = 14;                              // Lab distance to a blend of two colours
constexpr int kBend = 3;                                  // pixels that a badly drawn outline is off
constexpr float kGrainDeviation = 2, kGrainDistance = 3;  // from the mean around, where they lie densely
constexpr double kGrainDensity = 0.45;
constexpr int kGrainMean = 7,
              kGrainCell = 9;    // pixels a side of the mean, and over which density is measured
constexpr float kRough = 12;     // Lab distance to the mean around
constexpr int kVarietyCell = 7;  // pixels a side over which hues are compared

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

cv::Mat3f smoothed(const cv::Mat3f& lab, int side = 3) {
  cv::Mat3f smooth;
  cv::blur(lab, smooth, {side, side});
  return smooth;
}

// Colour noise that a lossy path has softened is nowhere far off, but mottled where no edge is.
cv::Mat1b grainyPixels(const cv::Mat3f& lab, const Explanation& explanation) {
  const cv::Mat3f smooth = smoothed(lab, kGrainMean);
  const Range near(explanation.expected, kBend);
  cv::Mat1f grain(lab.size(), 0.0F), density;
  for (int y = 0; y < lab.rows; ++y) {
    for (int x = 0; x < lab.cols; ++x) {
      grain(y, x) = explanation.deviation(y, x) > kGrainDeviation &&
                    labDistance(lab(y, x), smooth(y, x)) > kGrainDistance && near.width(x, y) < kNoEdge;
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

// How far the hues (a and b of Lab) around each pixel scatter across their main direction: a blend of two
// colours lies on a line, colour noise does not, however much a lossy path greyed it.
cv::Mat1f hueVariety(const cv::Mat3f& lab) {
  const auto mean = [](const cv::Mat1f& values) {
    cv::Mat1f result;
    cv::blur(values, result, {kVarietyCell, kVarietyCell});
    return result;
  };
  cv::Mat1f a, b;
  cv::extractChannel(lab, a, 1);
  cv::extractChannel(lab, b, 2);
  const cv::Mat1f meanA = mean(a), meanB = mean(b);
  const cv::Mat1f aa = mean(a.mul(a)) - meanA.mul(meanA), bb = mean(b.mul(b)) - meanB.mul(meanB),
                  ab = mean(a.mul(b)) - meanA.mul(meanB);
  cv::Mat1f variety(lab.size());
  for (int y = 0; y < lab.rows; ++y) {
    for (int x = 0; x < lab.cols; ++x) {
      const float half = (aa(y, x) + bb(y, x)) / 2;
      const float off = std::hypot((aa(y, x) - bb(y, x)) / 2, ab(y, x));
      variety(y, x) = std::sqrt(std::max(half - off, 0.0F));  // the lesser principal deviation
    }
  }
  return variety;
}

// The picture around a cluster; reads beyond the picture's edge give the edge.
class Surroundings {
 public:
  Surroundings(const cv::Mat3f& lab, const Explanation& explanation, const cv::Mat1b& strange)
      : lab_(lab),
        explanation_(explanation),
        strange_(strange),
        smooth_(smoothed(lab)),
        variety_(hueVariety(lab)),
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
    return meanOfStrange(box, [&](int x, int y) { return roughness(x, y); });
  }
  double variety(const cv::Rect& box) const {
    return meanOfStrange(box, [&](int x, int y) { return variety_(y, x); });
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
    const bool large = dense.width >= kLeastPatchSide / 2 && dense.height >= kLeastPatchSide / 2;
    return large ? dense + box.tl() : box;
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

 private:
  template <class Work>
  void forStrange(const cv::Rect& box, Work work) const {
    for (int y = box.y; y < box.br().y; ++y) {
      for (int x = box.x; x < box.br().x; ++x) {
        if (strange_(y, x) != 0) work(x, y);
      }
    }
  }
  template <class Of>
  double meanOfStrange(const cv::Rect& box, Of of) const {
    double sum = 0;
    int pixels = 0;
    forStrange(box, [&](int x, int y) {
      sum += double(of(x, y));
      ++pixels;
    });
    return sum / std::max(pixels, 1);
  }
  float roughness(int x, int y) const { return labDistance(lab_(y, x), smooth_(y, x)); }

  static float step(const cv::Mat3f& picture, int x, int y, int dx, int dy) {
    return labDistance(labAt(picture, x + dx, y + dy), labAt(picture, x - dx, y - dy));
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

  const cv::Mat3f& lab_;
  const Explanation& explanation_;
  const cv::Mat1b& strange_;
  cv::Mat3f smooth_;
  cv::Mat1f variety_;
  Range near_;
  cv::Mat1f depth_;
};

}  // namespace

std::vector<GlitchCandidate> glitchCandidates(const cv::Mat3f& lab, const Explanation& explanation) {
  const std::vector<Lab> palette = coloursOf(explanation);
  const cv::Mat1b strange = strangePixels(lab, explanation);
  const Surroundings picture(lab, explanation, strange);
  const PatchSearch search(lab, explanation);
  std::vector<GlitchCandidate> candidates;
  for (const Cluster& cluster : clustersOf(strange)) {
    const cv::Rect& box = cluster.box;
    const PatchExplanation smear = search.smear(box), shift = search.shift(box);
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
    cues[kSmeared] = std::log1p(smear.gain) - 3;
    cues[kElsewhere] = std::log(picture.elsewhere(box) + 0.01);
    cues[kShifted] = std::log1p(shift.gain) - 3;
    cues[kBeyond] = std::log1p(picture.beyond(box)) - 3;
    cues[kVariety] = picture.variety(box) / 5;
    candidates.push_back(candidate);
  }
  return candidates;
}

const GlitchDetector& glitchDetector() {
  static const GlitchDetector kDetector{
      {// noise
       {{6.454379, -1.769068, -2.931422, -0.889630, 2.851718, 1.835950, -0.048230, -0.625018, -0.005484,
         -0.384626, -0.011655, -1.318859, 1.192899},
        2.847223},
       // smear
       {{-0.516108, -2.395736, -2.317882, -0.125811, -0.677897, 1.441934, 0.475771, -1.653205, 3.673478,
         -0.685917, 0.238957, -0.075431, 0.441281},
        4.358546},
       // shift
       {{0.128270, -3.607925, -0.020413, -0.049606, -0.904258, 1.161141, 0.958673, -1.671289, -0.361530,
         -0.984993, 1.536852, 0.534044, -2.242988},
        1.408635}}};
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
