// What current answers mean, for training, evaluation and export. Threads: any. Failures: plumbline::Error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/types/observation.h"

namespace plumbline {

class Database;

struct ObservationRow {
  std::int64_t id = 0;
  Observation observation;
  std::int64_t answer = 0, query = 0, annotator = 0;
  std::string queryType, source, acquisition;
  std::int64_t round = 0;
  std::optional<std::int64_t> prompt;  // of the query, else of its (first) image
  std::string promptText, split;
  std::int64_t milliseconds = 0, createdMs = 0;
};

struct ObservationFilter {
  std::string kind;         // "comparison", "level", "region", "" for all
  std::string source;       // "person", "simulated", "machine", "" for all
  std::string split;        // of the prompt, "" for all
  std::string acquisition;  // "random" for the unbiased share, "" for all
  std::optional<std::int64_t> annotator;
  std::int64_t upToAnswer =
      0;  // snapshot: rows given up to this answer id and not superseded up to it; 0 for now
};

class ObservationStore {
 public:
  explicit ObservationStore(Database& database) : database_(database) {}

  // Oldest first.
  std::vector<ObservationRow> current(const ObservationFilter& filter = {});
  std::int64_t count(const ObservationFilter& filter = {});
  // The masks people drew on one picture.
  std::vector<Region> regionsOf(const std::string& image);

 private:
  Database& database_;
};

}  // namespace plumbline
