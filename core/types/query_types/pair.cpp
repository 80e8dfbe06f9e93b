#include "core/types/query_type.h"

namespace plumbline::query_type {
namespace {

std::vector<Observation> observations(const Query& query, const nlohmann::json& value) {
  if (query.images.size() != 2) throw Error(ErrorKind::kInvalidInput, "a pair query needs two images");
  const std::string choice = value.value("choice", "");
  const std::string &a = query.images[0], &b = query.images[1];
  if (choice == "a") return {Comparison{a, b, 1.0, false}};
  if (choice == "b") return {Comparison{b, a, 1.0, false}};
  // "both good" and "both bad" are ties that also say on which side of the bar the two lie.
  if (choice == "both_good") return {Comparison{a, b, 1.0, true}, Level{a, "overall", 1.0}, Level{b, "overall", 1.0}};
  if (choice == "both_bad") return {Comparison{a, b, 1.0, true}, Level{a, "overall", 0.0}, Level{b, "overall", 0.0}};
  // Equal, and nothing said about how good: what imported data sets know of a tie.
  if (choice == "tie") return {Comparison{a, b, 1.0, true}};
  if (choice == "skip") return {};
  throw Error(ErrorKind::kInvalidInput, "a pair answer is a, b, both_good, both_bad, tie or skip, got '" + choice + "'");
}

}  // namespace

void register_pair(Registry& registry) {
  QueryType type;
  type.descriptor = {"pair", "Which is better?",
                     "Two pictures of one prompt at equal settings; the annotator says which one is better, or that both "
                     "are good or both bad.",
                     "arXiv 2305.01569", 1, {}, {{"images", 2}, {"observations", {"comparison", "level"}}}};
  type.images = 2;
  type.observations = observations;
  registry.add(std::move(type));
}

}  // namespace plumbline::query_type
