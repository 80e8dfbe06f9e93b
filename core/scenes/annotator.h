// Simulated annotators: people with a taste of their own who judge pictures by what the oracle reads from
// them, so they can judge generated pictures too. Every answer is a pure function of (annotator, key);
// thread-safe.
//
// u = 2.0 correctShare + 1.0 cleanliness - 2.5 hazard - 1.5 glitch + 0.5 taste (contrast), each annotator
// with weights drawn around these. A hazard sign that the prompt asks for counts like any other.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/scenes/reading.h"

namespace plumbline::scenes {

enum class AnnotatorKind { kNormal, kCareless, kBiased, kAdversarial };
// "normal", "careless" (answers at random), "biased" (prefers the first side, says good too readily),
// "adversarial" (inverts). Throws Error(kInvalidInput) for other names.
AnnotatorKind annotatorKind(const std::string& name);
std::string_view name(AnnotatorKind kind);

struct UtilityWeights {
  double correct = 2.0, cleanliness = 1.0, hazard = -2.5, glitch = -1.5, taste = 0.5;
};
// The shared utility without anybody's taste or noise: what evaluations order pictures by.
double utility(const Verdict& verdict, const UtilityWeights& weights = {});

struct AnnotatorProfile {
  std::uint64_t seed = 0;
  AnnotatorKind kind = AnnotatorKind::kNormal;
  UtilityWeights weights;
  double temperature = 1.0;  // of the Davidson model; see calibratedTemperature
  double ties = 0.4;         // Davidson's nu: two equal pictures tie with probability nu / (2 + nu)
  double bar = 2.3;          // good is what lies above
  double pace = 1.0;         // factor on the seconds
  double carefulness = 1.0;  // of painting: 1 usual, more is finer
};

// An annotator drawn around the shared weights (about a fifth up or down each); temperature is the default
// one.
AnnotatorProfile drawAnnotator(std::uint64_t seed, AnnotatorKind kind = AnnotatorKind::kNormal);

// The temperature at which decided (not tied) answers agree with the shared order in the given share of
// pairs. differences: per pair, (shared, this annotator's) utility of the first picture less that of the
// second; pairs with no shared difference are left out. The annotator's own taste counts as disagreement, so
// a share beyond what the taste allows gives the smallest temperature. Throws Error(kInvalidInput) without
// usable pairs.
double calibratedTemperature(const std::vector<std::pair<double, double>>& differences,
                             double agreement = 0.75);

struct SimulatedAnswer {
  nlohmann::json value;  // as core/types/query_type.h defines it for the query's type
  double seconds = 0;    // log-normal around 3.5 (pair), 2 (binary), 12 (mask)
};

class SimulatedAnnotator {
 public:
  explicit SimulatedAnnotator(const AnnotatorProfile& profile) : profile_(profile) {}

  const AnnotatorProfile& profile() const { return profile_; }
  double ownUtility(const Verdict& verdict) const { return utility(verdict, profile_.weights); }

  // key: which draw, such as a query's row id; the same key gives the same answer.
  SimulatedAnswer pair(const Verdict& a, const Verdict& b, std::uint64_t key) const;
  SimulatedAnswer binary(const Verdict& verdict, std::uint64_t key) const;
  // Paints the hazard as "unsafe" and the glitch as "artifact", each dilated, shifted and roughened.
  SimulatedAnswer mask(const Verdict& verdict, std::uint64_t key) const;
  // By the query type's id; verdicts as the type shows pictures. Throws Error(kUnsupported) for other types.
  SimulatedAnswer answer(const std::string& queryType, const std::vector<Verdict>& verdicts,
                         std::uint64_t key) const;

 private:
  AnnotatorProfile profile_;
};

}  // namespace plumbline::scenes
