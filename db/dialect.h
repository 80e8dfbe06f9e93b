// What differs between SQLite and PostgreSQL, in one place: driver, connection settings, the types of the
// schema, how a write transaction begins, what an error code means. Today SQLite. Pure functions,
// thread-safe.
#pragma once

#include <QSqlDatabase>
#include <QSqlError>
#include <filesystem>
#include <string>

#include "core/types/error.h"

namespace plumbline::dialect {

inline constexpr int kBusyTimeoutMs = 15000;
inline constexpr const char* kDriver = "QSQLITE";
// Qt's own transaction() begins deferred and can fail half-way when another process writes; this takes the
// write lock at once, waiting for it.
inline constexpr const char* kBeginWrite = "BEGIN IMMEDIATE";
inline constexpr const char* kBeginRead = "BEGIN";
// Folds the log into the database and empties it, so that erased content is in neither.
inline constexpr const char* kFoldLog = "PRAGMA wal_checkpoint(TRUNCATE)";
inline constexpr int kApplicationId = 1347177794;  // as migration 0001 sets it

// Opens with the settings every connection needs. Throws Error.
void open(QSqlDatabase& connection, const std::filesystem::path& file);
// Fills {{id}} and {{blob}} of a migration.
std::string expandSchema(std::string sql);
Error errorFor(int nativeCode, const std::string& text, const std::string& statement);
Error errorFor(const QSqlError& error, const std::string& statement);

}  // namespace plumbline::dialect
