#include "core/scenes/oracle/segmentation.h"

#include <algorithm>
#include <array>
#include <deque>
#include <opencv2/imgproc.hpp>

#include "core/scenes/oracle/shape_fit.h"
#include "core/scenes/shapes.h"

namespace plumbline::scenes {
namespace {

constexpr float kColourReach = 32;  // in Lab, of a flat pixel to its palette colour
constexpr float kFillReach = 30;    // of what most of an object shows: noise softened to grey is no white
constexpr int kLeastCore = 10;      // pixels
constexpr int kLeastArea = 50;      // visible pixels of an object
constexpr double kLeastOverlap = 0.77;
constexpr double kGoodOverlap = 0.84;  // below it, a piece may be two objects that touch
constexpr int kSpoilt = 8;             // thick pixels that a fit leaves unexplained
constexpr double kSizeBorder = 29.0;   // between small and large
constexpr double kLeastAcross = 13, kMostAcross = 56;

struct Piece {
  Colour colour = Colour::kRed;
  Lab lab;
  cv::Mat1b inside;  // whole picture, 1 where the piece is
  int area = 0;
};

// Pixels of the flat insides, by palette colour; 255 elsewhere.
cv::Mat1b colourClasses(const cv::Mat3f& lab, const Backdrop& backdrop, const cv::Mat1b& hidden) {
  cv::Mat1b classes(lab.size(), 255);
  for (int y = 0; y < lab.rows; ++y) {
    for (int x = 0; x < lab.cols; ++x) {
      if (hidden(y, x) != 0 || backdrop.distance(y, x) <= backdrop.threshold) continue;
      const NearestColour nearest = nearestColour(lab(y, x));
      if (nearest.distance < kColourReach) classes(y, x) = std::uint8_t(nearest.colour);
    }
  }
  return classes;
}

// Connected flat insides, thinner parts (outlines, blended edges) opened away. labels: 0 none, i + 1 piece i.
std::vector<Piece> findCores(const cv::Mat3f& lab, const cv::Mat1b& classes, cv::Mat1i& labels) {
  labels = cv::Mat1i(lab.size(), 0);
  std::vector<Piece> pieces;
  const cv::Mat kernel = cv::Mat::ones(3, 3, CV_8U);
  for (int c = 0; c < kColours; ++c) {
    cv::Mat1b mask = classes == c;
    if (cv::countNonZero(mask) < kLeastCore) continue;
    cv::morphologyEx(mask, mask, cv::MORPH_OPEN, kernel);
    cv::Mat1i own, stats;
    cv::Mat centroids;
    const int n = cv::connectedComponentsWithStats(mask, own, stats, centroids, 4, CV_32S);
    for (int k = 1; k < n; ++k) {
      if (stats(k, cv::CC_STAT_AREA) < kLeastCore) continue;
      Piece piece;
      piece.colour = Colour(c);
      cv::Vec3d sum(0, 0, 0);
      const int number = int(pieces.size()) + 1;
      for (int y = stats(k, cv::CC_STAT_TOP); y < stats(k, cv::CC_STAT_TOP) + stats(k, cv::CC_STAT_HEIGHT);
           ++y) {
        for (int x = stats(k, cv::CC_STAT_LEFT); x < stats(k, cv::CC_STAT_LEFT) + stats(k, cv::CC_STAT_WIDTH);
             ++x) {
          if (own(y, x) != k) continue;
          labels(y, x) = number;
          sum += cv::Vec3d(lab(y, x));
        }
      }
      piece.lab = Lab(cv::Vec3f(sum / double(stats(k, cv::CC_STAT_AREA))));
      pieces.push_back(piece);
    }
  }
  return pieces;
}

// Whether a pixel can be a blend of the piece's fill, its darker outline and the background.
bool blends(const Lab& pixel, const Lab& fill, const Lab& ground) {
  constexpr float kTolerance = 20;
  const Lab outline = fill * 0.64F;
  return distanceToSegment(pixel, ground, fill) < kTolerance ||
         distanceToSegment(pixel, outline, fill) < kTolerance ||
         distanceToSegment(pixel, ground, outline) < kTolerance;
}

// Lets the cores take in their edges, up to half of the contrast.
void growCores(const cv::Mat3f& lab, const Backdrop& backdrop, const cv::Mat1b& hidden,
               const std::vector<Piece>& pieces, cv::Mat1i& labels) {
  struct Step {
    int x, y, distance;
  };
  std::deque<Step> queue;
  for (int y = 0; y < labels.rows; ++y) {
    for (int x = 0; x < labels.cols; ++x) {
      if (labels(y, x) != 0) queue.push_back({x, y, 0});
    }
  }
  constexpr int kFarthest = 9;
  while (!queue.empty()) {
    const Step at = queue.front();
    queue.pop_front();
    if (at.distance == kFarthest) continue;
    const int label = labels(at.y, at.x);
    const Piece& piece = pieces[std::size_t(label - 1)];
    for (const auto& [dx, dy] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
      const int x = at.x + dx, y = at.y + dy;
      if (x < 0 || y < 0 || x >= labels.cols || y >= labels.rows) continue;
      if (labels(y, x) != 0 || hidden(y, x) != 0) continue;
      const Lab& ground = backdrop.lab(y, x);
      const float half = std::max(backdrop.threshold * 0.8F, 0.45F * labDistance(piece.lab, ground));
      if (backdrop.distance(y, x) < half || !blends(lab(y, x), piece.lab, ground)) continue;
      labels(y, x) = label;
      queue.push_back({x, y, at.distance + 1});
    }
  }
}

Silhouette silhouetteOf(const cv::Mat1b& inside, const cv::Mat1b& hidden, bool wide) {
  const cv::Rect box = cv::boundingRect(inside);
  const int margin = wide ? 14 : 3;
  const cv::Rect area =
      cv::Rect(box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin) &
      cv::Rect(0, 0, inside.cols, inside.rows);
  Silhouette silhouette{area.x, area.y, inside(area).clone()};
  silhouette.pixels.setTo(2, hidden(area) != 0);
  return silhouette;
}

bool touches(const cv::Mat1b& inside, const cv::Mat1b& hidden) {
  const cv::Rect box = cv::boundingRect(inside);
  for (int y = std::max(box.y - 2, 0); y < std::min(box.br().y + 2, inside.rows); ++y) {
    for (int x = std::max(box.x - 2, 0); x < std::min(box.br().x + 2, inside.cols); ++x) {
      if (hidden(y, x) == 0) continue;
      for (int v = std::max(y - 2, 0); v <= std::min(y + 2, inside.rows - 1); ++v) {
        for (int u = std::max(x - 2, 0); u <= std::min(x + 2, inside.cols - 1); ++u) {
          if (inside(v, u) != 0) return true;
        }
      }
    }
  }
  return false;
}

struct FittedPiece {
  Piece piece;
  ShapeFit fit;
  bool hiddenPart = false;
};

FittedPiece fitted(Piece piece, const cv::Mat1b& hidden) {
  FittedPiece result;
  result.hiddenPart = touches(piece.inside, hidden);
  const Silhouette silhouette = silhouetteOf(piece.inside, hidden, result.hiddenPart);
  result.fit = fitShape(silhouette, result.hiddenPart);
  result.piece = std::move(piece);
  return result;
}

// Same colour and both at the edge of what is hidden, or side by side: may be parts of one object.
bool mayBelong(const FittedPiece& a, const FittedPiece& b) {
  if (a.piece.colour != b.piece.colour) return false;
  if (a.hiddenPart && b.hiddenPart) return true;
  const cv::Rect ra = cv::boundingRect(a.piece.inside), rb = cv::boundingRect(b.piece.inside);
  const cv::Rect wide(ra.x - 1, ra.y - 1, ra.width + 2, ra.height + 2);
  if ((wide & rb).area() == 0) return false;
  cv::Mat1b grown;
  cv::dilate(a.piece.inside, grown, cv::Mat::ones(3, 3, CV_8U));
  return cv::countNonZero(grown & b.piece.inside) > 0;
}

void mergeParts(std::vector<FittedPiece>& list, const cv::Mat1b& hidden) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    for (std::size_t j = i + 1; j < list.size(); ++j) {
      if (!mayBelong(list[i], list[j])) continue;
      Piece whole = list[i].piece;
      whole.inside = list[i].piece.inside | list[j].piece.inside;
      whole.area += list[j].piece.area;
      FittedPiece together;
      together.fit = fitShape(silhouetteOf(whole.inside, hidden, true), true);
      together.hiddenPart = list[i].hiddenPart || list[j].hiddenPart;
      const FittedPiece& larger = list[i].piece.area >= list[j].piece.area ? list[i] : list[j];
      if (together.fit.across > kMostAcross ||
          together.fit.overlap < std::max(0.8, larger.fit.overlap - 0.04))
        continue;
      together.piece = std::move(whole);
      list[i] = std::move(together);
      list.erase(list.begin() + std::ptrdiff_t(j));
      j = i;
    }
  }
}

