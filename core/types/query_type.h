// A query type is what may be asked of a person, defined by what its answer means: a list of observations.
// One file per type in query_types/; the view of the same id is in ui/queries. Pure functions, thread-safe.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/types/observation.h"
#include "core/types/registry.h"

namespace plumbline::query_type {

// The images in shown order (SHA-256), and what the type needs besides ({"criterion": "overall"} for binary).
struct Query {
  std::string type;
  std::vector<std::string> images;
  nlohmann::json settings = nlohmann::json::object();
};

struct QueryType {
  Descriptor descriptor;  // extra: {"images": 1 or 2, "answer": "..."}
  int images = 1;         // pictures shown
  // The observations that an answer's value states; empty for a skip. Throws Error(kInvalidInput) if the value is
  // not one this type can have.
  //   pair:   {"choice": "a" | "b" | "both_good" | "both_bad" | "tie" | "skip"}
  //   binary: {"choice": "good" | "bad" | "skip"}
  //   mask:   {"choice": "done" | "nothing" | "skip", "regions": [{"category": ..., "mask": COCO RLE}]}
  std::function<std::vector<Observation>(const Query&, const nlohmann::json& value)> observations;
};

using Registry = plumbline::Registry<QueryType>;
void registerAll(Registry& registry);

}  // namespace plumbline::query_type
