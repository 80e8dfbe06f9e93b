#include <QTest>
#include <filesystem>
#include <fstream>

#include "db/atomic_file.h"
#include "db/migrations/migrations.h"
#include "db/sqlite_file.h"
#include "tests/db/project_fixture.h"

using namespace plumbline;
using namespace plumbline::testing;

namespace {

// Everything that makes up a schema, in a comparable order.
std::vector<std::string> schemaOf(const std::filesystem::path& database) {
  SqliteFile file(database);
  return file.column("SELECT type || ' ' || name || ': ' || COALESCE(sql, '') FROM sqlite_master ORDER BY 1");
}

std::filesystem::path newDatabase(const QTemporaryDir& folder, const char* name) {
  const std::filesystem::path path = std::filesystem::path(folder.path().toStdString()) / name;
  SqliteFile file(path, SqliteFile::Mode::kCreate);
  file.script("PRAGMA journal_mode = WAL");
  return path;
}

std::vector<Migration> withNext(const std::string& sql) {
  std::vector<Migration> list = embeddedMigrations();
  const int number = list.back().number + 1;
  list.push_back({number, "next", sql});
  return list;
}

}  // namespace

class MigrationsTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void numbersAreOneTwoThree() {
    int expected = 1;
    for (const Migration& migration : embeddedMigrations()) QCOMPARE(migration.number, expected++);
    QVERIFY(expected > 1);
  }

  void freshEqualsUpgradedStepByStep() {
    QTemporaryDir folder;
    const auto list = withNext("ALTER TABLE prompt ADD COLUMN note TEXT NOT NULL DEFAULT '';");
    const auto fresh = newDatabase(folder, "fresh.db"), upgraded = newDatabase(folder, "upgraded.db");
    QCOMPARE(migrate(fresh, list), 0);
    for (std::size_t n = 1; n <= list.size(); ++n) {
      QCOMPARE(migrate(upgraded, {list.begin(), list.begin() + static_cast<std::ptrdiff_t>(n)}),
               n == 1 ? 0 : list[n - 2].number);
    }
    QCOMPARE(schemaOf(fresh), schemaOf(upgraded));
    QCOMPARE(schemaVersion(upgraded), list.back().number);
    QCOMPARE(migrate(upgraded, list), list.back().number);  // a second run does nothing
    QCOMPARE(schemaOf(fresh), schemaOf(upgraded));
  }

  void rowsSurviveAnUpgradeAndACopyIsKept() {
    ProjectFixture f;
    f.choose(f.pairQuery(), "a");
    f.project.reset();
    const auto database = f.path() / "project.db";
    const int before = schemaVersion(database);
    migrate(database, withNext("CREATE TABLE extra (id {{id}});"));
    SqliteFile upgraded(database);
    QCOMPARE(upgraded.value("SELECT COUNT(*) FROM answer"), "1");
    SqliteFile copy(database.string() + ".v" + std::to_string(before) + ".bak");
    QCOMPARE(copy.value("PRAGMA user_version"), std::to_string(before));
    QCOMPARE(copy.value("SELECT COUNT(*) FROM answer"), "1");
    QCOMPARE(copy.value("PRAGMA integrity_check"), "ok");
  }

  void aFailureLeavesTheOldVersion() {
    ProjectFixture f;
    f.choose(f.pairQuery(), "a");
    f.project.reset();
    const auto database = f.path() / "project.db";
    const auto schema = schemaOf(database);
    const int before = schemaVersion(database);
    const auto broken =
        withNext("CREATE TABLE half (id {{id}}); DELETE FROM setting; INSERT INTO nowhere VALUES (1);");
    QVERIFY(errorOf([&] { migrate(database, broken); }));
    QCOMPARE(schemaVersion(database), before);
    QCOMPARE(schemaOf(database), schema);
    QCOMPARE(Project::open(f.path())->answers().counts().total, 1);
  }

  void aMigrationThatLosesReferencesIsRefused() {
    ProjectFixture f;
    f.choose(f.pairQuery(), "a");
    f.project.reset();
    const auto database = f.path() / "project.db";
    QCOMPARE(errorOf([&] { migrate(database, withNext("DELETE FROM image;")); }), ErrorKind::kCorrupt);
    SqliteFile file(database);
    QCOMPARE(file.value("SELECT COUNT(*) FROM image"), "2");
  }

  void newerIsRefusedWithAMessage() {
    ProjectFixture f;
    f.project.reset();
    SqliteFile(f.path() / "project.db").script("PRAGMA user_version = 9999");
    try {
      Project::open(f.path());
      QFAIL("opened a newer project");
    } catch (const Error& error) {
      QCOMPARE(error.kind(), ErrorKind::kUnsupported);
      QVERIFY(error.message().find("newer Plumbline") != std::string::npos);
    }
    QCOMPARE(schemaVersion(f.path() / "project.db"), 9999);
  }

  void aForeignDatabaseIsRefused() {
    QTemporaryDir folder;
    const auto stranger = newDatabase(folder, "project.db");
    SqliteFile(stranger).script("CREATE TABLE cookies (id INTEGER)");
    QCOMPARE(errorOf([&] { Project::open(folder.path().toStdString()); }), ErrorKind::kInvalidInput);
    SqliteFile(stranger).script("PRAGMA user_version = 1");
    QCOMPARE(errorOf([&] { Project::open(folder.path().toStdString()); }), ErrorKind::kInvalidInput);
  }
};

QTEST_GUILESS_MAIN(MigrationsTest)
#include "migrations_test.moc"
