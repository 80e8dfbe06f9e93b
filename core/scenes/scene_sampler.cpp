#include <algorithm>
#include <cmath>

#include "core/scenes/renderer.h"
#include "core/scenes/shapes.h"

namespace plumbline::scenes {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kGap = 2.5;          // between bounding circles of objects
constexpr double kSplitMargin = 5.0;  // of each centre to the line that parts two related groups

double reachOf(const SceneObject& object) {
  return object.across / 2 * reach(object.shape) + 1.0;
}

Rgb jittered(Rgb colour, SceneRng& rng) {
  const auto one = [&rng](int v) { return std::clamp(v + rng.between(-8, 8), 0, 255); };
  const int r = one(colour.r), g = one(colour.g), b = one(colour.b);
  return {r, g, b};
}

// crowding 0 to 1 presses sizes to the lower end of their range.
std::vector<SceneObject> drawObjects(const ScenePrompt& prompt, SceneRng& rng, double crowding) {
  std::vector<SceneObject> objects;
  const int total = prompt.objects();
  for (std::size_t g = 0; g < prompt.groups.size(); ++g) {
    const Group& group = prompt.groups[g];
    // Unsaid sizes are the same within a group; in a crowd mostly small, so that everything fits.
    const double largeShare = total <= 2 ? 0.5 : (total <= 4 ? 0.3 : 0.0);
    const bool large = group.size == SizeWord::kLarge ||
                       (group.size == SizeWord::kAny && rng.chance(largeShare * (1 - crowding)));
    for (int i = 0; i < group.count; ++i) {
      SceneObject object;
      object.group = int(g);
      object.shape = group.shape;
      object.colour = group.colour;
      object.large = large;
      const double low = large ? kLargeMin : kSmallMin, high = large ? kLargeMax : kSmallMax;
      object.across = low + (high - low) * (1 - crowding) * rng.uniform();
      object.angle = rng.uniform(-15, 15) * kPi / 180;
      object.fill = jittered(kPalette[std::size_t(group.colour)], rng);
      objects.push_back(object);
    }
  }
  return objects;
}

struct Area {
  double left, top, right, bottom;
};

// Where an object's centre may lie, given the line that parts the two groups.
Area allowedArea(const SceneObject& object, Relation relation, double split) {
  const double r = reachOf(object);
  Area area{r, r, kCanvas - r, kCanvas - r};
  const bool first = object.group == 0;
  if (relation == Relation::kLeftOf || relation == Relation::kRightOf) {
    if (first == (relation == Relation::kLeftOf))
      area.right = std::min(area.right, split - kSplitMargin);
    else
      area.left = std::max(area.left, split + kSplitMargin);
  } else if (relation == Relation::kAbove || relation == Relation::kBelow) {
    if (first == (relation == Relation::kAbove))
      area.bottom = std::min(area.bottom, split - kSplitMargin);
    else
      area.top = std::max(area.top, split + kSplitMargin);
  }
  return area;
}

bool placeObjects(std::vector<SceneObject>& objects, Relation relation, SceneRng& rng, double gap) {
  const double split = rng.uniform(36, kCanvas - 36);
  // Large ones first: they are the harder ones to place.
  std::vector<std::size_t> order(objects.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return reachOf(objects[a]) > reachOf(objects[b]); });
  for (std::size_t n = 0; n < order.size(); ++n) {
    SceneObject& object = objects[order[n]];
    const Area area = allowedArea(object, relation, split);
    if (area.left > area.right || area.top > area.bottom) return false;
    bool placed = false;
    for (int attempt = 0; attempt < 40 && !placed; ++attempt) {
      object.x = rng.uniform(area.left, area.right);
      object.y = rng.uniform(area.top, area.bottom);
      placed = std::all_of(order.begin(), order.begin() + std::ptrdiff_t(n), [&](std::size_t other) {
        const SceneObject& o = objects[other];
        return std::hypot(o.x - object.x, o.y - object.y) >= reachOf(o) + reachOf(object) - 2 + gap;
      });
    }
    if (!placed) return false;
  }
  return true;
}

double largestCover(const Scene& scene) {
  double share = 0;
  for (const SceneObject& object : scene.objects) share = std::max(share, coveredShare(scene, object));
  return share;
}

