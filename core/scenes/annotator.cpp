#include "core/scenes/annotator.h"

#include <algorithm>
#include <cmath>

#include "core/scenes/scene_rng.h"
#include "core/types/coco_rle.h"
#include "core/types/error.h"

namespace plumbline::scenes {
namespace {

using nlohmann::json;

// Which draw of an answer, so that the parts of one answer do not depend on each other's number of draws.
enum Stream : std::uint64_t { kChoice = 1, kSeconds = 2, kPaint = 3 };

double seconds(SceneRng rng, double median, double pace) {
  return median * pace * std::exp(0.45 * rng.normal());
}

// Distance of every pixel to the nearest pixel of the mask in pixels (two passes over neighbours, straight 1,
// diagonal 1.41); a large number where the mask is empty.
std::vector<float> distanceTo(const Mask& mask) {
  const int w = mask.width, h = mask.height;
  std::vector<float> distance(mask.data.size(), 1e6F);
  for (std::size_t i = 0; i < distance.size(); ++i) {
    if (mask.data[i] != 0) distance[i] = 0;
  }
  const auto relax = [&](int x, int y, int dx, int dy) {
    const int u = x + dx, v = y + dy;
    if (u < 0 || v < 0 || u >= w || v >= h) return;
    float& here = distance[std::size_t(y) * std::size_t(w) + std::size_t(x)];
    here = std::min(here, distance[std::size_t(v) * std::size_t(w) + std::size_t(u)] +
                              (dx != 0 && dy != 0 ? 1.4142F : 1.0F));
  };
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      for (const auto& [dx, dy] : {std::pair{-1, 0}, {-1, -1}, {0, -1}, {1, -1}}) relax(x, y, dx, dy);
    }
  }
  for (int y = h - 1; y >= 0; --y) {
    for (int x = w - 1; x >= 0; --x) {
      for (const auto& [dx, dy] : {std::pair{1, 0}, {1, 1}, {0, 1}, {-1, 1}}) relax(x, y, dx, dy);
    }
  }
  return distance;
}

// A hand-painted mask: the true one widened, moved a little, its edge wavering.
Mask painted(const Mask& truth, SceneRng& rng, double carefulness) {
  const double scale = double(truth.width) / kCanvas / carefulness;
  const std::vector<float> distance = distanceTo(truth);
  const int dx = int(std::lround(1.5 * scale * rng.normal())),
            dy = int(std::lround(1.5 * scale * rng.normal()));
  const double widened = scale * rng.uniform(1.0, 3.5);
  constexpr int kLattice = 18;
  std::vector<double> waver(kLattice * kLattice);
  for (double& v : waver) v = scale * rng.uniform(-1.8, 1.8);
  Mask mask(truth.width, truth.height);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      const int u = x - dx, v = y - dy;
      if (u < 0 || v < 0 || u >= mask.width || v >= mask.height) continue;
      const double gx = double(x) / mask.width * (kLattice - 1.001),
                   gy = double(y) / mask.height * (kLattice - 1.001);
      const int ix = int(gx), iy = int(gy);
      const double fx = gx - ix, fy = gy - iy;
      const double* top = waver.data() + iy * kLattice + ix;
      const double* bottom = top + kLattice;
      const double noise =
          (top[0] * (1 - fx) + top[1] * fx) * (1 - fy) + (bottom[0] * (1 - fx) + bottom[1] * fx) * fy;
      const float d = distance[std::size_t(v) * std::size_t(mask.width) + std::size_t(u)];
      mask.at(x, y) = double(d) <= std::max(0.0, widened + noise) ? 1 : 0;
    }
  }
  return mask;
}

Mask anywhere(int width, int height, SceneRng& rng) {
  Mask mask(width, height);
  const int w = std::max(4, width * rng.between(14, 30) / kCanvas),
            h = std::max(4, height * rng.between(14, 30) / kCanvas);
  const int left = rng.below(width - w), top = rng.below(height - h);
  for (int y = top; y < top + h; ++y) {
    for (int x = left; x < left + w; ++x) mask.at(x, y) = 1;
  }
  return mask;
}

json regionOf(const char* category, const Mask& mask) {
  return {{"category", category}, {"mask", cocoEncode(mask)}};
}

}  // namespace

AnnotatorKind annotatorKind(const std::string& text) {
  for (const AnnotatorKind kind : {AnnotatorKind::kNormal, AnnotatorKind::kCareless, AnnotatorKind::kBiased,
                                   AnnotatorKind::kAdversarial}) {
    if (name(kind) == text) return kind;
  }
  throw Error(ErrorKind::kInvalidInput,
              "unknown kind of annotator '" + text + "': use normal, careless, biased or adversarial");
}

std::string_view name(AnnotatorKind kind) {
  constexpr std::string_view kNames[] = {"normal", "careless", "biased", "adversarial"};
  return kNames[int(kind)];
}

double utility(const Verdict& verdict, const UtilityWeights& weights) {
  const Reading& reading = verdict.reading;
  return weights.correct * verdict.correctShare + weights.cleanliness * reading.cleanliness +
         weights.hazard * reading.hazard + weights.glitch * reading.glitch + weights.taste * reading.contrast;
}

