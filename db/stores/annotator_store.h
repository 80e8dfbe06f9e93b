// Who answers, their sittings, and the guideline they follow. Threads: any. Failures: plumbline::Error.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace plumbline {

class Database;

struct Annotator {
  std::int64_t id = 0;
  std::string name;             // unique
  std::string kind = "person";  // "person", "simulated" or "machine"
  nlohmann::json settings = nlohmann::json::object();
  std::int64_t createdMs = 0;
};

struct Session {
  std::int64_t id = 0;
  std::int64_t annotator = 0;
  std::int64_t startedMs = 0;
  std::optional<std::int64_t> endedMs;
};

struct Guideline {
  std::int64_t id = 0;
  std::string text;
  std::int64_t createdMs = 0;
};

class AnnotatorStore {
 public:
  explicit AnnotatorStore(Database& database) : database_(database) {}

  // The id of the annotator of this name; adds one if there is none.
  std::int64_t ensure(const Annotator& annotator);
  std::optional<Annotator> find(std::int64_t id);
  std::vector<Annotator> list();
  void setSettings(std::int64_t id, const nlohmann::json& settings);
  // Blanks the name; AnswerStore::erase blanks what he said.
  void anonymise(std::int64_t id);

  std::int64_t startSession(std::int64_t annotator);
  void endSession(std::int64_t session);
  std::vector<Session> sessions(std::int64_t annotator);

  // Guidelines are kept in all versions; the newest is in force.
  std::int64_t addGuideline(const std::string& text);
  std::optional<Guideline> guideline();

 private:
  Database& database_;
};

}  // namespace plumbline
