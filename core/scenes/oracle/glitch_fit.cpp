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

constexpr int kBatch = 16;        // scenes
constexpr double kWithout = 3;    // how much a picture without a glitch counts: most have none
constexpr double kMissed = 0.06;  // of the rendered glitches

constexpr int kNewtonSteps = 200;
constexpr double kRidge = 1;

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

// Three scenes: with a glitch, without, and one whose redrawn picture gets a glitch.
struct Trio {
  Scene with, without, other;
  SceneRng spoiling;
  bool fitted;
};

Trio trioOf(std::uint64_t seed, int index) {
  SceneRng promptRng(seed, std::uint64_t(index), 10), sceneRng(seed, std::uint64_t(index), 11);
  const bool hazard = index % 8 < 2;
  const auto next = [&](bool glitch) {
    return sampleScene(samplePrompt(promptRng), sceneRng, Faults{hazard, glitch});
  };
  return {next(true), next(false), next(true), SceneRng(seed, std::uint64_t(index), 12), index % 2 == 0};
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

std::string nameOf(const char* how, const Glitch& glitch) {
  return std::string(how) + "_" + std::string(kGlitchKindNames[std::size_t(glitch.kind)]);
}

// Every picture of the samples as `change` leaves it.
void changeAll(std::vector<Sample>& samples,
               const std::function<std::vector<Picture>(const std::vector<Picture>&)>& change) {
  std::vector<Picture> pictures;
  for (Sample& sample : samples) pictures.push_back(std::move(sample.picture));
  pictures = change(pictures);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (pictures.size() != samples.size() || pictures[i].width != kCanvas || pictures[i].height != kCanvas)
      throw Error(ErrorKind::kInternal, "the model gave back another number or size of pictures");
    samples[i].picture = std::move(pictures[i]);
  }
}

// Of each trio one picture as the generator draws it, and another with a glitch on it.
std::vector<Sample> redrawnSamples(const GlitchFitRequest& request, const std::vector<Trio>& trios) {
  std::vector<Sample> clean, painted;
  std::vector<std::string> captions;
  for (const Trio& trio : trios) {
    Scene unspoilt = trio.other;
    unspoilt.glitch.reset();
    for (const Scene& scene : {trio.without, unspoilt}) {
      clean.push_back({"redrawn", render(scene, kCanvas), {}, trio.fitted});
      captions.push_back(canonicalText(scene.prompt));
    }
  }
  changeAll(clean, [&](const auto& pictures) { return request.redraw(pictures, captions); });
  for (std::size_t i = trios.size(); i-- > 0;) {
    const Glitch& glitch = *trios[i].other.glitch;
    const auto at = clean.begin() + std::ptrdiff_t(2 * i + 1);
    if (glitchShows(glitch, at->picture)) {
      paintGlitch(glitch, at->picture);
      painted.push_back({nameOf("redrawn", glitch), std::move(at->picture), glitch, trios[i].fitted});
    }
    clean.erase(at);
  }
  if (!painted.empty()) changeAll(painted, request.roundTrip);
  clean.insert(clean.end(), painted.begin(), painted.end());
  return clean;
}

std::vector<Sample> samplesOf(const GlitchFitRequest& request, int first, int end) {
  std::vector<Trio> trios;
  for (int i = first; i < end; ++i) trios.push_back(trioOf(request.seed, i));
  std::vector<Sample> samples, decoded;
  for (Trio& trio : trios) {
    const Glitch& glitch = *trio.with.glitch;
    const Picture picture = render(trio.with, kCanvas), clean = render(trio.without, kCanvas);
    samples.push_back({nameOf("rendered", glitch), picture, glitch, trio.fitted});
    samples.push_back({nameOf("soft", glitch), softened(picture, trio.spoiling), glitch, trio.fitted});
    samples.push_back({"rendered", clean, {}, trio.fitted});
    decoded.push_back({nameOf("decoded", glitch), picture, glitch, trio.fitted});
    decoded.push_back({"decoded", clean, {}, trio.fitted});
  }
  changeAll(decoded, request.roundTrip);
  for (const auto& more : {decoded, redrawnSamples(request, trios)})
    samples.insert(samples.end(), more.begin(), more.end());
  return samples;
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
    std::vector<Sample> samples = samplesOf(request, first, end);
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
      if (sample.glitch && !is) continue;  // a redrawn picture has more than its patch
      examples.cues.push_back(withOne(candidate));
      examples.is.push_back(is ? 1.0 : 0.0);
      examples.weight.push_back(sample.glitch ? 1.0 : kWithout);
    }
  }
  const cv::Mat1d fitted = logisticRegression(examples);
  GlitchWeights weights;
  std::copy_n(fitted.begin(), kGlitchCues, weights.cues.begin());
  std::vector<double> scores;
  for (const auto& [sample, candidates] : all) {
    if (sample.fitted && sample.name == rendered && !candidates.empty())
      scores.push_back(bestScore(candidates, {weights, weights, weights}));
  }
  std::sort(scores.begin(), scores.end());
  weights.least = -fitted(kGlitchCues);  // even odds
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
