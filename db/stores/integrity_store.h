// The questions an integrity check asks of the rows. Reads only, but for refreshQueryState. Threads: any.
// Failures: plumbline::Error.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plumbline {

class Database;

struct StoredMask {
  std::int64_t id = 0;
  std::string image, rle;
  int width = 0, height = 0;  // of the picture
};

class IntegrityStore {
 public:
  explicit IntegrityStore(Database& database) : database_(database) {}

  std::vector<std::string> databaseFindings();    // SQLite's own integrity check; empty if all is well
  std::vector<std::string> danglingReferences();  // "observation 7 -> answer"
  // Standing answers whose number of observation rows is not what was recorded with them.
  std::vector<std::int64_t> answersWithoutTheirObservations();
  // Rows that supersede something else than the row before them in their chain.
  std::vector<std::int64_t> brokenChains();
  // Answers that count although they were taken back or erased: observations of tombstones.
  std::vector<std::int64_t> observationsOfErased();
  // Observations that lack what their kind needs.
  std::vector<std::int64_t> incompleteObservations();
  std::vector<std::int64_t> unreferencedMasks();
  std::vector<StoredMask> masks(std::int64_t afterId, int limit);
  std::vector<std::int64_t> queriesInTheWrongState();
  void refreshQueryState(std::int64_t query);
  // Rows of a column of JSON text that is not JSON, as "answer 3: value_json".
  std::vector<std::string> unreadableJson();
  std::int64_t count(const std::string& table);

 private:
  std::vector<std::int64_t> ids(const std::string& sql);

  Database& database_;
};

}  // namespace plumbline
