// Training runs with their full settings, metrics and checkpoints; files lie in runs/<id>/. Threads: any.
// Failures: plumbline::Error.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/types/job.h"

namespace plumbline {

class Database;

struct RunRow {
  std::int64_t id = 0;
  std::string kind;    // "align", "reward", ...
  std::string method;  // id of the variant; unknown ones stay readable
  int methodVersion = 1;
  std::string name;                                    // for people
  nlohmann::json settings = nlohmann::json::object();  // complete, defaults included
  std::int64_t seed = 0;
  std::optional<std::int64_t> model;   // base
  std::optional<std::int64_t> parent;  // run it continues
  std::optional<std::int64_t> job;
  std::int64_t upToAnswer = 0;  // data snapshot
  std::string software, fingerprint;
  JobState state = JobState::kQueued;
  nlohmann::json result = nlohmann::json::object();
  std::int64_t createdMs = 0;
  std::optional<std::int64_t> finishedMs;
};

struct MetricRow {
  std::string name;
  std::int64_t step = 0;
  double value = 0;  // NaN is stored as such
  std::int64_t timeMs = 0;
};

struct CheckpointRow {
  std::int64_t id = 0;
  std::int64_t run = 0;
  std::int64_t step = 0;
  std::string kind = "checkpoint";  // "checkpoint" (resumable), "adapter" (to use), "best"
  std::string path;                 // relative to the project folder
  std::string hash;                 // SHA-256 of the file
  nlohmann::json info = nlohmann::json::object();
  std::int64_t createdMs = 0;
};

class RunStore {
 public:
  explicit RunStore(Database& database) : database_(database) {}

  std::int64_t create(const RunRow& run);
  void setState(std::int64_t run, JobState state);  // final states set finishedMs
  void setResult(std::int64_t run, const nlohmann::json& result);
  std::optional<RunRow> find(std::int64_t run);
  std::vector<RunRow> list(const std::string& kind = {});  // newest first

  // A second value for the same name and step replaces the first: a resumed run passes some steps twice.
  void addMetrics(std::int64_t run, const std::vector<MetricRow>& metrics);
  std::vector<MetricRow> metrics(std::int64_t run, const std::string& name = {}, std::int64_t afterStep = -1);
  std::vector<std::string> metricNames(std::int64_t run);

  std::int64_t addCheckpoint(const CheckpointRow& checkpoint);
  std::vector<CheckpointRow> checkpoints(std::int64_t run, const std::string& kind = {});  // by step
  std::optional<CheckpointRow> latestCheckpoint(std::int64_t run, const std::string& kind = "checkpoint");
  // For thinning out: first the row, then its file, so that no row ever points to nothing.
  void removeCheckpoint(std::int64_t id);

 private:
  Database& database_;
};

}  // namespace plumbline
