// Connections to one project's database, one per thread, and the two ways to use them: Statement and the
// transactions. Only db/ includes this. Threads: any; a connection closes when its thread ends, that of the
// destroying thread with the Database. Failures: plumbline::Error.
#pragma once

#include <QSqlDatabase>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

class QSqlQuery;

namespace plumbline {

std::int64_t nowMs();

class Database {
 public:
  explicit Database(std::filesystem::path file);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::filesystem::path& file() const { return file_; }

 private:
  friend class Statement;
  friend class Transaction;
  struct Connection;
  Connection& connection();

  std::filesystem::path file_;
  std::uint64_t key_;
};

// One SQL statement with ? placeholders. Prepared statements are kept per thread and used again.
//   Statement s(db, "SELECT id FROM prompt WHERE text = ?"); s.bind(text); while (s.next()) s.int64(0);
//   Statement(db, "UPDATE ...").bind(a).bind(b).run();
class Statement {
 public:
  Statement(Database& database, const std::string& sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::int64_t value);
  Statement& bind(int value) { return bind(std::int64_t{value}); }
  Statement& bind(bool value) { return bind(std::int64_t{value}); }
  Statement& bind(double value);
  Statement& bind(const std::string& value);
  Statement& bind(const char* value) { return bind(std::string(value)); }
  Statement& bind(const nlohmann::json& value);  // as JSON text
  Statement& bindBlob(const void* data, std::size_t size);
  Statement& bindNull();
  template <class T>
  Statement& bind(const std::optional<T>& value) {
    return value ? bind(*value) : bindNull();
  }

  // Executes and leaves the statement ready to be bound again.
  Statement& run();
  std::int64_t insertedId() const { return insertedId_; }
  std::int64_t affected() const { return affected_; }

  // Executes at the first call; false after the last row.
  bool next();
  bool isNull(int column) const;
  std::int64_t int64(int column) const;
  int integer(int column) const { return static_cast<int>(int64(column)); }
  bool boolean(int column) const { return int64(column) != 0; }
  double real(int column) const;  // NaN for null
  std::string text(int column) const;
  std::string blob(int column) const;
  nlohmann::json json(int column) const;  // throws Error(kCorrupt)
  std::optional<std::int64_t> optionalInt64(int column) const;
  std::optional<double> optionalReal(int column) const;

 private:
  void execute();

  Database& database_;
  std::string sql_;
  std::unique_ptr<QSqlQuery> query_;
  int bound_ = 0;
  bool executed_ = false;
  std::int64_t insertedId_ = 0, affected_ = 0;
};

// Rolls back unless committed. One inside another of the same thread joins it; if the inner one is not
// committed, the outer one cannot be.
class Transaction {
 public:
  enum class Kind { kWrite, kRead };
  explicit Transaction(Database& database, Kind kind = Kind::kWrite);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();  // returns when it is on disk

 private:
  Database& database_;
  bool finished_ = false;
};

}  // namespace plumbline
