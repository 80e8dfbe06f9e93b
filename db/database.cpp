#include "db/database.h"

#include <QSqlQuery>
#include <QVariant>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>
#include <vector>

#include "db/dialect.h"

namespace plumbline {

std::int64_t nowMs() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

struct Database::Connection {
  explicit Connection(const std::filesystem::path& file) {
    static std::atomic<std::uint64_t> counter{0};
    name = QStringLiteral("plumbline-%1").arg(counter.fetch_add(1));
    QSqlDatabase database = QSqlDatabase::addDatabase(QString::fromLatin1(dialect::kDriver), name);
    try {
      dialect::open(database, file);
    } catch (...) {
      database = QSqlDatabase();
      QSqlDatabase::removeDatabase(name);
      throw;
    }
  }
  ~Connection() {
    idle.clear();
    QSqlDatabase::database(name, false).close();
    QSqlDatabase::removeDatabase(name);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void exec(const char* sql) {
    QSqlQuery query(QSqlDatabase::database(name, false));
    if (!query.exec(QString::fromLatin1(sql))) throw dialect::errorFor(query.lastError(), sql);
  }

  QString name;
  std::unordered_map<std::string, std::vector<std::unique_ptr<QSqlQuery>>> idle;
  int depth = 0;
  bool doomed = false;
};

Database::Database(std::filesystem::path file) : file_(std::move(file)) {
  static std::atomic<std::uint64_t> counter{0};
  key_ = counter.fetch_add(1);
}

namespace {

// Connections of one thread, by Database::key_; closed when the thread ends.
template <class Connection>
std::map<std::uint64_t, std::unique_ptr<Connection>>& threadConnections() {
  thread_local std::map<std::uint64_t, std::unique_ptr<Connection>> connections;
  return connections;
}

}  // namespace

Database::~Database() {
  threadConnections<Connection>().erase(key_);
}

Database::Connection& Database::connection() {
  auto& connection = threadConnections<Connection>()[key_];
  if (!connection) connection = std::make_unique<Connection>(file_);
  return *connection;
}

Statement::Statement(Database& database, const std::string& sql) : database_(database), sql_(sql) {
  Database::Connection& connection = database_.connection();
  auto& idle = connection.idle[sql];
  if (!idle.empty()) {
    query_ = std::move(idle.back());
    idle.pop_back();
    return;
  }
  query_ = std::make_unique<QSqlQuery>(QSqlDatabase::database(connection.name, false));
  query_->setForwardOnly(true);
  if (!query_->prepare(QString::fromStdString(sql))) throw dialect::errorFor(query_->lastError(), sql);
}

Statement::~Statement() {
  query_
      ->finish();  // a statement left half-read would hold its snapshot and keep the log from being folded in
  database_.connection().idle[sql_].push_back(std::move(query_));
}

Statement& Statement::bind(std::int64_t value) {
  query_->bindValue(bound_++, QVariant::fromValue<qlonglong>(value));
  return *this;
}

Statement& Statement::bind(double value) {
  query_->bindValue(bound_++, std::isnan(value) ? QVariant(QMetaType::fromType<double>()) : QVariant(value));
  return *this;
}

Statement& Statement::bind(const std::string& value) {
  query_->bindValue(bound_++, QString::fromStdString(value));
  return *this;
}

Statement& Statement::bind(const nlohmann::json& value) {
  return bind(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Statement& Statement::bindBlob(const void* data, std::size_t size) {
  query_->bindValue(bound_++, QByteArray(static_cast<const char*>(data), static_cast<qsizetype>(size)));
  return *this;
}

Statement& Statement::bindNull() {
  query_->bindValue(bound_++, QVariant());
  return *this;
}

void Statement::execute() {
  if (!query_->exec()) throw dialect::errorFor(query_->lastError(), sql_);
  executed_ = true;
  bound_ = 0;
}

Statement& Statement::run() {
  execute();
  affected_ = query_->numRowsAffected();
  insertedId_ = query_->lastInsertId().toLongLong();
  query_->finish();
  executed_ = false;
  return *this;
}

bool Statement::next() {
  if (!executed_) execute();
  if (query_->next()) return true;
  if (query_->lastError().isValid()) throw dialect::errorFor(query_->lastError(), sql_);
  executed_ = false;
  return false;
}

bool Statement::isNull(int column) const {
  return query_->isNull(column);
}

std::int64_t Statement::int64(int column) const {
  return query_->value(column).toLongLong();
}

double Statement::real(int column) const {
  return isNull(column) ? std::numeric_limits<double>::quiet_NaN() : query_->value(column).toDouble();
}

std::string Statement::text(int column) const {
  return query_->value(column).toString().toStdString();
}

std::string Statement::blob(int column) const {
  return query_->value(column).toByteArray().toStdString();
}

nlohmann::json Statement::json(int column) const {
  const std::string source = text(column);
  nlohmann::json value = nlohmann::json::parse(source, nullptr, false);
  if (value.is_discarded()) {
    throw Error(ErrorKind::kCorrupt, "a row of the project's database is not readable: run plumbline check",
                "not JSON: " + source.substr(0, 200) + " in: " + sql_);
  }
  return value;
}

std::optional<std::int64_t> Statement::optionalInt64(int column) const {
  if (isNull(column)) return std::nullopt;
  return int64(column);
}

std::optional<double> Statement::optionalReal(int column) const {
  if (isNull(column)) return std::nullopt;
  return real(column);
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  Database::Connection& connection = database_.connection();
  if (connection.depth == 0) {
    connection.exec(kind == Kind::kWrite ? dialect::kBeginWrite : dialect::kBeginRead);
    connection.doomed = false;
  }
  ++connection.depth;
}

Transaction::~Transaction() {
  if (finished_) return;
  Database::Connection& connection = database_.connection();
  connection.doomed = true;
  if (--connection.depth > 0) return;
  try {
    connection.exec("ROLLBACK");
  } catch (const Error&) {  // some failures (disk full) have rolled back by themselves
  }
}

void Transaction::commit() {
  Database::Connection& connection = database_.connection();
  if (connection.doomed) throw Error(ErrorKind::kInternal, "a part of the transaction failed before");
  if (connection.depth == 1) connection.exec("COMMIT");
  --connection.depth;
  finished_ = true;
}

}  // namespace plumbline
