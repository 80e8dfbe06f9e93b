// Brings a project's database to this build's schema: each migration in one transaction that also sets the version,
// a backup copy beside the database first. Applied migration files never change; a wrong one is followed by a new one.
// Threads: before any other connection of this process is open. Failures: plumbline::Error; the old version stays.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace plumbline {

struct Migration {
  int number = 0;  // the version it leads to
  std::string name;
  std::string sql;
};

const std::vector<Migration>& embeddedMigrations();

// The version stored in the database; 0 for a new one.
int schemaVersion(const std::filesystem::path& database);
// Returns the version before. Throws Error(kUnsupported) if the database is newer than the last migration.
int migrate(const std::filesystem::path& database, const std::vector<Migration>& migrations = embeddedMigrations());

}  // namespace plumbline
