#include "db/stores/job_store.h"

#include "core/types/error.h"
#include "db/database.h"
#include "db/process_identity.h"

namespace plumbline {
namespace {

const std::string kColumns =
    "SELECT id, kind, title, spec_json, priority, device, state, host, pid, attempts, heartbeat_ms, phase, "
    "done, total, "
    "result_json, error, cancel_requested, pause_requested, run_id, wait_answers, created_ms, started_ms, "
    "finished_ms "
    "FROM job ";

JobRow read(const Statement& row) {
  JobRow job;
  job.id = row.int64(0);
  job.kind = row.text(1);
  job.title = row.text(2);
  job.spec = row.json(3);
  job.priority = static_cast<JobPriority>(row.integer(4));
  job.device = row.text(5);
  job.state = jobStateFromName(row.text(6));
  job.host = row.text(7);
  job.pid = row.int64(8);
  job.attempts = row.integer(9);
  job.heartbeatMs = row.optionalInt64(10);
  job.progress = {row.text(11), row.int64(12), row.int64(13)};
  if (!row.isNull(14)) job.result = row.json(14);
  job.error = row.text(15);
  job.cancelRequested = row.boolean(16);
  job.pauseRequested = row.boolean(17);
  job.run = row.optionalInt64(18);
  job.waitAnswers = row.int64(19);
  job.createdMs = row.int64(20);
  job.startedMs = row.optionalInt64(21);
  job.finishedMs = row.optionalInt64(22);
  return job;
}

std::vector<JobRow> readAll(Database& database, Statement& row) {
  std::vector<JobRow> jobs;
  while (row.next()) jobs.push_back(read(row));
  for (JobRow& job : jobs) {
    Statement query(database, "SELECT query_id FROM job_query WHERE job_id = ? ORDER BY query_id");
    query.bind(job.id);
    while (query.next()) job.waitQueries.push_back(query.int64(0));
  }
  return jobs;
}

struct Held {
  JobState state = JobState::kQueued;
  ProcessIdentity owner;
  std::optional<std::int64_t> heartbeatMs;
  JobRequests requests;

