// Generators that drew pictures: base folder and hash plus the chain of adapters on it. Rows are found again
// by (hash, adapters), so that equal generators share one id. Threads: any. Failures: plumbline::Error.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace plumbline {

class Database;

struct ModelRow {
  std::int64_t id = 0;
  std::string name;  // for people
  std::string path;  // diffusers folder; relative paths are relative to the project
  std::string hash;
  nlohmann::json adapters = nlohmann::json::array();  // [{"name", "path", "hash", "strength"}]
  std::int64_t createdMs = 0;
};

class ModelStore {
 public:
  explicit ModelStore(Database& database) : database_(database) {}

  std::int64_t ensure(const ModelRow& model);
  std::optional<ModelRow> find(std::int64_t id);
  std::vector<ModelRow> list();

 private:
  Database& database_;
};

}  // namespace plumbline
