// The queue of questions. A query is open until it has `wanted` answers that say something (a skip says
// nothing); an annotator is never given one that he has answered or that others hold on lease in sufficient
// number. Threads: any. Failures: plumbline::Error.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace plumbline {

class Database;

struct QueryRow {
  std::int64_t id = 0;
  std::string type;                 // id of a query type; unknown ones stay readable
  std::vector<std::string> images;  // SHA-256, in shown order
  nlohmann::json settings = nlohmann::json::object();
  std::optional<std::int64_t> prompt;
  std::string promptText;  // filled on reading
  std::int64_t round = 0;
  double rank = 0;  // lower is asked first, then by id
  int wanted = 1;   // informative answers wanted, from different annotators
  // Why it was asked:
  std::string acquisition;  // id of the acquisition, "random", ...
  std::optional<double> score;
  std::string modelVersion;    // of the reward model that scored it
  std::string state = "open";  // "open", "done", "withdrawn"
  std::int64_t createdMs = 0;
};

struct QueryCounts {
  std::int64_t open = 0, done = 0, withdrawn = 0;
  std::map<std::string, std::int64_t> openByType;
};

class QueryStore {
 public:
  explicit QueryStore(Database& database) : database_(database) {}

  std::int64_t enqueue(const QueryRow& query);
  std::vector<std::int64_t> enqueue(const std::vector<QueryRow>& queries);  // one transaction

  // The next open queries for this annotator in order, leased to him for so long (0: look without leasing).
  // A lease he already holds is renewed. types empty for all.
  std::vector<QueryRow> next(std::int64_t annotator, int count, std::int64_t leaseMs = 10 * 60 * 1000,
                             const std::vector<std::string>& types = {});
  // Gives back all queries that this annotator holds and has not answered.
  void releaseLeases(std::int64_t annotator);

  std::optional<QueryRow> find(std::int64_t id);
  // The oldest query of this type that shows these pictures in this order.
  std::optional<QueryRow> findShowing(const std::string& type, const std::vector<std::string>& images);
  std::vector<QueryRow> list(const std::string& state = {}, std::int64_t limit = -1, std::int64_t offset = 0);
  // Open queries are no longer asked; answers stay.
  void withdraw(const std::vector<std::int64_t>& ids);
  void setRank(std::int64_t id, double rank);
  QueryCounts counts();
  // Open queries that this annotator could still be given (leases of others count against it).
  std::int64_t openFor(std::int64_t annotator, const std::vector<std::string>& types = {});

 private:
  Database& database_;
};

}  // namespace plumbline
