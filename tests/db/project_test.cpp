#include <QProcess>
#include <QTest>
#include <fstream>
#include <thread>

#include "db/atomic_file.h"
#include "db/database.h"
#include "tests/db/project_fixture.h"

using namespace plumbline;
using namespace plumbline::testing;

class ProjectTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void makesItsFolders() {
    ProjectFixture f;
    for (const char* sub : {"images", "runs", "models", "exports"})
      QVERIFY(std::filesystem::is_directory(f.path() / sub));
    QCOMPARE(f.project->events().recent(1).at(0).kind, "created");
    QCOMPARE(errorOf([&] { Project::create(f.path()); }), ErrorKind::kInvalidInput);
  }

  void settingsOfTheConnection() {
    ProjectFixture f;
    const auto pragma = [&](const char* sql) {
      Statement row(f.project->database(), sql);
      row.next();
      return row.text(0);
    };
    QCOMPARE(pragma("PRAGMA journal_mode"), "wal");
    QCOMPARE(pragma("PRAGMA synchronous"), "2");  // FULL
    QCOMPARE(pragma("PRAGMA foreign_keys"), "1");
  }

  void aSecondWindowIsRefusedAWorkerIsNot() {
    ProjectFixture f;
    f.project.reset();
    auto window = Project::open(f.path(), OpenAs::kWindow);
    try {
      Project::open(f.path(), OpenAs::kWindow);
      QFAIL("opened twice");
    } catch (const Error& error) {
      QCOMPARE(error.kind(), ErrorKind::kInvalidInput);
      QVERIFY2(error.message().find("open in another window") != std::string::npos, error.what());
    }
    Project::open(f.path(), OpenAs::kWorker)->events().append("from", "worker");
    QCOMPARE(window->events().recent(1).at(0).subject, "worker");
    window.reset();
    QVERIFY(Project::open(f.path(), OpenAs::kWindow));
  }

  void theLockOfADeadWindowIsTakenOver() {
    ProjectFixture f;
    f.project.reset();
    QProcess process;
    process.start(
        qEnvironmentVariable("PLUMBLINE_BINARY_DIR", QCoreApplication::applicationDirPath() + "/../..") +
            "/tests/db/lock_holder",
        {QString::fromStdString(f.path().string())});
    QVERIFY(process.waitForReadyRead(20000));
    QCOMPARE(errorOf([&] { Project::open(f.path(), OpenAs::kWindow); }), ErrorKind::kInvalidInput);
    process.kill();
    QVERIFY(process.waitForFinished());
    QVERIFY(Project::open(f.path(), OpenAs::kWindow));
  }

  void absentAndDamagedProjectsAreTold() {
    QTemporaryDir folder;
    QCOMPARE(errorOf([&] { Project::open(folder.path().toStdString()); }), ErrorKind::kNotFound);
    ProjectFixture f;
    for (int i = 0; i < 20; ++i) f.pairQuery();
    f.project.reset();
    const auto database = f.path() / "project.db";
    std::string bytes = readWhole(database);
    for (std::size_t i = 8192; i < bytes.size() && i < 60000; ++i) bytes[i] = static_cast<char>(0xa5);
    writeSynced(database, bytes);
    QCOMPARE(errorOf([&] { Project::open(f.path()); }), ErrorKind::kCorrupt);
    writeSynced(database,
                "this is not a database, but it is long enough to look like a file with a header in it");
    QCOMPARE(errorOf([&] { Project::open(f.path()); }), ErrorKind::kCorrupt);
  }

  void everyThreadMayUseEveryStore() {
    ProjectFixture f;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 25; ++i) {
          f.project->prompts().ensure({.text = "thread " + std::to_string(t) + " " + std::to_string(i)});
          f.project->settings().set("shared", i);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    QCOMPARE(f.project->prompts().count(), 100);
    QVERIFY(f.project->settings().get("shared") == nlohmann::json(24));
  }

  void theCounterTellsOfForeignWrites() {
    ProjectFixture f;
    const auto before = f.project->changeCounter();
    QCOMPARE(f.project->changeCounter(), before);
    Project::open(f.path())->events().append("other", "");
    std::thread([&] { f.project->events().append("thread", ""); }).join();
    QVERIFY(f.project->changeCounter() != before);
  }

  void aFailedPartFailsTheWholeTransaction() {
    ProjectFixture f;
    Database& database = f.project->database();
    QCOMPARE(errorOf([&] {
               Transaction outer(database);
               f.project->settings().set("kept", 1);
               errorOf([&] { f.project->prompts().ensure({}); });  // throws inside its own transaction
               outer.commit();
             }),
             std::nullopt);  // nothing was begun there: the empty prompt is refused before
    QVERIFY(errorOf([&] {
      Transaction outer(database);
      f.project->settings().set("lost", 1);
      errorOf([&] { f.project->queries().enqueue(QueryRow{}); });
      outer.commit();
    }));
    QVERIFY(f.project->settings().get("kept"));
    QVERIFY(!f.project->settings().get("lost"));
    f.project->settings().set("after", 1);  // and the connection works on
    QVERIFY(f.project->settings().get("after"));
  }
};

QTEST_GUILESS_MAIN(ProjectTest)
#include "project_test.moc"
