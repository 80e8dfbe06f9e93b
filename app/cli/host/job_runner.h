// Runs job rows: claims one, beats its heart every second, obeys cancel and pause requests in the row, and
// writes how it ended. Used by the device host (many jobs, each on a thread) and by commands (one job, here
// and now). Thread-safe; destroyed after every run() returned.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "app/cli/host/device_gate.h"
#include "app/cli/jobs/job_kind.h"

namespace plumbline {

struct JobOutcome {
  JobState state = JobState::kFailed;  // succeeded, failed, cancelled, paused or waiting
  Json result;
  std::string message;  // failed: one line for the user
  ErrorKind kind = ErrorKind::kInternal;
};

class JobRunner {
 public:
  JobRunner(Project& project, const Catalog& catalog, Engine& engine, DeviceGate& gate);
  ~JobRunner();
  JobRunner(const JobRunner&) = delete;
  JobRunner& operator=(const JobRunner&) = delete;

  // Checks the specification, adds the row and returns its id.
  std::int64_t enqueue(const std::string& kind, const Json& spec, const std::string& title);

  // Claims the row (a failed or cancelled one is tried again) and works on it in this thread. A stop request
  // pauses the job. Throws only if the row cannot be claimed; everything later is in the outcome and in the
  // row.
  JobOutcome run(std::int64_t job, ProgressSink& sink, std::stop_token stop);
  // enqueue() and run() for a command: returns the result or throws the job's failure.
  Json runNow(const std::string& kind, const Json& spec, const std::string& title, ProgressSink& sink,
              std::stop_token stop);
  Json resultOf(const JobOutcome& outcome, std::int64_t job) const;

  // Of a job that runs here; takes effect within a step. Other rows only get the request.
  void cancel(std::int64_t job);
  void pause(std::int64_t job);
  // Stop and save. False if the job does not run here.
  bool finish(std::int64_t job);

  DeviceGate& gate() { return gate_; }

 private:
  struct Active;
  class Sink;
  void beat();
  void beatOnce(Active& active);
  JobOutcome work(Active& active, const JobRow& row, ProgressSink& display);
  JobOutcome close(Active& active, JobOutcome outcome, const job_kind::Outcome* waited);

  Project& project_;
  const Catalog& catalog_;
  Engine& engine_;
  DeviceGate& gate_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::map<std::int64_t, std::shared_ptr<Active>> active_;
  std::jthread heart_;
};

}  // namespace plumbline
