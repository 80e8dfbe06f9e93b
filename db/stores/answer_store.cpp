#include "db/stores/answer_store.h"

#include "core/types/error.h"
#include "db/database.h"
#include "db/dialect.h"

namespace plumbline {
namespace {

const std::string kColumns =
    "SELECT a.id, a.query_id, a.annotator_id, a.session_id, a.value_json, a.reasons_json, a.milliseconds, "
    "a.source, "
    "a.supersedes, a.revision, a.state, a.observations, a.created_ms, q.type FROM ";
const std::string kOfAll = "answer a JOIN query q ON q.id = a.query_id ";
const std::string kOfCurrent = "current_answer a JOIN query q ON q.id = a.query_id ";

AnswerRow read(const Statement& row) {
  AnswerRow answer;
  answer.id = row.int64(0);
  answer.query = row.int64(1);
  answer.annotator = row.int64(2);
  answer.session = row.optionalInt64(3);
  answer.value = row.json(4);
  answer.reasons = row.json(5).get<std::vector<std::string>>();
  answer.milliseconds = row.int64(6);
  answer.source = row.text(7);
  answer.supersedes = row.optionalInt64(8);
  answer.revision = row.integer(9);
  answer.state = row.text(10);
  answer.observations = row.integer(11);
  answer.createdMs = row.int64(12);
  answer.queryType = row.text(13);
  return answer;
}

std::vector<AnswerRow> readAll(Statement& row) {
  std::vector<AnswerRow> answers;
  while (row.next()) answers.push_back(read(row));
  return answers;
}

std::optional<AnswerRow> readOne(Statement& row) {
  if (!row.next()) return std::nullopt;
  return read(row);
}

query_type::Query askedOf(Database& database, std::int64_t id) {
  query_type::Query query;
  Statement row(database, "SELECT type, settings_json FROM query WHERE id = ?");
  row.bind(id);
  if (!row.next()) throw Error(ErrorKind::kNotFound, "there is no query " + std::to_string(id));
  query.type = row.text(0);
  query.settings = row.json(1);
  Statement image(database, "SELECT image_hash FROM query_image WHERE query_id = ? ORDER BY position");
  image.bind(id);
  while (image.next()) query.images.push_back(image.text(0));
  return query;
}

// The last row of the chain, whatever its state.
std::optional<AnswerRow> headOf(Database& database, std::int64_t query, std::int64_t annotator) {
  Statement row(database, kColumns + kOfAll +
                              "WHERE a.query_id = ? AND a.annotator_id = ? ORDER BY a.revision DESC LIMIT 1");
  row.bind(query).bind(annotator);
  return readOne(row);
}

std::int64_t insertRow(Database& database, const AnswerDraft& draft, const std::optional<AnswerRow>& head,
                       const std::string& state, std::size_t observations) {
  Statement insert(
      database,
      "INSERT INTO answer (query_id, annotator_id, session_id, value_json, reasons_json, milliseconds, "
      "source, revision, supersedes, state, observations, created_ms) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(draft.query).bind(draft.annotator).bind(draft.session).bind(draft.value);
  insert.bind(nlohmann::json(draft.reasons)).bind(draft.milliseconds).bind(draft.source);
  insert.bind(head ? head->revision + 1 : 0);
  insert.bind(head ? std::optional<std::int64_t>(head->id) : std::nullopt);
  insert.bind(state).bind(static_cast<std::int64_t>(observations)).bind(nowMs()).run();
  return insert.insertedId();
}

std::optional<std::int64_t> insertMask(Database& database, const Region& region) {
  if (region.mask.is_null()) return std::nullopt;
  Statement insert(database, "INSERT INTO mask (image_hash, category, rle_json) VALUES (?, ?, ?)");
  insert.bind(region.image).bind(region.category).bind(region.mask).run();
  return insert.insertedId();
}

struct InsertObservation {
  Database& database;
  std::int64_t answer;

  void operator()(const Comparison& c) const {
    Statement(database,
              "INSERT INTO observation (answer_id, kind, image_hash, other_hash, strength, tie) "
              "VALUES (?, 'comparison', ?, ?, ?, ?)")
        .bind(answer)
        .bind(c.winner)
        .bind(c.loser)
        .bind(c.strength)
        .bind(c.tie)
        .run();
  }
  void operator()(const Level& l) const {
    Statement(database,
              "INSERT INTO observation (answer_id, kind, image_hash, criterion, value) VALUES (?, 'level', "
              "?, ?, ?)")
        .bind(answer)
        .bind(l.image)
        .bind(l.criterion)
        .bind(l.value)
        .run();
  }
  void operator()(const Region& r) const {
    const auto mask = insertMask(database, r);
    Statement(database,
              "INSERT INTO observation (answer_id, kind, image_hash, category, mask_id) VALUES (?, 'region', "
              "?, ?, ?)")
        .bind(answer)
        .bind(r.image)
        .bind(r.category)
        .bind(mask)
        .run();
  }
};

}  // namespace

AnswerRow AnswerStore::record(const AnswerDraft& draft) {
  Transaction transaction(database_);
  const query_type::Query query = askedOf(database_, draft.query);
  std::vector<Observation> observations;
  try {
    observations = queryTypes_.get(query.type).observations(query, draft.value);
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::kInvalidInput, "this is not an answer to a " + query.type + " query",
                error.what());
  }
  const auto head = headOf(database_, draft.query, draft.annotator);
  if (head && head->state == "given" && draft.supersedes != head->id) {
    throw Error(ErrorKind::kInvalidInput,
                draft.supersedes ? "this answer was edited in the meantime: reload it and edit again"
                                 : "this query already has your answer: edit that one or undo it");
  }
  if (draft.supersedes && (!head || head->id != *draft.supersedes)) {
    throw Error(ErrorKind::kInvalidInput, "the answer to replace is not the latest of its chain: reload it");
  }
  const std::int64_t id = insertRow(database_, draft, head, "given", observations.size());
  storeObservations(id, observations);
  Statement(database_, "DELETE FROM lease WHERE query_id = ? AND annotator_id = ?")
      .bind(draft.query)
      .bind(draft.annotator)
      .run();
  refreshQueryState(draft.query);
  auto row = find(id);
  transaction.commit();
  return *row;
}

void AnswerStore::storeObservations(std::int64_t answer, const std::vector<Observation>& observations) {
  for (const Observation& observation : observations)
    std::visit(InsertObservation{database_, answer}, observation);
}

// A withdrawn query stays withdrawn; the others are done when enough annotators have said something.
void AnswerStore::refreshQueryState(std::int64_t query) {
  Statement(
      database_,
      "UPDATE query SET state = CASE WHEN (SELECT COUNT(*) FROM current_answer a WHERE a.query_id = query.id "
      "AND a.observations > 0) >= wanted THEN 'done' ELSE 'open' END WHERE id = ? AND state <> 'withdrawn'")
      .bind(query)
      .run();
}

AnswerRow AnswerStore::appendRetraction(const AnswerRow& answer) {
  AnswerDraft draft;
  draft.query = answer.query;
  draft.annotator = answer.annotator;
  draft.session = answer.session;
  draft.source = answer.source;
  insertRow(database_, draft, answer, "retracted", 0);
  refreshQueryState(answer.query);
  return answer;
}

std::optional<AnswerRow> AnswerStore::undo(std::int64_t annotator, std::optional<std::int64_t> session) {
  Transaction transaction(database_);
  const auto latest = history(annotator, 1, session);
  if (latest.empty()) {
    transaction.commit();
    return std::nullopt;
  }
  AnswerRow row = appendRetraction(latest.front());
  transaction.commit();
  return row;
}

AnswerRow AnswerStore::retract(std::int64_t answer) {
  Transaction transaction(database_);
  Statement row(database_, kColumns + kOfCurrent + "WHERE a.id = ?");
  row.bind(answer);
  const auto current = readOne(row);
  if (!current) throw Error(ErrorKind::kInvalidInput, "this answer no longer stands: reload the list");
  AnswerRow taken = appendRetraction(*current);
  transaction.commit();
  return taken;
}

std::optional<AnswerRow> AnswerStore::find(std::int64_t id) {
  Statement row(database_, kColumns + kOfAll + "WHERE a.id = ?");
  row.bind(id);
  return readOne(row);
}

std::optional<AnswerRow> AnswerStore::current(std::int64_t query, std::int64_t annotator) {
  Statement row(database_, kColumns + kOfCurrent + "WHERE a.query_id = ? AND a.annotator_id = ?");
  row.bind(query).bind(annotator);
  return readOne(row);
}

std::vector<AnswerRow> AnswerStore::history(std::int64_t annotator, int limit,
                                            std::optional<std::int64_t> session) {
  Statement row(database_, kColumns + kOfCurrent + "WHERE a.annotator_id = ?" +
                               (session ? " AND a.session_id = ?" : "") + " ORDER BY a.id DESC LIMIT ?");
  row.bind(annotator);
  if (session) row.bind(*session);
  row.bind(limit);
  return readAll(row);
}

std::vector<AnswerRow> AnswerStore::listCurrent() {
  Statement row(database_, kColumns + kOfCurrent + "ORDER BY a.id");
  return readAll(row);
}

std::vector<AnswerRow> AnswerStore::chain(std::int64_t answer) {
  Statement row(database_,
                kColumns + kOfAll +
                    "JOIN answer self ON self.query_id = a.query_id AND self.annotator_id = a.annotator_id "
                    "WHERE self.id = ? ORDER BY a.revision");
  row.bind(answer);
  return readAll(row);
}

AnswerCounts AnswerStore::counts(std::optional<std::int64_t> annotator, std::optional<std::int64_t> session) {
  std::string where = "WHERE 1 = 1";
  if (annotator) where += " AND a.annotator_id = ?";
  if (session) where += " AND a.session_id = ?";
  Statement row(database_,
                "SELECT q.type, COUNT(*), COALESCE(SUM(CASE WHEN a.observations = 0 THEN 1 ELSE 0 END), 0), "
                "COALESCE(SUM(a.milliseconds), 0) FROM " +
                    kOfCurrent + where + " GROUP BY q.type ORDER BY q.type");
  if (annotator) row.bind(*annotator);
  if (session) row.bind(*session);
  AnswerCounts counts;
  while (row.next()) {
    counts.byType.emplace_back(row.text(0), row.int64(1));
    counts.total += row.int64(1);
    counts.skipped += row.int64(2);
    counts.milliseconds += row.int64(3);
  }
  return counts;
}

std::int64_t AnswerStore::latestId() {
  Statement row(database_, "SELECT COALESCE(MAX(id), 0) FROM answer");
  row.next();
  return row.int64(0);
}

std::int64_t AnswerStore::erase(std::int64_t annotator) {
  Transaction transaction(database_);
  std::vector<std::int64_t> answers, masks, queries;
  {
    Statement row(database_,
                  "SELECT id, query_id FROM answer WHERE annotator_id = ? AND state <> 'tombstone'");
    row.bind(annotator);
    while (row.next()) {
      answers.push_back(row.int64(0));
      queries.push_back(row.int64(1));
    }
  }
  Statement(
      database_,
      "UPDATE answer SET state = 'tombstone', value_json = 'null', reasons_json = '[]', milliseconds = 0, "
      "observations = 0 WHERE annotator_id = ? AND state <> 'tombstone'")
      .bind(annotator)
      .run();
  for (const std::int64_t answer : answers) {
    Statement row(database_, "SELECT mask_id FROM observation WHERE answer_id = ? AND mask_id IS NOT NULL");
    row.bind(answer);
    while (row.next()) masks.push_back(row.int64(0));
    Statement(database_, "DELETE FROM observation WHERE answer_id = ?").bind(answer).run();
  }
  for (const std::int64_t mask : masks)
    Statement(database_, "DELETE FROM mask WHERE id = ?").bind(mask).run();
  for (const std::int64_t query : queries) refreshQueryState(query);
  transaction.commit();
  Statement fold(database_, dialect::kFoldLog);
  while (fold.next()) {
  }
  return static_cast<std::int64_t>(answers.size());
}

}  // namespace plumbline
