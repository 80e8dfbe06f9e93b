// Answers are append-only: the database itself refuses to change or delete one. Undo and edit write a new row
// that supersedes; per query and annotator there is one chain, whose last row counts. record() and undo()
// return only when the transaction is on disk. Threads: any (see AsyncAnswerWriter for the window). Failures:
// plumbline::Error.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/types/query_type.h"

namespace plumbline {

class Database;

struct AnswerDraft {
  std::int64_t query = 0;
  std::int64_t annotator = 0;
  std::optional<std::int64_t> session;
  nlohmann::json value;  // as the query type defines it, e.g. {"choice": "a"}
  std::vector<std::string> reasons;
  std::int64_t milliseconds = 0;  // from shown to answered
  std::string source = "person";  // "person", "simulated" or "machine"
  // An edit names the answer it replaces; without it a second answer to the same query is refused.
  std::optional<std::int64_t> supersedes;
};

struct AnswerRow {
  std::int64_t id = 0;
  std::int64_t query = 0;
  std::int64_t annotator = 0;
  std::optional<std::int64_t> session;
  nlohmann::json value;
  std::vector<std::string> reasons;
  std::int64_t milliseconds = 0;
  std::string source;
  std::optional<std::int64_t> supersedes;
  int revision = 0;             // 0 first of its chain
  std::string state = "given";  // "given", "retracted" (an undo), "tombstone" (erased on request)
  int observations = 0;         // 0: a skip, or nothing to say
  std::int64_t createdMs = 0;
  std::string queryType;  // filled on reading, for history strips
};

struct AnswerCounts {
  std::int64_t total = 0;    // current answers, skips included
  std::int64_t skipped = 0;  // of them, without observations
  std::vector<std::pair<std::string, std::int64_t>> byType;
  std::int64_t milliseconds = 0;  // time spent on them
};

class AnswerStore {
 public:
  AnswerStore(Database& database, const query_type::Registry& queryTypes)
      : database_(database), queryTypes_(queryTypes) {}

  // The answer, its observations and masks, and the query's new state in one transaction.
  AnswerRow record(const AnswerDraft& draft);
  // Takes back the annotator's latest current answer (of this session, if given) and opens its query again;
  // returns the answer that was taken back, or nothing if there is none.
  std::optional<AnswerRow> undo(std::int64_t annotator, std::optional<std::int64_t> session = {});
  // Takes back one certain answer. Throws Error(kInvalidInput) if it is not current.
  AnswerRow retract(std::int64_t answer);

  std::optional<AnswerRow> find(std::int64_t id);
  // The annotator's current answer to a query.
  std::optional<AnswerRow> current(std::int64_t query, std::int64_t annotator);
  // Current answers, newest first.
  std::vector<AnswerRow> history(std::int64_t annotator, int limit, std::optional<std::int64_t> session = {});
  std::vector<AnswerRow> listCurrent();               // of all annotators, oldest first
  std::vector<AnswerRow> chain(std::int64_t answer);  // every row of its chain, oldest first
  AnswerCounts counts(std::optional<std::int64_t> annotator = {}, std::optional<std::int64_t> session = {});
  // The newest answer row's id: names the data snapshot a run was trained on. 0 if there is none.
  std::int64_t latestId();

  // Erases what a person said, on request: rows stay as blank tombstones, observations and masks go. Returns
  // how many.
  std::int64_t erase(std::int64_t annotator);

 private:
  void storeObservations(std::int64_t answer, const std::vector<Observation>& observations);
  AnswerRow appendRetraction(const AnswerRow& answer);
  void refreshQueryState(std::int64_t query);

  Database& database_;
  const query_type::Registry& queryTypes_;
};

}  // namespace plumbline
