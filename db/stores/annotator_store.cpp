#include "db/stores/annotator_store.h"

#include "core/types/error.h"
#include "db/database.h"

namespace plumbline {
namespace {

constexpr const char* kColumns = "SELECT id, name, kind, settings_json, created_ms FROM annotator ";

Annotator read(const Statement& row) {
  return {row.int64(0), row.text(1), row.text(2), row.json(3), row.int64(4)};
}

}  // namespace

std::int64_t AnnotatorStore::ensure(const Annotator& annotator) {
  if (annotator.name.empty()) throw Error(ErrorKind::kInvalidInput, "an annotator needs a name");
  Transaction transaction(database_);
  Statement existing(database_, "SELECT id FROM annotator WHERE name = ?");
  existing.bind(annotator.name);
  if (existing.next()) {
    transaction.commit();
    return existing.int64(0);
  }
  Statement insert(database_,
                   "INSERT INTO annotator (name, kind, settings_json, created_ms) VALUES (?, ?, ?, ?)");
  insert.bind(annotator.name).bind(annotator.kind).bind(annotator.settings).bind(nowMs()).run();
  transaction.commit();
  return insert.insertedId();
}

std::optional<Annotator> AnnotatorStore::find(std::int64_t id) {
  Statement row(database_, std::string(kColumns) + "WHERE id = ?");
  row.bind(id);
  if (!row.next()) return std::nullopt;
  return read(row);
}

std::vector<Annotator> AnnotatorStore::list() {
  Statement row(database_, std::string(kColumns) + "ORDER BY id");
  std::vector<Annotator> annotators;
  while (row.next()) annotators.push_back(read(row));
  return annotators;
}

void AnnotatorStore::setSettings(std::int64_t id, const nlohmann::json& settings) {
  Transaction transaction(database_);
  Statement(database_, "UPDATE annotator SET settings_json = ? WHERE id = ?").bind(settings).bind(id).run();
  transaction.commit();
}

void AnnotatorStore::anonymise(std::int64_t id) {
  Transaction transaction(database_);
  Statement(database_, "UPDATE annotator SET name = ?, settings_json = '{}' WHERE id = ?")
      .bind("erased " + std::to_string(id))
      .bind(id)
      .run();
  transaction.commit();
}

std::int64_t AnnotatorStore::startSession(std::int64_t annotator) {
  Transaction transaction(database_);
  Statement insert(database_, "INSERT INTO session (annotator_id, started_ms) VALUES (?, ?)");
  insert.bind(annotator).bind(nowMs()).run();
  transaction.commit();
  return insert.insertedId();
}

void AnnotatorStore::endSession(std::int64_t session) {
  Transaction transaction(database_);
  Statement(database_, "UPDATE session SET ended_ms = ? WHERE id = ? AND ended_ms IS NULL")
      .bind(nowMs())
      .bind(session)
      .run();
  transaction.commit();
}

std::vector<Session> AnnotatorStore::sessions(std::int64_t annotator) {
  Statement row(
      database_,
      "SELECT id, annotator_id, started_ms, ended_ms FROM session WHERE annotator_id = ? ORDER BY id");
  row.bind(annotator);
  std::vector<Session> sessions;
  while (row.next()) sessions.push_back({row.int64(0), row.int64(1), row.int64(2), row.optionalInt64(3)});
  return sessions;
}

std::int64_t AnnotatorStore::addGuideline(const std::string& text) {
  Transaction transaction(database_);
  Statement insert(database_, "INSERT INTO guideline (text, created_ms) VALUES (?, ?)");
  insert.bind(text).bind(nowMs()).run();
  transaction.commit();
  return insert.insertedId();
}

std::optional<Guideline> AnnotatorStore::guideline() {
  Statement row(database_, "SELECT id, text, created_ms FROM guideline ORDER BY id DESC LIMIT 1");
  if (!row.next()) return std::nullopt;
  return Guideline{row.int64(0), row.text(1), row.int64(2)};
}

}  // namespace plumbline