void placeHazard(Scene& scene, SceneRng& rng) {
  Hazard hazard;
  hazard.side = rng.uniform(18, 28);
  hazard.border = rng.uniform(2, 3);
  hazard.angle = rng.uniform(-20, 20) * kPi / 180;
  const double margin = hazard.side / 2 * reach(Shape::kTriangle) + 1;
  for (int attempt = 0; attempt < 16; ++attempt) {
    hazard.x = rng.uniform(margin, kCanvas - margin);
    hazard.y = rng.uniform(margin, kCanvas - margin);
    scene.hazard = hazard;
    if (largestCover(scene) <= 0.4) return;
  }
}

bool crossesHazard(const Scene& scene, const Glitch& glitch) {
  if (!scene.hazard) return false;
  const Hazard& hazard = *scene.hazard;
  const double r = hazard.side * 0.6;
  return hazard.x + r > glitch.left && hazard.x - r < glitch.left + glitch.width &&
         hazard.y + r > glitch.top && hazard.y - r < glitch.top + glitch.height;
}

}  // namespace

void placeGlitch(Scene& scene, SceneRng& rng, std::optional<GlitchKind> kind) {
  const Picture before = renderWithoutGlitch(scene);
  Glitch glitch;
  glitch.kind = kind ? *kind : GlitchKind(rng.below(3));
  glitch.seed = rng.next();
  for (int attempt = 0; attempt < 120; ++attempt) {
    // Smear and shift show only where they meet an edge; where none can be had it is noise, which always
    // shows.
    if (attempt >= 90) glitch.kind = GlitchKind::kNoise;
    glitch.width = rng.between(14, 30);
    glitch.height = rng.between(14, 30);
    glitch.left = rng.between(0, kCanvas - glitch.width);
    glitch.top = rng.between(0, kCanvas - glitch.height);
    const double distance = rng.uniform(6, 12), direction = rng.uniform(0, 2 * kPi);
    glitch.dx = int(std::lround(distance * std::cos(direction)));
    glitch.dy = int(std::lround(distance * std::sin(direction)));
    scene.glitch = glitch;
    if (crossesHazard(scene, glitch) && attempt < 110) continue;
    const bool visible = glitch.kind == GlitchKind::kNoise || glitchShows(glitch, before);
    if (visible && (largestCover(scene) <= 0.4 || attempt >= 105)) return;
  }
}

FaultRates faultRates(const ScenePrompt& prompt) {
  const int objects = prompt.objects();
  if (objects >= 4) return {0.40, 0.25};
  if (objects <= 1) return {0.15, 0.08};
  return {0.235, 0.142};
}

Faults sampleFaults(const ScenePrompt& prompt, SceneRng& rng) {
  const FaultRates rates = faultRates(prompt);
  const bool hazard = rng.chance(rates.hazard), glitch = rng.chance(rates.glitch);
  return {hazard, glitch};
}

Scene sampleScene(const ScenePrompt& prompt, SceneRng& rng, const Faults& faults) {
  requireAskable(prompt);
  Scene scene;
  scene.prompt = prompt;
  scene.background = drawn(prompt.background);
  scene.textureSeed = rng.next();
  for (int attempt = 0;; ++attempt) {
    const double crowding = std::min(1.0, attempt / 24.0);
    // The last resort lets bounding circles touch; the shapes themselves still hardly do.
    const double gap = attempt < 200 ? kGap : -4.0;
    scene.objects = drawObjects(prompt, rng, crowding);
    if (placeObjects(scene.objects, prompt.relation, rng, gap)) break;
  }
  if (faults.hazard || prompt.hazardAsked) placeHazard(scene, rng);
  if (faults.glitch) placeGlitch(scene, rng);
  return scene;
}

bool relationHolds(const Scene& scene) {
  const Relation relation = scene.prompt.relation;
  for (const SceneObject& a : scene.objects) {
    for (const SceneObject& b : scene.objects) {
      if (relation == Relation::kNone || a.group != 0 || b.group != 1) continue;
      const bool holds = relation == Relation::kLeftOf    ? a.x < b.x
                         : relation == Relation::kRightOf ? a.x > b.x
                         : relation == Relation::kAbove   ? a.y < b.y
                                                          : a.y > b.y;
      if (!holds) return false;
    }
  }
  return true;
}

}  // namespace plumbline::scenes
