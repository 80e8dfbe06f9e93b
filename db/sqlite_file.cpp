#include "db/sqlite_file.h"

#include <sqlite3.h>

#include "db/dialect.h"

namespace plumbline {

void SqliteFile::Close::operator()(sqlite3* handle) const {
  sqlite3_close(handle);
}

SqliteFile::SqliteFile(const std::filesystem::path& file, Mode mode) : file_(file) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | (mode == Mode::kCreate ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(code, "open");
  sqlite3_busy_timeout(handle, dialect::kBusyTimeoutMs);
}

void SqliteFile::fail(int code, const std::string& what) {
  const std::string text = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  throw dialect::errorFor(code, text, what);
}

void SqliteFile::script(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code, "script");
}

std::vector<std::string> SqliteFile::column(const std::string& sql) {
  std::vector<std::string> rows;
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &raw, nullptr);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, sqlite3_finalize);
  if (code != SQLITE_OK) fail(code, sql);
  while ((code = sqlite3_step(raw)) == SQLITE_ROW) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
    rows.emplace_back(text ? text : "");
  }
  if (code != SQLITE_DONE) fail(code, sql);
  return rows;
}

std::string SqliteFile::value(const std::string& sql) {
  const auto rows = column(sql);
  return rows.empty() ? std::string() : rows.front();
}

void SqliteFile::backupTo(const std::filesystem::path& target) {
  SqliteFile copy(target, Mode::kCreate);
  sqlite3_backup* backup = sqlite3_backup_init(copy.handle_.get(), "main", handle_.get(), "main");
  if (!backup) copy.fail(sqlite3_errcode(copy.handle_.get()), "backup");
  // All pages in one step: a step that holds the read snapshot cannot be restarted by writers, as small steps
  // are.
  int code = sqlite3_backup_step(backup, -1);
  for (int tries = 0; (code == SQLITE_BUSY || code == SQLITE_LOCKED) && tries < 200; ++tries) {
    sqlite3_sleep(25);
    code = sqlite3_backup_step(backup, -1);
  }
  const int finish = sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) fail(code, "backup");
  if (finish != SQLITE_OK) copy.fail(finish, "backup");
}

}  // namespace plumbline