// Objects of one colour that touch: erodes until the piece falls apart and gives the rest to the nearer part.
std::vector<Piece> fallApart(const Piece& piece) {
  cv::Mat1b eroded = piece.inside.clone();
  const cv::Mat cross = cv::getStructuringElement(cv::MORPH_CROSS, {3, 3});
  for (int depth = 0; depth < 14; ++depth) {
    cv::erode(eroded, eroded, cross);
    cv::Mat1i parts, stats;
    cv::Mat centroids;
    const int n = cv::connectedComponentsWithStats(eroded, parts, stats, centroids, 4, CV_32S);
    int big = 0;
    for (int k = 1; k < n; ++k) big += stats(k, cv::CC_STAT_AREA) >= 12;
    if (n <= 1) break;
    if (big < 2) continue;
    std::vector<Piece> list;
    std::vector<cv::Mat1f> distances;
    for (int k = 1; k < n; ++k) {
      if (stats(k, cv::CC_STAT_AREA) < 12) continue;
      cv::Mat1f distance;
      cv::distanceTransform(parts != k, distance, cv::DIST_L2, 3);
      distances.push_back(distance);
      Piece part = piece;
      part.inside = cv::Mat1b(piece.inside.size(), 0);
      part.area = 0;
      list.push_back(part);
    }
    for (int y = 0; y < eroded.rows; ++y) {
      for (int x = 0; x < eroded.cols; ++x) {
        if (piece.inside(y, x) == 0) continue;
        std::size_t nearest = 0;
        for (std::size_t k = 1; k < list.size(); ++k) {
          if (distances[k](y, x) < distances[nearest](y, x)) nearest = k;
        }
        list[nearest].inside(y, x) = 1;
        ++list[nearest].area;
      }
    }
    return list;
  }
  return {};
}

