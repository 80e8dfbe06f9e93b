// Job rows are the truth of long work (DESIGN section 3). One process claims a row, writes a heartbeat with
// its host and process id, and moves it through the states that core/types/job.h allows; a row whose process
// is gone becomes interrupted and can be resumed. A waiting job gives the device back until its queries are
// answered. Threads: any. Failures: plumbline::Error; a state change that is not allowed is kInvalidInput.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/types/job.h"

namespace plumbline {

class Database;

struct JobProgress {
  std::string phase;
  std::int64_t done = 0, total = 0;
};

struct JobRow {
  std::int64_t id = 0;
  std::string kind;   // the command that does it: "generate", "reward_train", "align", "export", ...
  std::string title;  // for people
  nlohmann::json spec = nlohmann::json::object();  // everything needed to do it again
  JobPriority priority = JobPriority::kTraining;
  std::string device;  // wanted device, "" for any
  JobState state = JobState::kQueued;
  std::string host;  // of the process that claimed it
  std::int64_t pid = 0;
  int attempts = 0;  // claims so far
  std::optional<std::int64_t> heartbeatMs;
  JobProgress progress;
  nlohmann::json result;  // null until it succeeded
  std::string error;      // one line, of a failed job
  bool cancelRequested = false, pauseRequested = false;
  std::optional<std::int64_t> run;
  std::vector<std::int64_t>
      waitQueries;  // a waiting job: wakes when so many of these have an informative answer
  std::int64_t waitAnswers = 0;
  std::int64_t createdMs = 0;
  std::optional<std::int64_t> startedMs, finishedMs;
};

// What a running job must obey; read it at every heartbeat.
struct JobRequests {
  bool cancel = false, pause = false;
  bool lost = false;  // the row no longer belongs to this process: stop without writing to it
};

struct JobClaimFilter {
  std::vector<std::string> kinds;      // empty for all
  std::string device;                  // takes jobs for this device and for any
  std::optional<JobPriority> atLeast;  // only this priority or more urgent
};

class JobStore {
 public:
  explicit JobStore(Database& database) : database_(database) {}

  std::int64_t enqueue(const JobRow& job);
  // Takes the most urgent queued job, oldest first, in one transaction: two processes never get the same.
  std::optional<JobRow> claim(const JobClaimFilter& filter = {});
  // Takes this very job. Throws Error(kInvalidInput) if it cannot be run now.
  JobRow claimJob(std::int64_t id);

  // By the process that claimed it (others get kInvalidInput, or lost for heartbeat):
  JobRequests heartbeat(std::int64_t id, const JobProgress& progress);
  void succeed(std::int64_t id, const nlohmann::json& result);
  void fail(std::int64_t id, const std::string& error);
  void cancelled(std::int64_t id);
  void paused(std::int64_t id);
  void waitFor(std::int64_t id, const std::vector<std::int64_t>& queries, std::int64_t answers);
  void setRun(std::int64_t id, std::int64_t run);

  // By anyone:
  void requestCancel(std::int64_t id);  // a job that no process holds is cancelled at once
  void requestPause(std::int64_t id);   // a queued job is paused at once
  void resume(std::int64_t id);         // paused, interrupted, failed or cancelled: queued again, same spec
  // Running rows whose process is gone become interrupted; call at start and now and then. Returns their ids.
  // A process on another host counts as gone when its heartbeat is older than this.
  std::vector<std::int64_t> markInterrupted(std::int64_t otherHostTimeoutMs = 60 * 1000);
  // Waiting jobs whose answers are there are queued again. Returns their ids.
  std::vector<std::int64_t> wakeReady();

  std::optional<JobRow> find(std::int64_t id);
  std::vector<JobRow> list(const std::vector<JobState>& states = {});  // newest first
  std::int64_t count(JobState state);

 private:
  void finish(std::int64_t id, JobState state, const nlohmann::json* result, const std::string& error);

  Database& database_;
};

}  // namespace plumbline
