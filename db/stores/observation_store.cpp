#include "db/stores/observation_store.h"

#include "core/types/error.h"
#include "db/database.h"

namespace plumbline {
namespace {

const std::string kColumns =
    "SELECT o.id, o.kind, o.image_hash, o.other_hash, o.strength, o.tie, o.criterion, o.value, o.category, "
    "m.rle_json, "
    "a.id, a.query_id, a.annotator_id, q.type, a.source, q.acquisition, q.round, p.id, p.text, p.split, "
    "a.milliseconds, a.created_ms ";
const std::string kTables =
    "FROM observation o JOIN answer a ON a.id = o.answer_id JOIN query q ON q.id = a.query_id "
    "JOIN image i ON i.hash = o.image_hash LEFT JOIN mask m ON m.id = o.mask_id "
    "LEFT JOIN prompt p ON p.id = COALESCE(q.prompt_id, i.prompt_id) ";

Observation readObservation(const Statement& row) {
  const std::string kind = row.text(1);
  if (kind == "comparison") return Comparison{row.text(2), row.text(3), row.real(4), row.boolean(5)};
  if (kind == "level") return Level{row.text(2), row.text(6), row.real(7)};
  if (kind == "region") {
    return Region{row.text(2), row.text(8), row.isNull(9) ? nlohmann::json() : row.json(9)};
  }
  throw Error(ErrorKind::kCorrupt, "unknown kind of observation '" + kind + "': run plumbline check");
}

ObservationRow read(const Statement& row) {
  ObservationRow result;
  result.id = row.int64(0);
  result.observation = readObservation(row);
  result.answer = row.int64(10);
  result.query = row.int64(11);
  result.annotator = row.int64(12);
  result.queryType = row.text(13);
  result.source = row.text(14);
  result.acquisition = row.text(15);
  result.round = row.int64(16);
  result.prompt = row.optionalInt64(17);
  result.promptText = row.text(18);
  result.split = row.text(19);
  result.milliseconds = row.int64(20);
  result.createdMs = row.int64(21);
  return result;
}

// An answer stands at a snapshot if nothing given up to then supersedes it.
std::string whereClause(const ObservationFilter& filter) {
  std::string where =
      "WHERE a.state = 'given' AND a.id <= ? "
      "AND NOT EXISTS (SELECT 1 FROM answer b WHERE b.supersedes = a.id AND b.id <= ?) ";
  if (!filter.kind.empty()) where += "AND o.kind = ? ";
  if (!filter.source.empty()) where += "AND a.source = ? ";
  if (!filter.split.empty()) where += "AND p.split = ? ";
  if (!filter.acquisition.empty()) where += "AND q.acquisition = ? ";
  if (filter.annotator) where += "AND a.annotator_id = ? ";
  return where;
}

void bindFilter(Statement& statement, const ObservationFilter& filter) {
  const std::int64_t last = filter.upToAnswer > 0 ? filter.upToAnswer : std::int64_t{1} << 62;
  statement.bind(last).bind(last);
  for (const std::string* text : {&filter.kind, &filter.source, &filter.split, &filter.acquisition}) {
    if (!text->empty()) statement.bind(*text);
  }
  if (filter.annotator) statement.bind(*filter.annotator);
}

}  // namespace

std::vector<ObservationRow> ObservationStore::current(const ObservationFilter& filter) {
  Statement row(database_, kColumns + kTables + whereClause(filter) + "ORDER BY o.id");
  bindFilter(row, filter);
  std::vector<ObservationRow> observations;
  while (row.next()) observations.push_back(read(row));
  return observations;
}

std::int64_t ObservationStore::count(const ObservationFilter& filter) {
  Statement row(database_, "SELECT COUNT(*) " + kTables + whereClause(filter));
  bindFilter(row, filter);
  row.next();
  return row.int64(0);
}

std::vector<Region> ObservationStore::regionsOf(const std::string& image) {
  Statement row(database_,
                "SELECT o.image_hash, o.category, m.rle_json FROM observation o "
                "JOIN current_answer a ON a.id = o.answer_id LEFT JOIN mask m ON m.id = o.mask_id "
                "WHERE o.kind = 'region' AND o.image_hash = ? ORDER BY o.id");
  row.bind(image);
  std::vector<Region> regions;
  while (row.next())
    regions.push_back({row.text(0), row.text(1), row.isNull(2) ? nlohmann::json() : row.json(2)});
  return regions;
}

}  // namespace plumbline