// The value of explaining a piece as one object of which a glitch spoilt a part.
FittedPiece mended(const FittedPiece& candidate, const cv::Mat1b& hidden) {
  FittedPiece result = candidate;
  const Silhouette silhouette = silhouetteOf(candidate.piece.inside, hidden, true);
  if (mismatch(silhouette, candidate.fit) >= kSpoilt) result.fit = fitSpoiltShape(silhouette, candidate.fit);
  return result;
}

// Pieces that no one shape explains are two objects that touch or one that is partly spoilt.
void splitOrMend(std::vector<FittedPiece>& list, const cv::Mat1b& hidden) {
  const std::size_t n = list.size();
  for (std::size_t i = 0; i < n; ++i) {
    if (list[i].piece.area < kLeastArea) continue;
    const FittedPiece whole = list[i];
    list[i] = mended(whole, hidden);
    if (whole.fit.overlap >= kGoodOverlap || whole.piece.area < 200) continue;
    std::vector<Piece> parts = fallApart(whole.piece);
    if (parts.size() < 2 || parts.size() > 4) continue;
    std::vector<FittedPiece> fits;
    double worst = 1;
    for (Piece& part : parts) {
      fits.push_back(fitted(std::move(part), hidden));
      worst = std::min(worst, fits.back().fit.overlap);
    }
    if (worst < std::max(0.82, list[i].fit.overlap - 0.04)) continue;
    list[i] = std::move(fits[0]);
    for (std::size_t k = 1; k < fits.size(); ++k) list.push_back(std::move(fits[k]));
  }
}