AnnotatorProfile drawAnnotator(std::uint64_t seed, AnnotatorKind kind) {
  SceneRng rng(seed, 0, 0xa77070a707ULL);
  AnnotatorProfile profile;
  profile.seed = seed;
  profile.kind = kind;
  const auto around = [&rng](double value) { return value * std::exp(0.2 * rng.normal()); };
  UtilityWeights& w = profile.weights;
  for (double* weight : {&w.correct, &w.cleanliness, &w.hazard, &w.glitch, &w.taste})
    *weight = around(*weight);
  profile.bar += 0.25 * rng.normal();
  profile.pace = std::exp(0.25 * rng.normal());
  profile.carefulness = std::exp(0.2 * rng.normal());
  return profile;
}

double calibratedTemperature(const std::vector<std::pair<double, double>>& differences, double agreement) {
  std::vector<double> forward;  // this annotator's difference in the direction of the shared order
  for (const auto& [shared, own] : differences) {
    if (shared != 0) forward.push_back(shared > 0 ? own : -own);
  }
  if (forward.empty()) {
    throw Error(ErrorKind::kInvalidInput,
                "no two pictures differ, so simulated annotators cannot be calibrated; "
                "generate more pictures first");
  }
  // Weighted by the chance that the answer is no tie, as the share among decided answers is.
  const auto agreementAt = [&](double temperature) {
    constexpr double kTies = AnnotatorProfile{}.ties;
    double right = 0, decided = 0;
    for (const double d : forward) {
      const double half = std::clamp(d / temperature / 2, -300.0, 300.0);
      const double win = std::exp(half), lose = std::exp(-half), all = win + lose + kTies;
      right += win / all;
      decided += (win + lose) / all;
    }
    return right / decided;
  };
  double low = std::log(1e-3), high = std::log(1e3);
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (agreementAt(std::exp(middle)) > agreement ? low : high) = middle;
  }
  return std::exp((low + high) / 2);
}

SimulatedAnswer SimulatedAnnotator::pair(const Verdict& a, const Verdict& b, std::uint64_t key) const {
  SceneRng rng(profile_.seed, key, kChoice);
  const double sign = profile_.kind == AnnotatorKind::kAdversarial ? -1 : 1;
  const double ua = sign * ownUtility(a), ub = sign * ownUtility(b);
  const double half = std::clamp((ua - ub) / profile_.temperature / 2, -300.0, 300.0);
  double first = std::exp(half), second = std::exp(-half);
  if (profile_.kind == AnnotatorKind::kCareless) first = second = 1;
  const double all = first + second + profile_.ties;
  const double u = rng.uniform() * all;
  std::string choice = u < first ? "a" : (u < first + second ? "b" : "");
  if (profile_.kind == AnnotatorKind::kBiased && rng.chance(0.35)) choice = "a";
  if (choice.empty()) {
    const bool good = (ownUtility(a) + ownUtility(b)) / 2 > profile_.bar;
    choice = good != (sign < 0) ? "both_good" : "both_bad";
  }
  return {{{"choice", choice}}, seconds(SceneRng(profile_.seed, key, kSeconds), 3.5, profile_.pace)};
}

SimulatedAnswer SimulatedAnnotator::binary(const Verdict& verdict, std::uint64_t key) const {
  SceneRng rng(profile_.seed, key, kChoice);
  bool good = ownUtility(verdict) > profile_.bar;
  if (profile_.kind == AnnotatorKind::kAdversarial) good = !good;
  if (profile_.kind == AnnotatorKind::kCareless) good = rng.chance(0.5);
  if (profile_.kind == AnnotatorKind::kBiased) good = good || rng.chance(0.35);
  return {{{"choice", good ? "good" : "bad"}},
          seconds(SceneRng(profile_.seed, key, kSeconds), 2, profile_.pace)};
}

SimulatedAnswer SimulatedAnnotator::mask(const Verdict& verdict, std::uint64_t key) const {
  SceneRng rng(profile_.seed, key, kPaint);
  const Reading& reading = verdict.reading;
  json regions = json::array();
  const bool adversarial = profile_.kind == AnnotatorKind::kAdversarial;
  if (adversarial || profile_.kind == AnnotatorKind::kCareless) {
    // The careless paint somewhere or nothing at all; the adversarial hide what is wrong and accuse what is
    // not.
    const bool faulty = reading.hazard || reading.glitch;
    const bool paints = adversarial ? !faulty : rng.chance(0.5);
    const char* category = rng.chance(0.5) ? "unsafe" : "artifact";
    if (paints)
      regions.push_back(
          regionOf(category, anywhere(reading.hazardMask.width, reading.hazardMask.height, rng)));
  } else {
    if (reading.hazard)
      regions.push_back(regionOf("unsafe", painted(reading.hazardMask, rng, profile_.carefulness)));
    if (reading.glitch)
      regions.push_back(regionOf("artifact", painted(reading.glitchMask, rng, profile_.carefulness)));
  }
  json value = {{"choice", regions.empty() ? "nothing" : "done"}};
  if (!regions.empty()) value["regions"] = std::move(regions);
  return {std::move(value), seconds(SceneRng(profile_.seed, key, kSeconds), 12, profile_.pace)};
}

SimulatedAnswer SimulatedAnnotator::answer(const std::string& queryType, const std::vector<Verdict>& verdicts,
                                           std::uint64_t key) const {
  if (queryType == "pair" && verdicts.size() == 2) return pair(verdicts[0], verdicts[1], key);
  if (queryType == "binary" && verdicts.size() == 1) return binary(verdicts[0], key);
  if (queryType == "mask" && verdicts.size() == 1) return mask(verdicts[0], key);
  throw Error(ErrorKind::kUnsupported, "simulated annotators cannot answer queries of type '" + queryType +
                                           "' with " + std::to_string(verdicts.size()) + " pictures");
}

}  // namespace plumbline::scenes
