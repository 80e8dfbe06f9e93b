// Trained reward models: where the heads lie, what they were trained on, how good they are. Threads: any.
// Failures: plumbline::Error.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace plumbline {

class Database;

struct RewardModelRow {
  std::int64_t id = 0;
  std::string version;  // unique; stored with each query that it scored. Filled by add() if empty: "rm<id>"
  std::string path;     // relative to the project folder
  std::string head;     // id of the reward head family member, or "ensemble"
  nlohmann::json settings = nlohmann::json::object();
  nlohmann::json metrics = nlohmann::json::object();  // held-out accuracy, calibration, counts ...
  std::int64_t upToAnswer = 0;                        // data snapshot
  std::optional<std::int64_t> run;
  std::int64_t createdMs = 0;
};

class RewardModelStore {
 public:
  explicit RewardModelStore(Database& database) : database_(database) {}

  RewardModelRow add(const RewardModelRow& model);
  std::optional<RewardModelRow> latest();
  std::optional<RewardModelRow> find(std::int64_t id);
  std::optional<RewardModelRow> findVersion(const std::string& version);
  std::vector<RewardModelRow> list();  // newest first
  void setMetrics(std::int64_t id, const nlohmann::json& metrics);

 private:
  Database& database_;
};

}  // namespace plumbline
