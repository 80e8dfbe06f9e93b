// The project's own settings, JSON by key ("model", "query_mix", "criteria", ...). Threads: any.
// Failures: plumbline::Error.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace plumbline {

class Database;

class SettingStore {
 public:
  explicit SettingStore(Database& database) : database_(database) {}

  std::optional<nlohmann::json> get(const std::string& key);
  nlohmann::json get(const std::string& key, const nlohmann::json& otherwise);
  void set(const std::string& key, const nlohmann::json& value);
  void remove(const std::string& key);
  std::map<std::string, nlohmann::json> all();

 private:
  Database& database_;
};

}  // namespace plumbline
