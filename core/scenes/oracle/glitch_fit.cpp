#include "core/scenes/oracle/glitch_fit.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "core/scenes/oracle/analysis.h"
#include "core/scenes/renderer.h"
#include "core/scenes/scene_rng.h"
#include "core/types/parallel.h"

namespace plumbline::scenes {
namespace {

constexpr int kBatch = 16;        // scenes
constexpr double kRendered = 2;   // how much a glitch as it is rendered counts
constexpr double kMissed = 0.02;  // of the rendered glitches
constexpr int kNewtonSteps = 25;
using Vector = cv::Vec<double, kGlitchCues + 1>;  // cues and 1

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

struct Example {
  Vector cues;
  double is = 0, weight = 1;
};

const std::array<std::string, kGlitchKinds> kKindNames{"noise", "smear", "shift"};

cv::Mat viewOf(const Picture& picture) {
  return {picture.height, picture.width, CV_8UC3, const_cast<std::uint8_t*>(picture.rgb.data())};
}

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
      bending(seed, std::uint64_t(index), 12);
  const Faults faults{index % 4 == 0, false};
  const Scene with = sampleScene(samplePrompt(promptRng), sceneRng, {faults.hazard, true});
  const ScenePrompt prompt = samplePrompt(promptRng);
  const Scene without = sampleScene(prompt, sceneRng, faults);
  Scene other = sampleScene(prompt, sceneRng, faults);
  other.textureSeed = without.textureSeed;
  const std::string& kind = kKindNames[std::size_t(with.glitch->kind)];
  const Picture clean = render(without, kCanvas);
  std::vector<Sample> samples{{"rendered_" + kind, render(with, kCanvas), with.glitch},
                              {"bent", bent(clean, bending), {}},
                              {"melted", bent(melted(clean, render(other, kCanvas), bending), bending), {}}};
  Scene unspoilt = with;
  unspoilt.glitch.reset();
  Picture spoilt;
  if (showsIn(*with.glitch, bent(render(unspoilt, kCanvas), bending), spoilt))
    samples.push_back({"bent_" + kind, std::move(spoilt), with.glitch});
  for (std::size_t i = 0, n = samples.size(); i < n; ++i)
    samples.push_back({"soft_" + samples[i].name, softened(samples[i].picture, bending), samples[i].glitch});
  for (Sample& sample : samples) sample.fitted = index % 2 == 0;
  return samples;
}

void addDecoded(const GlitchFitRequest& request, std::vector<Sample>& samples) {
  if (!request.roundTrip) return;
  std::vector<Picture> pictures;
  for (const Sample& sample : samples) pictures.push_back(sample.picture);
  pictures = request.roundTrip(pictures);
  for (std::size_t i = 0, n = samples.size(); i < n; ++i) {
    if (samples[i].name.starts_with("soft_")) continue;
    Sample decoded = samples[i];
    decoded.name = "decoded_" + decoded.name;
    decoded.picture = std::move(pictures[i]);
    samples.push_back(std::move(decoded));
  }
}

Vector withOne(const GlitchCandidate& candidate) {
  Vector cues;
  for (int k = 0; k < kGlitchCues; ++k) cues[k] = candidate.cues[std::size_t(k)];
  cues[kGlitchCues] = 1;
  return cues;
}

// What lies mostly in the patch or is mostly covered by it.
bool belongs(const cv::Rect& box, const Glitch& patch) {
  const cv::Rect glitch(patch.left, patch.top, patch.width, patch.height);
  const double both = (box & glitch).area();
  return both > 0.5 * box.area() || both > 0.25 * (box | glitch).area();
}

// Newton's method; a faint ridge keeps it solvable.
Vector logisticRegression(const std::vector<Example>& examples) {
  Vector weights = Vector::all(0);
  for (int step = 0; step < kNewtonSteps; ++step) {
    cv::Matx<double, kGlitchCues + 1, kGlitchCues + 1> curvature =
        cv::Matx<double, kGlitchCues + 1, kGlitchCues + 1>::eye() * 1e-2;
    Vector slope = -1e-2 * weights;
    for (const Example& example : examples) {
      const double p = 1 / (1 + std::exp(-weights.dot(example.cues)));
      slope += example.weight * (example.is - p) * example.cues;
      curvature += example.weight * p * (1 - p) * (example.cues * example.cues.t());
    }
    weights += Vector(curvature.solve(slope, cv::DECOMP_CHOLESKY).val);
  }
  return weights;
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
  const std::string rendered = "rendered_" + kKindNames[std::size_t(kind)];
  std::vector<Example> examples;
  for (const auto& [sample, candidates] : all) {
    if (!sample.fitted || (sample.glitch && sample.glitch->kind != kind)) continue;
    for (const GlitchCandidate& candidate : candidates) {
      const bool is = sample.glitch && belongs(candidate.box, *sample.glitch);
      if (sample.glitch && !is) continue;  // bent pictures have more than their patch
      examples.push_back({withOne(candidate), is ? 1.0 : 0.0, sample.name == rendered ? kRendered : 1.0});
    }
  }
  const Vector fitted = logisticRegression(examples);
  GlitchWeights weights;
  std::copy_n(fitted.val, kGlitchCues, weights.cues.begin());
  std::vector<double> scores;
  for (const auto& [sample, candidates] : all) {
    if (!sample.fitted || sample.name != rendered || candidates.empty()) continue;
    scores.push_back(bestScore(candidates, {weights, weights, weights}));
  }
  std::sort(scores.begin(), scores.end());
  // Even odds, where that keeps enough of the rendered ones.
  weights.least = -fitted[kGlitchCues];
  if (!scores.empty())
    weights.least = std::min(weights.least, scores[std::size_t(kMissed * double(scores.size()))]);
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

}  // namespace plumbline::scenes
