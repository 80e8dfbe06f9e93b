#include "core/scenes/oracle/glitch_fit.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "core/scenes/oracle/analysis.h"
#include "core/scenes/renderer.h"
#include "core/scenes/scene_rng.h"
#include "core/types/error.h"
#include "core/types/parallel.h"

namespace plumbline::scenes {
namespace {

constexpr int kBatch = 16, kDecodedAtOnce = 32;  // scenes
constexpr double kRendered = 2;                  // how much a glitch as it is rendered counts
constexpr double kMissed = 0.02;                 // of the rendered glitches

constexpr int kNewtonSteps = 200;
constexpr double kRidge = 0.1;
// Log odds of 4 to 1, asked for where that keeps enough of the rendered ones.
constexpr double kSure = 1.386;

struct Sample {
  std::string name;
  Picture picture;
  std::optional<Glitch> glitch;
  bool fitted = false;
};

struct Seen {
  Sample sample;
  std::vector<GlitchCandidate> candidates;
};

// A row each.
struct Examples {
  cv::Mat1d cues;  // and 1
  cv::Mat1d is, weight;
};

cv::Mat smoothNoise(int cells, int type, double spread, SceneRng& rng) {
  cv::Mat coarse(cells, cells, type), fine;
  for (float* v = coarse.ptr<float>();
       v != coarse.ptr<float>() + coarse.total() * std::size_t(coarse.channels()); ++v)
    *v = float(spread * rng.normal());
  cv::resize(coarse, fine, {kCanvas, kCanvas}, 0, 0, cv::INTER_CUBIC);
  return fine;
}

Picture bent(const Picture& picture, SceneRng& rng) {
  const int cells = rng.below(2) == 0 ? 5 : 8;
  cv::Mat2f from = smoothNoise(cells, CV_32FC2, rng.uniform(1.5, 6), rng);
  for (int y = 0; y < kCanvas; ++y) {
    for (int x = 0; x < kCanvas; ++x) from(y, x) += cv::Vec2f(float(x), float(y));
  }
  Picture result(kCanvas, kCanvas);
  cv::Mat to = viewOf(result);
  cv::remap(viewOf(picture), to, from, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return result;
}

// Here and there the second picture shows through the first.
Picture melted(const Picture& first, const Picture& second, SceneRng& rng) {
  const cv::Mat1f field = smoothNoise(5, CV_32F, 1, rng);
  Picture result = first;
  for (int y = 0; y < kCanvas; ++y) {
    for (int x = 0; x < kCanvas; ++x) {
      const double share = 1 / (1 + std::exp(-6 * (double(field(y, x)) - 0.8)));
      for (int c = 0; c < 3; ++c) {
        result.at(x, y)[c] =
            std::uint8_t(std::lround(first.at(x, y)[c] * (1 - share) + second.at(x, y)[c] * share));
      }
    }
  }
  return result;
}

bool showsIn(const Glitch& glitch, const Picture& before, Picture& after) {
  after = before;
  paintGlitch(glitch, after);
  int changed = 0;
  for (std::size_t i = 0; i < before.rgb.size(); ++i)
    changed += std::abs(int(after.rgb[i]) - before.rgb[i]) > 48;
  return changed >= 200;
}

// As a lossy path leaves it: soft edges and faint noise.
Picture softened(const Picture& picture, SceneRng& rng) {
  cv::Mat3f soft;
  viewOf(picture).convertTo(soft, CV_32F);
  cv::GaussianBlur(soft, soft, {0, 0}, rng.uniform(0.5, 1.1));
  Picture result(picture.width, picture.height);
  const float* from = soft.ptr<float>();
  for (std::uint8_t& value : result.rgb)
    value = cv::saturate_cast<std::uint8_t>(double(*from++) + 2 * rng.normal());
  return result;
}

std::vector<Sample> samplesOf(std::uint64_t seed, int index) {
  SceneRng promptRng(seed, std::uint64_t(index), 10), sceneRng(seed, std::uint64_t(index), 11),
      spoiling(seed, std::uint64_t(index), 12);
  const Faults faults{index % 8 < 2, false};
  const Scene with = sampleScene(samplePrompt(promptRng), sceneRng, {faults.hazard, true});
  const ScenePrompt prompt = samplePrompt(promptRng);
  const Scene without = sampleScene(prompt, sceneRng, faults);
  Scene other = sampleScene(prompt, sceneRng, faults);
  other.textureSeed = without.textureSeed;
  const std::string kind(kGlitchKindNames[std::size_t(with.glitch->kind)]);
  const Picture clean = render(without, kCanvas);
  std::vector<Sample> samples{
      {"rendered_" + kind, render(with, kCanvas), with.glitch},
      {"bent", bent(clean, spoiling), {}},
      {"melted", bent(melted(clean, render(other, kCanvas), spoiling), spoiling), {}}};
  Scene unspoilt = with;
  unspoilt.glitch.reset();
  Picture spoilt;
  if (showsIn(*with.glitch, bent(render(unspoilt, kCanvas), spoiling), spoilt))
    samples.push_back({"bent_" + kind, std::move(spoilt), with.glitch});
  for (std::size_t i = 0, n = samples.size(); i < n; ++i)
    samples.push_back({"soft_" + samples[i].name, softened(samples[i].picture, spoiling), samples[i].glitch});
  for (Sample& sample : samples) sample.fitted = index % 2 == 0;
  return samples;
}

void addDecoded(const GlitchFitRequest& request, std::vector<Sample>& samples) {
  if (!request.roundTrip) return;
  std::vector<Sample> decoded;
  for (const Sample& sample : samples) {
    if (!sample.name.starts_with("soft_")) decoded.push_back(sample);
  }
  for (std::size_t first = 0; first < decoded.size(); first += kDecodedAtOnce) {
    const std::size_t end = std::min(first + kDecodedAtOnce, decoded.size());
    std::vector<Picture> pictures;
    for (std::size_t i = first; i < end; ++i) pictures.push_back(decoded[i].picture);
    pictures = request.roundTrip(pictures);
    for (std::size_t i = first; i < end; ++i) {
      Picture& picture = pictures.at(i - first);
      if (picture.width != kCanvas || picture.height != kCanvas)
        throw Error(ErrorKind::kInternal, "the round trip changed the pictures' size");
      decoded[i].name = "decoded_" + decoded[i].name;
      decoded[i].picture = std::move(picture);
      samples.push_back(std::move(decoded[i]));
    }
  }
}

// Half of the cluster lies in the patch, or they share a quarter of the box around both.
bool belongs(const cv::Rect& box, const Glitch& patch) {
  const cv::Rect glitch(patch.left, patch.top, patch.width, patch.height);
  const double both = (box & glitch).area();
  return both > 0.5 * box.area() || both > 0.25 * (box | glitch).area();
}

// Weighted log-likelihood less the ridge.
double likelihood(const Examples& examples, const cv::Mat1d& weights) {
  const cv::Mat1d odds = examples.cues * weights;
  double sum = -0.5 * kRidge * weights.dot(weights);
  for (int i = 0; i < odds.rows; ++i) {
    const double z = odds(i);
    sum += examples.weight(i) * (examples.is(i) * z - std::max(z, 0.0) - std::log1p(std::exp(-std::fabs(z))));
  }
  return sum;
}

// Newton's method; a step that does not help is halved.
cv::Mat1d logisticRegression(const Examples& examples) {
  constexpr int kSize = kGlitchCues + 1;
  cv::Mat1d weights(kSize, 1, 0.0);
  double now = likelihood(examples, weights);
  for (int step = 0; step < kNewtonSteps; ++step) {
    const cv::Mat1d odds = examples.cues * weights;
    cv::Mat1d error(odds.size()), bent = examples.cues.clone();
    for (int i = 0; i < odds.rows; ++i) {
      const double p = 1 / (1 + std::exp(-odds(i)));
      error(i) = examples.weight(i) * (examples.is(i) - p);
      bent.row(i) *= examples.weight(i) * p * (1 - p);
    }
    const cv::Mat1d slope = examples.cues.t() * error - kRidge * weights;
    const cv::Mat1d curvature = examples.cues.t() * bent + cv::Mat1d::eye(kSize, kSize) * kRidge;
    cv::Mat1d way;
    cv::solve(curvature, slope, way, cv::DECOMP_CHOLESKY);
    double next = likelihood(examples, weights + way);
    for (int halving = 0; halving < 30 && next < now; ++halving) {
      way *= 0.5;
      next = likelihood(examples, weights + way);
    }
    if (next - now < 1e-7 * std::fabs(now)) return weights;
    weights += way;
    now = next;
  }
  throw Error(ErrorKind::kInternal, "fitting the glitch detector did not come to an end");
}

cv::Mat1d withOne(const GlitchCandidate& candidate) {
  cv::Mat1d row(1, kGlitchCues + 1, 1.0);
  std::copy(candidate.cues.begin(), candidate.cues.end(), row.begin());
  return row;
}

double bestScore(const std::vector<GlitchCandidate>& candidates, const GlitchDetector& detector) {
  double best = -1e9;
  for (const GlitchCandidate& candidate : candidates)
    best = std::max(best, glitchScore(candidate, detector).score);
  return best;
}

std::vector<Seen> look(const GlitchFitRequest& request, ProgressSink& progress, std::stop_token stop) {
  std::vector<Seen> all;
  for (int first = 0; first < request.scenes; first += kBatch) {
    throwIfStopped(stop);
    const int end = std::min(first + kBatch, request.scenes);
    std::vector<Sample> samples;
    for (int i = first; i < end; ++i) {
      for (Sample& sample : samplesOf(request.seed, i)) samples.push_back(std::move(sample));
    }
    addDecoded(request, samples);
    std::vector<Seen> seen(samples.size());
    inParallel(samples.size(), [&](std::size_t i) {
      const Analysis analysis = firstLook(samples[i].picture);
      seen[i].candidates = glitchCandidates(analysis.lab, analysis.explanation);
    });
    for (std::size_t i = 0; i < samples.size(); ++i) {
      seen[i].sample = std::move(samples[i]);
      seen[i].sample.picture = {};
      all.push_back(std::move(seen[i]));
    }
    progress.progress("looking for glitches", end, request.scenes);
  }
  return all;
}

GlitchWeights fitKind(GlitchKind kind, const std::vector<Seen>& all) {
  const std::string rendered = "rendered_" + std::string(kGlitchKindNames[std::size_t(kind)]);
  Examples examples;
  for (const auto& [sample, candidates] : all) {
    if (!sample.fitted || (sample.glitch && sample.glitch->kind != kind)) continue;
    for (const GlitchCandidate& candidate : candidates) {
      const bool is = sample.glitch && belongs(candidate.box, *sample.glitch);
      if (sample.glitch && !is) continue;  // bent pictures have more than their patch
      examples.cues.push_back(withOne(candidate));
      examples.is.push_back(is ? 1.0 : 0.0);
      examples.weight.push_back(sample.name == rendered ? kRendered : 1.0);
    }
  }
  const cv::Mat1d fitted = logisticRegression(examples);
  GlitchWeights weights;
  std::copy_n(fitted.begin(), kGlitchCues, weights.cues.begin());
  std::vector<double> scores;
  for (const auto& [sample, candidates] : all) {
    if (!sample.fitted || sample.name != rendered || candidates.empty()) continue;
    scores.push_back(bestScore(candidates, {weights, weights, weights}));
  }
  std::sort(scores.begin(), scores.end());
  weights.least = kSure - fitted(kGlitchCues);
  // A little less than the score that is to be called, for the digits that are kept.
  if (!scores.empty())
    weights.least = std::min(weights.least, scores[std::size_t(kMissed * double(scores.size()))] - 0.01);
  return weights;
}

}  // namespace

GlitchFit fitGlitchDetector(const GlitchFitRequest& request, ProgressSink& progress, std::stop_token stop) {
  const std::vector<Seen> all = look(request, progress, stop);
  GlitchFit fit;
  for (int kind = 0; kind < kGlitchKinds; ++kind)
    fit.detector[std::size_t(kind)] = fitKind(GlitchKind(kind), all);
  for (const auto& [sample, candidates] : all) {
    if (sample.fitted) continue;
    GlitchFit::Count& count = fit.counts[sample.name];
    ++count.all;
    count.called += bestScore(candidates, fit.detector) > 0;
  }
  return fit;
}

std::string asSource(const GlitchDetector& detector) {
  std::string text;
  for (std::size_t kind = 0; kind < detector.size(); ++kind) {
    text += "    // " + std::string(kGlitchKindNames[kind]) + "\n    {{";
    for (const double cue : detector[kind].cues) text += std::to_string(cue) + ", ";
    text += "}, " + std::to_string(detector[kind].least) + "},\n";
  }
  return text;
}

}  // namespace plumbline::scenes
