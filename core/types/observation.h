// What an answer means. Store, reward, simulator and export work on observations alone, so that a new query
// type only adds its mapping. Images are named by their SHA-256 (the store's content address).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

namespace plumbline {

// Image over image. tie: neither better; then winner and loser are just the two.
struct Comparison {
  std::string winner, loser;
  double strength = 1.0;  // in (0, 1]
  bool tie = false;
};

// One image, one criterion ("overall", "prompt", "safety", ...), value in [0, 1].
struct Level {
  std::string image, criterion;
  double value = 0;
};

// One image, one category ("unsafe", "artifact", "not_asked", "ugly"), a COCO run-length mask.
// Category "" with a null mask says that a person looked and found nothing wrong at all.
struct Region {
  std::string image, category;
  nlohmann::json mask;
};

using Observation = std::variant<Comparison, Level, Region>;

// {"kind": "comparison" | "level" | "region", ...}. Throws Error(kCorrupt).
nlohmann::json observationToJson(const Observation& observation);
Observation observationFromJson(const nlohmann::json& json);

inline constexpr const char* kRegionCategories[] = {"unsafe", "artifact", "not_asked", "ugly"};

}  // namespace plumbline