Rgb medianColour(const Picture& picture, const Piece& piece, const ShapeFit& fit) {
  std::array<std::vector<std::uint8_t>, 3> values;
  const float c = float(std::cos(fit.angle)), s = float(std::sin(fit.angle));
  const auto collect = [&](float depth) {
    const cv::Rect box = cv::boundingRect(piece.inside);
    for (int y = box.y; y < box.br().y; ++y) {
      for (int x = box.x; x < box.br().x; ++x) {
        if (piece.inside(y, x) == 0) continue;
        const float wx = float(x + 0.5 - fit.x), wy = float(y + 0.5 - fit.y);
        if (shapeDistance(fit.shape, c * wx + s * wy, c * wy - s * wx, float(fit.across)) > depth) continue;
        for (std::size_t k = 0; k < 3; ++k) values[k].push_back(picture.at(x, y)[k]);
      }
    }
  };
  collect(-2.5F);
  if (values[0].size() < 8) collect(1e6F);
  std::array<int, 3> medians{};
  for (std::size_t k = 0; k < 3; ++k) {
    const auto middle = values[k].begin() + std::ptrdiff_t(values[k].size() / 2);
    std::nth_element(values[k].begin(), middle, values[k].end());
    medians[k] = *middle;
  }
  return {medians[0], medians[1], medians[2]};
}

double areaOf(const ShapeFit& fit) {
  constexpr std::array<double, kShapes> kArea = {0.785, 1.0, 0.433, 0.331, 0.72, 0.551};
  return kArea[std::size_t(fit.shape)] * fit.across * fit.across;
}

bool isObject(const FittedPiece& candidate) {
  const ShapeFit& fit = candidate.fit;
  if (fit.across < kLeastAcross || fit.across > kMostAcross) return false;
  // Of what a fault covers in part, less can be asked.
  const bool hidden = candidate.hiddenPart;
  return candidate.piece.area >= (hidden ? 35 : kLeastArea) &&
         fit.overlap >= (hidden ? 0.62 : kLeastOverlap) &&
         candidate.piece.area >= (hidden ? 0.3 : 0.4) * areaOf(fit);
}

}  // namespace

std::vector<FoundObject> findObjects(const Picture& picture, const cv::Mat3f& lab, const Backdrop& backdrop,
                                     const cv::Mat1b& hidden) {
  cv::Mat1i labels;
  std::vector<Piece> pieces = findCores(lab, colourClasses(lab, backdrop, hidden), labels);
  growCores(lab, backdrop, hidden, pieces, labels);
  std::vector<FittedPiece> list;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Piece piece = pieces[i];
    piece.inside = (labels == int(i) + 1) / 255;
    piece.area = cv::countNonZero(piece.inside);
    if (piece.area >= 20) list.push_back(fitted(std::move(piece), hidden));
  }
  mergeParts(list, hidden);
  splitOrMend(list, hidden);
  std::vector<FoundObject> objects;
  for (const FittedPiece& candidate : list) {
    if (!isObject(candidate)) continue;
    FoundObject object;
    object.shape = candidate.fit.shape;
    object.fill = medianColour(picture, candidate.piece, candidate.fit);
    const NearestColour nearest = nearestColour(toLab(object.fill));
    if (nearest.distance > kFillReach) continue;
    object.colour = nearest.colour;
    object.across = candidate.fit.across;
    object.large = object.across > kSizeBorder;
    object.x = candidate.fit.x;
    object.y = candidate.fit.y;
    object.angle = candidate.fit.angle;
    object.fit = candidate.fit.overlap;
    objects.push_back(object);
  }
  return objects;
}

}  // namespace plumbline::scenes
