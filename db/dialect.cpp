#include "db/dialect.h"

#include <sqlite3.h>

#include <QSqlQuery>

namespace plumbline::dialect {
namespace {

void replaceAll(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
}

}  // namespace

void open(QSqlDatabase& connection, const std::filesystem::path& file) {
  connection.setDatabaseName(QString::fromStdString(file.string()));
  connection.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=%1").arg(kBusyTimeoutMs));
  if (!connection.open()) throw errorFor(connection.lastError(), "open");
  // trusted_schema off: a project file may come from a stranger, and its triggers must not reach further than
  // ours. secure_delete: what a person had erased must not stay readable in free pages.
  for (const char* pragma :
       {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON",
        "PRAGMA trusted_schema = OFF", "PRAGMA secure_delete = ON", "PRAGMA temp_store = MEMORY"}) {
    QSqlQuery query(connection);
    if (!query.exec(QString::fromLatin1(pragma))) throw errorFor(query.lastError(), pragma);
  }
}

std::string expandSchema(std::string sql) {
  replaceAll(sql, "{{id}}", "INTEGER PRIMARY KEY AUTOINCREMENT");
  replaceAll(sql, "{{blob}}", "BLOB");
  return sql;
}

Error errorFor(int nativeCode, const std::string& text, const std::string& statement) {
  const std::string detail = text + " (code " + std::to_string(nativeCode) + ") in: " + statement;
  switch (nativeCode & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorKind::kExhausted,
              "the project is busy: another program is writing to it; try again in a moment", detail};
    case SQLITE_FULL:
      return {ErrorKind::kExhausted,
              "the disk is full: free some space and try again; nothing stored is lost", detail};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {
          ErrorKind::kCorrupt,
          "the project's database is damaged: copy the folder away, then restore project.db from a backup",
          detail};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorKind::kInvalidInput, "the project folder cannot be written: check its permissions",
              detail};
    case SQLITE_CANTOPEN:
      return {ErrorKind::kInvalidInput,
              "the project's database cannot be opened: check that the folder exists and may be written",
              detail};
    case SQLITE_IOERR:
      return {ErrorKind::kExhausted, "reading or writing the project's database failed: check the disk",
              detail};
    case SQLITE_CONSTRAINT:
      return {ErrorKind::kInvalidInput, "the project's database refused a row: " + text, detail};
    default:
      return {ErrorKind::kInternal, "the project's database reported: " + text, detail};
  }
}

Error errorFor(const QSqlError& error, const std::string& statement) {
  bool isNumber = false;
  const int code = error.nativeErrorCode().toInt(&isNumber);
  const QString text = error.databaseText().isEmpty() ? error.text() : error.databaseText();
  return errorFor(isNumber ? code : SQLITE_ERROR, text.toStdString(), statement);
}

}  // namespace plumbline::dialect