  bool isMine() const { return state == JobState::kRunning && owner == thisProcess(); }
};

Held heldBy(Database& database, std::int64_t id) {
  Statement row(
      database,
      "SELECT state, host, pid, process_start, heartbeat_ms, cancel_requested, pause_requested FROM job "
      "WHERE id = ?");
  row.bind(id);
  if (!row.next()) throw Error(ErrorKind::kNotFound, "there is no job " + std::to_string(id));
  Held held;
  held.state = jobStateFromName(row.text(0));
  held.owner = {row.text(1), row.int64(2), row.int64(3)};
  held.heartbeatMs = row.optionalInt64(4);
  held.requests = {row.boolean(5), row.boolean(6), false};
  return held;
}

void setState(Database& database, std::int64_t id, JobState from, JobState to) {
  if (!jobTransitionAllowed(from, to)) {
    throw Error(ErrorKind::kInvalidInput, "job " + std::to_string(id) + " is " + jobStateName(from) +
                                              " and cannot become " + jobStateName(to));
  }
  Statement(database, "UPDATE job SET state = ?, cancel_requested = 0, pause_requested = 0 WHERE id = ?")
      .bind(jobStateName(to))
      .bind(id)
      .run();
  std::optional<std::int64_t> finished;
  if (jobStateIsFinal(to)) finished = nowMs();
  Statement(database, "UPDATE job SET finished_ms = ? WHERE id = ?").bind(finished).bind(id).run();
}

void take(Database& database, std::int64_t id, JobState from) {
  setState(database, id, from, JobState::kRunning);
  const ProcessIdentity& me = thisProcess();
  Statement(database,
            "UPDATE job SET host = ?, pid = ?, process_start = ?, heartbeat_ms = ?, attempts = attempts + 1, "
            "started_ms = COALESCE(started_ms, ?), error = '', result_json = NULL WHERE id = ?")
      .bind(me.host)
      .bind(me.pid)
      .bind(me.start)
      .bind(nowMs())
      .bind(nowMs())
      .bind(id)
      .run();
}

void requireMine(Database& database, std::int64_t id) {
  if (heldBy(database, id).isMine()) return;
  throw Error(ErrorKind::kInvalidInput, "job " + std::to_string(id) + " no longer belongs to this process");
}

}  // namespace

std::int64_t JobStore::enqueue(const JobRow& job) {
  Transaction transaction(database_);
  Statement insert(database_,
                   "INSERT INTO job (kind, title, spec_json, priority, device, state, run_id, created_ms) "
                   "VALUES (?, ?, ?, ?, ?, 'queued', ?, ?)");
  insert.bind(job.kind).bind(job.title).bind(job.spec).bind(static_cast<int>(job.priority)).bind(job.device);
  insert.bind(job.run).bind(nowMs()).run();
  transaction.commit();
  return insert.insertedId();
}

std::optional<JobRow> JobStore::claim(const JobClaimFilter& filter) {
  std::string sql = "SELECT id FROM job WHERE state = 'queued' AND (device = '' OR ? = '' OR device = ?) ";
  if (filter.atLeast) sql += "AND priority <= ? ";
  for (std::size_t i = 0; i < filter.kinds.size(); ++i) sql += i == 0 ? "AND kind IN (?" : ", ?";
  if (!filter.kinds.empty()) sql += ") ";
  Transaction transaction(database_);
  std::int64_t id = 0;
  {
    Statement row(database_, sql + "ORDER BY priority, id LIMIT 1");
    row.bind(filter.device).bind(filter.device);
    if (filter.atLeast) row.bind(static_cast<int>(*filter.atLeast));
    for (const std::string& kind : filter.kinds) row.bind(kind);
    if (row.next()) id = row.int64(0);
  }
  std::optional<JobRow> job;
  if (id != 0) {
    take(database_, id, JobState::kQueued);
    job = find(id);
  }
  transaction.commit();
  return job;
}

JobRow JobStore::claimJob(std::int64_t id) {
  Transaction transaction(database_);
  take(database_, id, heldBy(database_, id).state);
  auto job = find(id);
  transaction.commit();
  return *job;
}

JobRequests JobStore::heartbeat(std::int64_t id, const JobProgress& progress) {
  Transaction transaction(database_);
  const Held held = heldBy(database_, id);
  if (!held.isMine()) {
    transaction.commit();
    return {false, false, true};
  }
  Statement(database_, "UPDATE job SET heartbeat_ms = ?, phase = ?, done = ?, total = ? WHERE id = ?")
      .bind(nowMs())
      .bind(progress.phase)
      .bind(progress.done)
      .bind(progress.total)
      .bind(id)
      .run();
  transaction.commit();
  return held.requests;
}

void JobStore::finish(std::int64_t id, JobState state, const nlohmann::json* result,
                      const std::string& error) {
  Transaction transaction(database_);
  requireMine(database_, id);
  setState(database_, id, JobState::kRunning, state);
  Statement update(database_, "UPDATE job SET result_json = ?, error = ? WHERE id = ?");
  (result ? update.bind(*result) : update.bindNull()).bind(error).bind(id).run();
  transaction.commit();
}

void JobStore::succeed(std::int64_t id, const nlohmann::json& result) {
  finish(id, JobState::kSucceeded, &result, {});
}

void JobStore::fail(std::int64_t id, const std::string& error) {
  finish(id, JobState::kFailed, nullptr, error);
}

void JobStore::cancelled(std::int64_t id) {
  finish(id, JobState::kCancelled, nullptr, {});
}

void JobStore::paused(std::int64_t id) {
  finish(id, JobState::kPaused, nullptr, {});
}

void JobStore::waitFor(std::int64_t id, const std::vector<std::int64_t>& queries, std::int64_t answers) {
  if (answers > static_cast<std::int64_t>(queries.size())) {
    throw Error(ErrorKind::kInvalidInput, "a job cannot wait for more answers than it has queries");
  }
  Transaction transaction(database_);
  finish(id, JobState::kWaiting, nullptr, {});
  Statement(database_, "UPDATE job SET wait_answers = ? WHERE id = ?").bind(answers).bind(id).run();
  Statement(database_, "DELETE FROM job_query WHERE job_id = ?").bind(id).run();
  for (const std::int64_t query : queries) {
    Statement(database_, "INSERT INTO job_query (job_id, query_id) VALUES (?, ?)").bind(id).bind(query).run();
  }
  transaction.commit();
}

void JobStore::setRun(std::int64_t id, std::int64_t run) {
  Transaction transaction(database_);
  Statement(database_, "UPDATE job SET run_id = ? WHERE id = ?").bind(run).bind(id).run();
  transaction.commit();
}

void JobStore::requestCancel(std::int64_t id) {
  Transaction transaction(database_);
  const Held held = heldBy(database_, id);
  if (held.state == JobState::kRunning) {
    Statement(database_, "UPDATE job SET cancel_requested = 1 WHERE id = ?").bind(id).run();
  } else if (!jobStateIsFinal(held.state)) {
    setState(database_, id, held.state, JobState::kCancelled);
  }
  transaction.commit();
}

void JobStore::requestPause(std::int64_t id) {
  Transaction transaction(database_);
  const Held held = heldBy(database_, id);
  if (held.state == JobState::kRunning) {
    Statement(database_, "UPDATE job SET pause_requested = 1 WHERE id = ?").bind(id).run();
  } else if (held.state == JobState::kQueued) {
    setState(database_, id, held.state, JobState::kPaused);
  }
  transaction.commit();
}

void JobStore::resume(std::int64_t id) {
  Transaction transaction(database_);
  setState(database_, id, heldBy(database_, id).state, JobState::kQueued);
  transaction.commit();
}

std::vector<std::int64_t> JobStore::markInterrupted(std::int64_t otherHostTimeoutMs) {
  if (count(JobState::kRunning) == 0) return {};  // called often: take no write lock for nothing
  Transaction transaction(database_);
  std::vector<std::int64_t> running, interrupted;
  {
    Statement row(database_, "SELECT id FROM job WHERE state = 'running' ORDER BY id");
    while (row.next()) running.push_back(row.int64(0));
  }
  for (const std::int64_t id : running) {
    const Held held = heldBy(database_, id);
    const bool alive = isOnThisHost(held.owner) ? isAlive(held.owner)
                                                : held.heartbeatMs.value_or(0) > nowMs() - otherHostTimeoutMs;
    if (alive) continue;
    setState(database_, id, JobState::kRunning, JobState::kInterrupted);
    interrupted.push_back(id);
  }
  transaction.commit();
  return interrupted;
}

std::vector<std::int64_t> JobStore::wakeReady() {
  if (count(JobState::kWaiting) == 0) return {};
  Transaction transaction(database_);
  std::vector<std::int64_t> ready;
  {
    Statement row(database_,
                  "SELECT j.id FROM job j WHERE j.state = 'waiting' AND j.wait_answers <= ("
                  "SELECT COUNT(*) FROM job_query jq WHERE jq.job_id = j.id AND EXISTS ("
                  "SELECT 1 FROM current_answer a WHERE a.query_id = jq.query_id AND a.observations > 0)) "
                  "ORDER BY j.id");
    while (row.next()) ready.push_back(row.int64(0));
  }
  for (const std::int64_t id : ready) setState(database_, id, JobState::kWaiting, JobState::kQueued);
  transaction.commit();
  return ready;
}

std::optional<JobRow> JobStore::find(std::int64_t id) {
  Statement row(database_, kColumns + "WHERE id = ?");
  row.bind(id);
  auto jobs = readAll(database_, row);
  if (jobs.empty()) return std::nullopt;
  return jobs.front();
}

std::vector<JobRow> JobStore::list(const std::vector<JobState>& states) {
  std::string where;
  for (std::size_t i = 0; i < states.size(); ++i) where += i == 0 ? "WHERE state IN (?" : ", ?";
  if (!states.empty()) where += ") ";
  Statement row(database_, kColumns + where + "ORDER BY id DESC");
  for (const JobState state : states) row.bind(jobStateName(state));
  return readAll(database_, row);
}

std::int64_t JobStore::count(JobState state) {
  Statement row(database_, "SELECT COUNT(*) FROM job WHERE state = ?");
  row.bind(jobStateName(state)).next();
  return row.int64(0);
}

}  // namespace plumbline
