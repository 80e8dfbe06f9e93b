#include "db/stores/run_store.h"

#include "core/types/error.h"
#include "db/database.h"

namespace plumbline {
namespace {

constexpr const char* kColumns =
    "SELECT id, kind, method, method_version, name, settings_json, seed, model_id, parent_id, job_id, "
    "up_to_answer, "
    "software, fingerprint, state, result_json, created_ms, finished_ms FROM run ";

RunRow read(const Statement& row) {
  RunRow run;
  run.id = row.int64(0);
  run.kind = row.text(1);
  run.method = row.text(2);
  run.methodVersion = row.integer(3);
  run.name = row.text(4);
  run.settings = row.json(5);
  run.seed = row.int64(6);
  run.model = row.optionalInt64(7);
  run.parent = row.optionalInt64(8);
  run.job = row.optionalInt64(9);
  run.upToAnswer = row.int64(10);
  run.software = row.text(11);
  run.fingerprint = row.text(12);
  run.state = jobStateFromName(row.text(13));
  run.result = row.json(14);
  run.createdMs = row.int64(15);
  run.finishedMs = row.optionalInt64(16);
  return run;
}

constexpr const char* kCheckpointColumns =
    "SELECT id, run_id, step, kind, path, hash, info_json, created_ms FROM checkpoint ";

CheckpointRow readCheckpoint(const Statement& row) {
  return {row.int64(0), row.int64(1), row.int64(2), row.text(3),
          row.text(4),  row.text(5),  row.json(6),  row.int64(7)};
}

}  // namespace

std::int64_t RunStore::create(const RunRow& run) {
  Transaction transaction(database_);
  Statement insert(
      database_,
      "INSERT INTO run (kind, method, method_version, name, settings_json, seed, model_id, parent_id, "
      "job_id, up_to_answer, software, fingerprint, state, result_json, created_ms) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(run.kind)
      .bind(run.method)
      .bind(run.methodVersion)
      .bind(run.name)
      .bind(run.settings)
      .bind(run.seed);
  insert.bind(run.model)
      .bind(run.parent)
      .bind(run.job)
      .bind(run.upToAnswer)
      .bind(run.software)
      .bind(run.fingerprint);
  insert.bind(jobStateName(run.state)).bind(run.result).bind(nowMs()).run();
  transaction.commit();
  return insert.insertedId();
}

void RunStore::setState(std::int64_t run, JobState state) {
  std::optional<std::int64_t> finished;
  if (jobStateIsFinal(state)) finished = nowMs();
  Transaction transaction(database_);
  Statement(database_, "UPDATE run SET state = ?, finished_ms = ? WHERE id = ?")
      .bind(jobStateName(state))
      .bind(finished)
      .bind(run)
      .run();
  transaction.commit();
}

void RunStore::setResult(std::int64_t run, const nlohmann::json& result) {
  Transaction transaction(database_);
  Statement(database_, "UPDATE run SET result_json = ? WHERE id = ?").bind(result).bind(run).run();
  transaction.commit();
}

std::optional<RunRow> RunStore::find(std::int64_t run) {
  Statement row(database_, std::string(kColumns) + "WHERE id = ?");
  row.bind(run);
  if (!row.next()) return std::nullopt;
  return read(row);
}

std::vector<RunRow> RunStore::list(const std::string& kind) {
  Statement row(database_, std::string(kColumns) + "WHERE ? = '' OR kind = ? ORDER BY id DESC");
  row.bind(kind).bind(kind);
  std::vector<RunRow> runs;
  while (row.next()) runs.push_back(read(row));
  return runs;
}

void RunStore::addMetrics(std::int64_t run, const std::vector<MetricRow>& metrics) {
  Transaction transaction(database_);
  for (const MetricRow& metric : metrics) {
    Statement(
        database_,
        "INSERT INTO metric (run_id, name, step, value, time_ms) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (run_id, name, step) DO UPDATE SET value = excluded.value, time_ms = excluded.time_ms")
        .bind(run)
        .bind(metric.name)
        .bind(metric.step)
        .bind(metric.value)
        .bind(metric.timeMs ? metric.timeMs : nowMs())
        .run();
  }
  transaction.commit();
}

std::vector<MetricRow> RunStore::metrics(std::int64_t run, const std::string& name, std::int64_t afterStep) {
  Statement row(database_,
                "SELECT name, step, value, time_ms FROM metric WHERE run_id = ? AND (? = '' OR name = ?) "
                "AND step > ? ORDER BY name, step");
  row.bind(run).bind(name).bind(name).bind(afterStep);
  std::vector<MetricRow> metrics;
  while (row.next()) metrics.push_back({row.text(0), row.int64(1), row.real(2), row.int64(3)});
  return metrics;
}

std::vector<std::string> RunStore::metricNames(std::int64_t run) {
  Statement row(database_, "SELECT DISTINCT name FROM metric WHERE run_id = ? ORDER BY name");
  row.bind(run);
  std::vector<std::string> names;
  while (row.next()) names.push_back(row.text(0));
  return names;
}

std::int64_t RunStore::addCheckpoint(const CheckpointRow& checkpoint) {
  Transaction transaction(database_);
  Statement insert(database_,
                   "INSERT INTO checkpoint (run_id, step, kind, path, hash, info_json, created_ms) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?)");
  insert.bind(checkpoint.run).bind(checkpoint.step).bind(checkpoint.kind).bind(checkpoint.path);
  insert.bind(checkpoint.hash).bind(checkpoint.info).bind(nowMs()).run();
  transaction.commit();
  return insert.insertedId();
}

std::vector<CheckpointRow> RunStore::checkpoints(std::int64_t run, const std::string& kind) {
  Statement row(database_, std::string(kCheckpointColumns) +
                               "WHERE run_id = ? AND (? = '' OR kind = ?) ORDER BY step, id");
  row.bind(run).bind(kind).bind(kind);
  std::vector<CheckpointRow> checkpoints;
  while (row.next()) checkpoints.push_back(readCheckpoint(row));
  return checkpoints;
}

std::optional<CheckpointRow> RunStore::latestCheckpoint(std::int64_t run, const std::string& kind) {
  Statement row(database_, std::string(kCheckpointColumns) +
                               "WHERE run_id = ? AND kind = ? ORDER BY step DESC, id DESC LIMIT 1");
  row.bind(run).bind(kind);
  if (!row.next()) return std::nullopt;
  return readCheckpoint(row);
}

void RunStore::removeCheckpoint(std::int64_t id) {
  Transaction transaction(database_);
  Statement(database_, "DELETE FROM checkpoint WHERE id = ?").bind(id).run();
  transaction.commit();
}

}  // namespace plumbline
