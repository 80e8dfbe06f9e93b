// What happened, for people to read: opened, migrated, repaired, exported, job states. Append-only by use.
// Threads: any. Failures: plumbline::Error.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace plumbline {

class Database;

struct Event {
  std::int64_t id = 0;
  std::int64_t timeMs = 0;
  std::string kind;     // "opened", "migrated", "job", "export", "repair", ...
  std::string subject;  // "job 12", a file name ...
  nlohmann::json data = nlohmann::json::object();
};

class EventLog {
 public:
  explicit EventLog(Database& database) : database_(database) {}

  std::int64_t append(const std::string& kind, const std::string& subject,
                      const nlohmann::json& data = nlohmann::json::object());
  std::vector<Event> recent(int limit, const std::string& kind = {});  // newest first

 private:
  Database& database_;
};

}  // namespace plumbline
