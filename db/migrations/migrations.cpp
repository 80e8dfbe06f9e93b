#include "db/migrations/migrations.h"

#include "core/types/error.h"
#include "db/atomic_file.h"
#include "db/dialect.h"
#include "db/sqlite_file.h"

namespace plumbline {
namespace {

int versionOf(SqliteFile& file) {
  return std::stoi(file.value("PRAGMA user_version"));
}

void refuseForeignOrNewer(SqliteFile& file, int version, int newest) {
  if (version == 0) {
    if (file.value("SELECT COUNT(*) FROM sqlite_master") != "0") {
      throw Error(ErrorKind::kInvalidInput, "project.db is not a Plumbline database: choose another folder");
    }
    return;
  }
  if (version > newest) {
    throw Error(ErrorKind::kUnsupported, "this project was written by a newer Plumbline (schema " +
                                             std::to_string(version) + ", this one knows " +
                                             std::to_string(newest) + "): update Plumbline to open it");
  }
  if (file.value("PRAGMA application_id") != std::to_string(dialect::kApplicationId)) {
    throw Error(ErrorKind::kInvalidInput, "project.db is not a Plumbline database: choose another folder");
  }
}

void backupBefore(SqliteFile& file, const std::filesystem::path& database, int version) {
  const std::filesystem::path copy = database.string() + ".v" + std::to_string(version) + ".bak";
  const std::filesystem::path partial = temporaryNameFor(copy);
  file.backupTo(partial);
  renameSynced(partial, copy);
}

void apply(SqliteFile& file, const Migration& migration) {
  file.script("BEGIN IMMEDIATE");
  try {
    // Another process may have been quicker while this one waited for the lock.
    if (versionOf(file) < migration.number) {
      file.script(dialect::expandSchema(migration.sql));
      if (!file.column("PRAGMA foreign_key_check").empty()) {
        throw Error(ErrorKind::kCorrupt, "migration " + migration.name + " leaves dangling references");
      }
      file.script("PRAGMA user_version = " + std::to_string(migration.number));
    }
    file.script("COMMIT");
  } catch (const Error& error) {
    try {
      file.script("ROLLBACK");
    } catch (const Error&) {  // some failures have rolled back by themselves
    }
    throw Error(error.kind(),
                "the project could not be brought to schema " + std::to_string(migration.number) +
                    "; it is as it was before",
                error.message() + "; " + error.detail());
  }
}

}  // namespace

int schemaVersion(const std::filesystem::path& database) {
  SqliteFile file(database);
  return versionOf(file);
}

int migrate(const std::filesystem::path& database, const std::vector<Migration>& migrations) {
  SqliteFile file(database);
  const int before = versionOf(file);
  const int newest = migrations.empty() ? 0 : migrations.back().number;
  refuseForeignOrNewer(file, before, newest);
  if (before == newest) return before;
  if (before > 0) backupBefore(file, database, before);
  for (const Migration& migration : migrations) {
    if (migration.number > before) apply(file, migration);
  }
  return before;
}

}  // namespace plumbline
