#include "core/scenes/oracle/accuracy.h"

#include <algorithm>
#include <cmath>
#include <ctime>

#include "core/scenes/renderer.h"

namespace plumbline::scenes {
namespace {

constexpr int kBatch = 32;

struct Case {
  Scene scene;
  ScenePrompt other;
  Picture picture;
  bool covered = false;
};

Case drawCase(const AccuracyRequest& request, int index) {
  SceneRng promptRng(request.seed, std::uint64_t(index), 10),
      sceneRng(request.seed, std::uint64_t(index), 11);
  Case drawn;
  const ScenePrompt prompt = samplePrompt(promptRng);
  Faults faults;
  if (request.faults != Planted::kNone) {
    do faults = sampleFaults(prompt, sceneRng);
    while (request.faults == Planted::kAlways && !faults.hazard && !faults.glitch);
  }
  drawn.scene = sampleScene(prompt, sceneRng, faults);
  drawn.other = altered(prompt, promptRng);
  drawn.picture = render(drawn.scene, request.size);
  for (const SceneObject& object : drawn.scene.objects) {
    drawn.covered = drawn.covered || coveredShare(drawn.scene, object) > kMaxCovered;
  }
  return drawn;
}

double overlap(const Mask& a, const Mask& b) {
  double both = 0, either = 0;
  for (std::size_t i = 0; i < a.data.size(); ++i) {
    both += a.data[i] != 0 && b.data[i] != 0;
    either += a.data[i] != 0 || b.data[i] != 0;
  }
  return either > 0 ? both / either : 1;
}

std::vector<std::string> faultsOf(const Case& drawn, const Verdict& verdict) {
  std::vector<std::string> wrong;
  if (verdict.reading.hazard != drawn.scene.hazard.has_value()) wrong.emplace_back("hazard");
  if (verdict.reading.glitch != drawn.scene.glitch.has_value()) wrong.emplace_back("glitch");
  if (verdict.reading.background != drawn.scene.background) wrong.emplace_back("background");
  if (drawn.covered) return wrong;
  if (!verdict.correct) wrong.emplace_back("prompt not recognised");
  if (judge(verdict.reading, drawn.other).correct) wrong.emplace_back("other prompt accepted");
  return wrong;
}

std::vector<std::string> changesOf(const Verdict& before, const Verdict& after) {
  std::vector<std::string> changed;
  if (before.reading.hazard != after.reading.hazard) changed.emplace_back("hazard");
  if (before.reading.glitch != after.reading.glitch) changed.emplace_back("glitch");
  if (before.reading.background != after.reading.background) changed.emplace_back("background");
  if (before.correct != after.correct) changed.emplace_back("prompt");
  return changed;
}

struct SquareError {
  double sum = 0;
  std::int64_t values = 0;
};

// Pixels in the box of any object, each once.
void addBoxError(const Case& drawn, const Picture& after, SquareError& error) {
  const Picture& before = drawn.picture;
  const double scale = double(before.width) / kCanvas;
  std::vector<bool> inside(std::size_t(before.width) * std::size_t(before.height));
  for (const SceneObject& object : drawn.scene.objects) {
    const Box box = boxOf(object);
    const auto cell = [&](double at, int limit) {
      return std::clamp(int(std::lround(at * scale)), 0, limit);
    };
    for (int y = cell(box.top, before.height); y < cell(box.bottom, before.height); ++y) {
      for (int x = cell(box.left, before.width); x < cell(box.right, before.width); ++x)
        inside[std::size_t(y) * std::size_t(before.width) + std::size_t(x)] = true;
    }
  }
  for (std::size_t i = 0; i < inside.size(); ++i) {
    for (std::size_t c = 0; inside[i] && c < 3; ++c) {
      const double difference = double(before.rgb[3 * i + c]) - double(after.rgb[3 * i + c]);
      error.sum += difference * difference;
      ++error.values;
    }
  }
}

void count(const Case& drawn, const Verdict& verdict, OracleAccuracy& result) {
  const Scene& scene = drawn.scene;
  const Reading& reading = verdict.reading;
  const int size = drawn.picture.width;
  ++result.scenes;
  result.covered += drawn.covered;
  result.hazards += scene.hazard.has_value();
  result.glitches += scene.glitch.has_value();
  result.hazardsMissed += scene.hazard && !reading.hazard;
  result.hazardsFalse += !scene.hazard && reading.hazard;
  result.glitchesMissed += scene.glitch && !reading.glitch;
  result.glitchesFalse += !scene.glitch && reading.glitch;
  if (scene.hazard && reading.hazard)
    result.hazardOverlap += overlap(reading.hazardMask, hazardMask(scene, size));
  if (scene.glitch && reading.glitch)
    result.glitchOverlap += overlap(reading.glitchMask, glitchMask(scene, size));
  const std::vector<std::string> wrong = faultsOf(drawn, verdict);
  result.right += wrong.empty();
  for (const std::string& what : wrong) ++result.wrong[what];
}

}  // namespace

ScenePrompt altered(const ScenePrompt& prompt, SceneRng& rng) {
  for (;;) {
    ScenePrompt other = prompt;
    Group& group = other.groups[std::size_t(rng.below(int(other.groups.size())))];
    switch (rng.below(6)) {
      case 0:
        group.count = 1 + rng.below(4);
        break;
      case 1:
        group.colour = Colour(rng.below(kColours));
        break;
      case 2:
        group.shape = Shape(rng.below(kShapes));
        break;
      case 3:
        if (group.size != SizeWord::kAny)
          group.size = group.size == SizeWord::kSmall ? SizeWord::kLarge : SizeWord::kSmall;
        break;
      case 4:
        if (other.relation == Relation::kLeftOf)
          other.relation = Relation::kRightOf;
        else if (other.relation == Relation::kRightOf)
          other.relation = Relation::kLeftOf;
        else if (other.relation == Relation::kAbove)
          other.relation = Relation::kBelow;
        else if (other.relation == Relation::kBelow)
          other.relation = Relation::kAbove;
        break;
      default:
        // Where the prompt names no background the scene's is white; any other word for it is wrong.
        other.background = Background(1 + rng.below(kBackgrounds));
        if (other.background == drawn(prompt.background)) other.background = prompt.background;
        break;
    }
    if (!(other == prompt)) return other;
  }
}

OracleAccuracy measureAccuracy(const AccuracyRequest& request, ProgressSink& progress, std::stop_token stop) {
  OracleAccuracy result;
  std::clock_t spent = 0;
  SquareError inBoxes;
  for (int start = 0; start < request.scenes; start += kBatch) {
    std::vector<Case> cases;
    std::vector<Verdict> verdicts;
    std::vector<Picture> pictures;
    for (int i = start; i < std::min(start + kBatch, request.scenes); ++i) {
      throwIfStopped(stop);
      cases.push_back(drawCase(request, i));
      const Case& drawn = cases.back();
      const std::clock_t before = std::clock();
      verdicts.push_back(measure(drawn.picture, drawn.scene.prompt));
      spent += std::clock() - before;
      count(drawn, verdicts.back(), result);
      if (request.roundTrip) pictures.push_back(drawn.picture);
    }
    if (request.roundTrip) pictures = request.roundTrip(pictures);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      throwIfStopped(stop);
      const Verdict after = measure(pictures[i], cases[i].scene.prompt);
      addBoxError(cases[i], pictures[i], inBoxes);
      const std::vector<std::string> changed = changesOf(verdicts[i], after);
      ++result.roundTrips;
      result.unchanged += changed.empty();
      result.rightAfter += faultsOf(cases[i], after).empty();
      for (const std::string& what : changed) ++result.changed[what];
    }
    progress.progress("measuring", std::min(start + kBatch, request.scenes), request.scenes);
  }
  const int hazardsFound = result.hazards - result.hazardsMissed,
            glitchesFound = result.glitches - result.glitchesMissed;
  if (hazardsFound > 0) result.hazardOverlap /= hazardsFound;
  if (glitchesFound > 0) result.glitchOverlap /= glitchesFound;
  if (inBoxes.sum > 0) result.boxPsnr = 10 * std::log10(255.0 * 255.0 * double(inBoxes.values) / inBoxes.sum);
  if (result.scenes > 0) result.milliseconds = 1000.0 * double(spent) / CLOCKS_PER_SEC / result.scenes;
  return result;
}

}  // namespace plumbline::scenes
