#include "db/stores/integrity_store.h"

#include "core/types/error.h"
#include "db/database.h"

namespace plumbline {
namespace {

const std::string kRightState =
    "CASE WHEN (SELECT COUNT(*) FROM current_answer a WHERE a.query_id = query.id AND a.observations > 0) >= "
    "wanted "
    "THEN 'done' ELSE 'open' END";

struct JsonColumn {
  const char* table;
  const char* key;
  const char* column;
};

constexpr JsonColumn kJsonColumns[] = {
    {"answer", "id", "value_json"},    {"answer", "id", "reasons_json"},
    {"query", "id", "settings_json"},  {"job", "id", "spec_json"},
    {"job", "id", "result_json"},      {"run", "id", "settings_json"},
    {"run", "id", "result_json"},      {"image", "hash", "extra_json"},
    {"model", "id", "adapters_json"},  {"prompt", "id", "tags_json"},
    {"setting", "key", "value_json"},  {"event", "id", "data_json"},
    {"checkpoint", "id", "info_json"}, {"feature", "image_hash", "shape_json"},
};

}  // namespace

std::vector<std::int64_t> IntegrityStore::ids(const std::string& sql) {
  Statement row(database_, sql);
  std::vector<std::int64_t> found;
  while (row.next()) found.push_back(row.int64(0));
  return found;
}

std::vector<std::string> IntegrityStore::databaseFindings() {
  Statement row(database_, "PRAGMA integrity_check(20)");
  std::vector<std::string> findings;
  while (row.next()) findings.push_back(row.text(0));
  if (findings.size() == 1 && findings.front() == "ok") findings.clear();
  return findings;
}

std::vector<std::string> IntegrityStore::danglingReferences() {
  Statement row(database_, "PRAGMA foreign_key_check");
  std::vector<std::string> findings;
  while (row.next()) findings.push_back(row.text(0) + " " + row.text(1) + " -> " + row.text(2));
  return findings;
}

std::vector<std::int64_t> IntegrityStore::answersWithoutTheirObservations() {
  return ids(
      "SELECT a.id FROM answer a WHERE a.state = 'given' AND a.observations <> "
      "(SELECT COUNT(*) FROM observation o WHERE o.answer_id = a.id) ORDER BY a.id");
}

std::vector<std::int64_t> IntegrityStore::brokenChains() {
  return ids(
      "SELECT a.id FROM answer a WHERE a.revision > 0 AND NOT EXISTS (SELECT 1 FROM answer b WHERE b.id = "
      "a.supersedes "
      "AND b.query_id = a.query_id AND b.annotator_id = a.annotator_id AND b.revision = a.revision - 1) "
      "ORDER BY a.id");
}

std::vector<std::int64_t> IntegrityStore::observationsOfErased() {
  return ids(
      "SELECT o.id FROM observation o JOIN answer a ON a.id = o.answer_id WHERE a.state <> 'given' ORDER BY "
      "o.id");
}

std::vector<std::int64_t> IntegrityStore::incompleteObservations() {
  return ids(
      "SELECT id FROM observation WHERE (kind = 'comparison' AND (other_hash IS NULL OR strength IS NULL OR "
      "tie IS NULL)) "
      "OR (kind = 'level' AND (criterion IS NULL OR value IS NULL)) "
      "OR (kind = 'region' AND (category IS NULL OR (category <> '' AND mask_id IS NULL))) ORDER BY id");
}

std::vector<std::int64_t> IntegrityStore::unreferencedMasks() {
  return ids(
      "SELECT id FROM mask WHERE NOT EXISTS (SELECT 1 FROM observation o WHERE o.mask_id = mask.id) ORDER BY "
      "id");
}

std::vector<StoredMask> IntegrityStore::masks(std::int64_t afterId, int limit) {
  Statement row(database_,
                "SELECT m.id, m.image_hash, m.rle_json, i.width, i.height FROM mask m "
                "JOIN image i ON i.hash = m.image_hash WHERE m.id > ? ORDER BY m.id LIMIT ?");
  row.bind(afterId).bind(limit);
  std::vector<StoredMask> masks;
  while (row.next())
    masks.push_back({row.int64(0), row.text(1), row.text(2), row.integer(3), row.integer(4)});
  return masks;
}

std::vector<std::int64_t> IntegrityStore::queriesInTheWrongState() {
  return ids("SELECT id FROM query WHERE state <> 'withdrawn' AND state <> " + kRightState + " ORDER BY id");
}

void IntegrityStore::refreshQueryState(std::int64_t query) {
  Transaction transaction(database_);
  Statement(database_, "UPDATE query SET state = " + kRightState + " WHERE id = ? AND state <> 'withdrawn'")
      .bind(query)
      .run();
  transaction.commit();
}

std::vector<std::string> IntegrityStore::unreadableJson() {
  std::vector<std::string> findings;
  for (const JsonColumn& at : kJsonColumns) {
    Statement row(database_,
                  std::string("SELECT ") + at.key + ", " + at.column + " FROM " + at.table + " ORDER BY 1");
    while (row.next()) {
      if (row.isNull(1) || nlohmann::json::accept(row.text(1))) continue;
      findings.push_back(std::string(at.table) + " " + row.text(0) + ": " + at.column);
    }
  }
  return findings;
}

std::int64_t IntegrityStore::count(const std::string& table) {
  Statement row(database_, "SELECT COUNT(*) FROM " + table);
  row.next();
  return row.int64(0);
}

}  // namespace plumbline
