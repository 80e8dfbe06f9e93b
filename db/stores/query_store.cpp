#include "db/stores/query_store.h"

#include "core/types/error.h"
#include "db/database.h"

namespace plumbline {
namespace {

const std::string kColumns =
    "SELECT q.id, q.type, q.settings_json, q.prompt_id, p.text, q.round, q.rank, q.wanted, q.acquisition, "
    "q.score, "
    "q.model_version, q.state, q.created_ms FROM query q LEFT JOIN prompt p ON p.id = q.prompt_id ";

QueryRow read(const Statement& row) {
  QueryRow query;
  query.id = row.int64(0);
  query.type = row.text(1);
  query.settings = row.json(2);
  query.prompt = row.optionalInt64(3);
  query.promptText = row.text(4);
  query.round = row.int64(5);
  query.rank = row.real(6);
  query.wanted = row.integer(7);
  query.acquisition = row.text(8);
  query.score = row.optionalReal(9);
  query.modelVersion = row.text(10);
  query.state = row.text(11);
  query.createdMs = row.int64(12);
  return query;
}

std::vector<QueryRow> readAll(Database& database, Statement& row) {
  std::vector<QueryRow> queries;
  while (row.next()) queries.push_back(read(row));
  for (QueryRow& query : queries) {
    Statement image(database, "SELECT image_hash FROM query_image WHERE query_id = ? ORDER BY position");
    image.bind(query.id);
    while (image.next()) query.images.push_back(image.text(0));
  }
  return queries;
}

// Queries this annotator may be given: open, all pictures whole, not answered by him, and not already
// answered or held by enough others. Binds annotator, annotator, annotator, now, then the types.
std::string availableTo(const std::vector<std::string>& types) {
  std::string where =
      "WHERE q.state = 'open' "
      "AND NOT EXISTS (SELECT 1 FROM current_answer a WHERE a.query_id = q.id AND a.annotator_id = ?) "
      "AND NOT EXISTS (SELECT 1 FROM query_image qi JOIN image i ON i.hash = qi.image_hash "
      "WHERE qi.query_id = q.id AND i.state <> 'ok') "
      "AND (SELECT COUNT(*) FROM current_answer a WHERE a.query_id = q.id AND a.annotator_id <> ? "
      "AND a.observations > 0) "
      "+ (SELECT COUNT(*) FROM lease l WHERE l.query_id = q.id AND l.annotator_id <> ? AND l.expires_ms > ?) "
      "< q.wanted ";
  for (std::size_t i = 0; i < types.size(); ++i) where += i == 0 ? "AND q.type IN (?" : ", ?";
  if (!types.empty()) where += ") ";
  return where;
}

void bindAvailable(Statement& statement, std::int64_t annotator, std::int64_t now,
                   const std::vector<std::string>& types) {
  statement.bind(annotator).bind(annotator).bind(annotator).bind(now);
  for (const std::string& type : types) statement.bind(type);
}

std::int64_t insertQuery(Database& database, const QueryRow& query) {
  if (query.type.empty() || query.images.empty()) {
    throw Error(ErrorKind::kInvalidInput, "a query needs a type and at least one picture");
  }
  Statement insert(
      database,
      "INSERT INTO query (type, settings_json, prompt_id, round, rank, wanted, acquisition, score, "
      "model_version, state, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)");
  insert.bind(query.type).bind(query.settings).bind(query.prompt).bind(query.round).bind(query.rank);
  insert.bind(query.wanted)
      .bind(query.acquisition)
      .bind(query.score)
      .bind(query.modelVersion)
      .bind(nowMs())
      .run();
  for (std::size_t i = 0; i < query.images.size(); ++i) {
    Statement(database, "INSERT INTO query_image (query_id, position, image_hash) VALUES (?, ?, ?)")
        .bind(insert.insertedId())
        .bind(static_cast<std::int64_t>(i))
        .bind(query.images[i])
        .run();
  }
  return insert.insertedId();
}

}  // namespace

std::int64_t QueryStore::enqueue(const QueryRow& query) {
  return enqueue(std::vector<QueryRow>{query}).front();
}

std::vector<std::int64_t> QueryStore::enqueue(const std::vector<QueryRow>& queries) {
  Transaction transaction(database_);
  std::vector<std::int64_t> ids;
  for (const QueryRow& query : queries) ids.push_back(insertQuery(database_, query));
  transaction.commit();
  return ids;
}

std::vector<QueryRow> QueryStore::next(std::int64_t annotator, int count, std::int64_t leaseMs,
                                       const std::vector<std::string>& types) {
  // Looking and leasing in one write transaction: two annotators who ask at once get different queries.
  Transaction transaction(database_, leaseMs > 0 ? Transaction::Kind::kWrite : Transaction::Kind::kRead);
  const std::int64_t now = nowMs();
  Statement row(database_, kColumns + availableTo(types) + "ORDER BY q.rank, q.id LIMIT ?");
  bindAvailable(row, annotator, now, types);
  row.bind(count);
  std::vector<QueryRow> queries = readAll(database_, row);
  for (const QueryRow& query : queries) {
    if (leaseMs <= 0) break;
    Statement(database_,
              "INSERT INTO lease (query_id, annotator_id, expires_ms) VALUES (?, ?, ?) "
              "ON CONFLICT (query_id, annotator_id) DO UPDATE SET expires_ms = excluded.expires_ms")
        .bind(query.id)
        .bind(annotator)
        .bind(now + leaseMs)
        .run();
  }
  transaction.commit();
  return queries;
}

void QueryStore::releaseLeases(std::int64_t annotator) {
  Transaction transaction(database_);
  Statement(database_, "DELETE FROM lease WHERE annotator_id = ?").bind(annotator).run();
  transaction.commit();
}

std::optional<QueryRow> QueryStore::find(std::int64_t id) {
  Statement row(database_, kColumns + "WHERE q.id = ?");
  row.bind(id);
  auto rows = readAll(database_, row);
  if (rows.empty()) return std::nullopt;
  return rows.front();
}

std::optional<QueryRow> QueryStore::findShowing(const std::string& type,
                                                const std::vector<std::string>& images) {
  if (images.empty()) return std::nullopt;
  Statement row(database_, kColumns +
                               "JOIN query_image qi ON qi.query_id = q.id AND qi.position = 0 "
                               "WHERE qi.image_hash = ? AND q.type = ? ORDER BY q.id");
  row.bind(images.front()).bind(type);
  for (QueryRow& query : readAll(database_, row)) {
    if (query.images == images) return query;
  }
  return std::nullopt;
}

std::vector<QueryRow> QueryStore::list(const std::string& state, std::int64_t limit, std::int64_t offset) {
  Statement row(database_, kColumns + "WHERE ? = '' OR q.state = ? ORDER BY q.rank, q.id LIMIT ? OFFSET ?");
  row.bind(state).bind(state).bind(limit < 0 ? std::int64_t{1} << 60 : limit).bind(offset);
  return readAll(database_, row);
}

void QueryStore::withdraw(const std::vector<std::int64_t>& ids) {
  Transaction transaction(database_);
  for (const std::int64_t id : ids) {
    Statement(database_, "UPDATE query SET state = 'withdrawn' WHERE id = ? AND state = 'open'")
        .bind(id)
        .run();
  }
  transaction.commit();
}

void QueryStore::setRank(std::int64_t id, double rank) {
  Transaction transaction(database_);
  Statement(database_, "UPDATE query SET rank = ? WHERE id = ?").bind(rank).bind(id).run();
  transaction.commit();
}

QueryCounts QueryStore::counts() {
  Statement row(database_, "SELECT state, type, COUNT(*) FROM query GROUP BY state, type");
  QueryCounts counts;
  while (row.next()) {
    const std::string state = row.text(0);
    if (state == "open") {
      counts.open += row.int64(2);
      counts.openByType[row.text(1)] += row.int64(2);
    } else {
      (state == "done" ? counts.done : counts.withdrawn) += row.int64(2);
    }
  }
  return counts;
}

std::int64_t QueryStore::openFor(std::int64_t annotator, const std::vector<std::string>& types) {
  Statement row(database_, "SELECT COUNT(*) FROM query q " + availableTo(types));
  bindAvailable(row, annotator, nowMs(), types);
  row.next();
  return row.int64(0);
}

}  // namespace plumbline
