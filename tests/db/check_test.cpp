#include <QTest>
#include <algorithm>
#include <chrono>

#include "core/types/coco_rle.h"
#include "core/types/sha256.h"
#include "db/atomic_file.h"
#include "db/check.h"
#include "db/database.h"
#include "db/sqlite_file.h"
#include "tests/db/project_fixture.h"

using namespace plumbline;
using namespace plumbline::testing;

namespace {

struct Whole : ProjectFixture {
  std::int64_t pair = 0, mask = 0;
  std::string picture;

  Whole() {
    pair = pairQuery();
    mask = oneImageQuery("mask");
    choose(pair, "both_bad");
    Mask painted(8, 6);
    painted.at(2, 2) = 1;
    answer(mask,
           {{"choice", "done"}, {"regions", {{{"category", "unsafe"}, {"mask", cocoEncode(painted)}}}}});
    choose(pairQuery(), "skip");
    project->answers().undo(annotator);
    picture = project->queries().find(pair)->images[0];
  }

  CheckReport check(bool repair = false) {
    SilentSink sink;
    return checkProject(*project, repair, sink, {});
  }
  // Damages rows in ways that triggers and foreign keys would refuse.
  void damage(const std::string& sql) {
    SqliteFile file(path() / "project.db");
    file.script("PRAGMA foreign_keys = OFF");
    for (const std::string& trigger : file.column("SELECT name FROM sqlite_master WHERE type = 'trigger'")) {
      file.script("DROP TRIGGER " + trigger);
    }
    file.script(sql);
  }
  bool finds(const std::string& kind) {
    const CheckReport report = check();
    return std::any_of(report.findings.begin(), report.findings.end(),
                       [&](const Finding& finding) { return finding.kind == kind; });
  }
};

void makeOld(const std::filesystem::path& file) {
  std::filesystem::last_write_time(file,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
}

}  // namespace

class CheckTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aWholeProjectIsClean() {
    Whole f;
    const CheckReport report = f.check();
    QVERIFY2(report.ok(), report.toJson().dump().c_str());
    QCOMPARE(report.images, 5);
    QCOMPARE(report.masks, 1);
    QCOMPARE(report.answers, 4);
    QCOMPARE(report.observations, 4);
  }

  void damagedRowsAreFound_data() {
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("kind");
    const auto row = [](const char* name, const char* sql, const char* kind) {
      QTest::newRow(name) << QString(sql) << QString(kind);
    };
    row("observation lost", "DELETE FROM observation WHERE kind = 'comparison'", "answer_observations");
    row("answer lost", "DELETE FROM answer WHERE id = 1", "foreign_key");
    row("picture row lost", "DELETE FROM image WHERE hash = (SELECT image_hash FROM mask)", "foreign_key");
    row("mask undecodable", "UPDATE mask SET rle_json = '{\"size\": [6, 8], \"counts\": [5]}'", "mask");
    row("mask not JSON", "UPDATE mask SET rle_json = 'rubbish'", "mask");
    row("mask of another size", "UPDATE mask SET rle_json = '{\"size\": [2, 2], \"counts\": [4]}'", "mask");
    row("mask orphan", "UPDATE observation SET category = '', mask_id = NULL WHERE kind = 'region'", "mask");
    row("region without mask", "UPDATE observation SET mask_id = NULL WHERE kind = 'region'", "observation");
    row("value lost", "UPDATE observation SET value = NULL WHERE kind = 'level'", "observation");
    row("tombstone that speaks", "UPDATE answer SET state = 'tombstone' WHERE id = 1", "observation");
    row("chain cut", "UPDATE answer SET revision = 5 WHERE supersedes IS NOT NULL", "answer_chain");
    row("query state", "UPDATE query SET state = 'open'", "query_state");
    row("json", "UPDATE answer SET value_json = '{' WHERE id = 1", "json");
    row("index",
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM "
        "sqlite_master "
        "WHERE name = 'mask_image') WHERE name = 'query_order'",
        "database");
  }

  void damagedRowsAreFound() {
    QFETCH(QString, sql);
    QFETCH(QString, kind);
    Whole f;
    f.damage(sql.toStdString());
    f.project.reset();
    // Opening refuses what quick_check sees; then that is the finding.
    const auto refused = errorOf([&] { f.project = Project::open(f.path()); });
    if (refused) {
      QCOMPARE(kind, "database");
      QCOMPARE(refused, ErrorKind::kCorrupt);
      return;
    }
    QVERIFY2(f.finds(kind.toStdString()), f.check().toJson().dump().c_str());
  }

  void aDamagedPictureIsFoundMovedAsideAndMarked() {
    Whole f;
    const auto file = f.project->images().path(f.picture);
    std::string bytes = readWhole(file);
    bytes[40] = static_cast<char>(bytes[40] ^ 4);
    writeSynced(file, bytes);
    QVERIFY(f.finds("image_corrupt"));
    QVERIFY(f.project->images().find(f.picture)->state == ImageState::kOk);  // looking changes nothing
    QVERIFY(f.check(true).allRepaired());
    QVERIFY(f.project->images().find(f.picture)->state == ImageState::kCorrupt);
    QCOMPARE(readWhole(f.project->imagesFolder() / "damaged" / file.filename()), bytes);
    const CheckReport after = f.check();
    QVERIFY2(after.ok(), after.toJson().dump().c_str());
    QCOMPARE(after.setAside, 1);
    QCOMPARE(f.project->events().recent(1).at(0).kind, "repair");
  }

  void aMissingPictureIsFound() {
    Whole f;
    std::filesystem::remove(f.project->images().path(f.picture));
    QVERIFY(f.finds("image_missing"));
    f.check(true);
    QVERIFY(f.project->images().find(f.picture)->state == ImageState::kMissing);
    QVERIFY(f.finds("image_missing"));  // a lost picture stays a finding
  }

  void aWronglyMarkedPictureIsRehabilitated() {
    Whole f;
    f.project->images().setState(f.picture, ImageState::kCorrupt);
    QVERIFY(f.finds("image_state"));
    f.check(true);
    QVERIFY(f.check().ok());
  }

  void strayFilesAreFound() {
    Whole f;
    const std::string png = makePng(4242), hash = sha256Hex(png);
    const auto stray = f.project->images().path(hash);
    std::filesystem::create_directories(stray.parent_path());
    writeSynced(stray, png);
    QVERIFY(!f.finds("image_orphan"));  // just written: its row may be on its way
    makeOld(stray);
    const auto partial = f.project->imagesFolder() / (std::string("x.png") + kTemporaryMark + "999999999-0");
    writeSynced(partial, "half");
    const CheckReport report = f.check(true);
    QCOMPARE(report.findings.size(), 2u);
    QVERIFY(report.ok());  // what a killed process leaves behind is no damage
    QVERIFY(!std::filesystem::exists(partial));
    QVERIFY(!std::filesystem::exists(stray));
    QVERIFY(f.check().findings.empty());
  }

  void checkpointsAreFollowedToTheirFiles() {
    Whole f;
    RunRow run;
    run.kind = "align";
    CheckpointRow checkpoint;
    checkpoint.run = f.project->runs().create(run);
    checkpoint.path = "runs/1/a.safetensors";
    checkpoint.hash = sha256Hex("weights");
    f.project->runs().addCheckpoint(checkpoint);
    QVERIFY(f.finds("checkpoint"));
    std::filesystem::create_directories(f.path() / "runs/1");
    writeSynced(f.path() / checkpoint.path, "weights");
    QVERIFY(f.check().ok());
    writeSynced(f.path() / checkpoint.path, "Weights");
    QVERIFY(f.finds("checkpoint"));
  }

  void queryStatesAreRepaired() {
    Whole f;
    f.damage("UPDATE query SET state = 'open'");
    QVERIFY(f.check(true).allRepaired());
    QVERIFY(f.check().ok());
    QCOMPARE(f.project->queries().find(f.pair)->state, "done");
  }

  void stopsWhenAsked() {
    Whole f;
    SilentSink sink;
    std::stop_source source;
    source.request_stop();
    QCOMPARE(errorOf([&] { checkProject(*f.project, false, sink, source.get_token()); }),
             ErrorKind::kCancelled);
  }

  void backupsAreWholeProjects() {
    Whole f;
    const std::filesystem::path root(f.folder.path().toStdString());
    backupDatabase(f.project->databaseFile(), root / "copy.db");
    QCOMPARE(SqliteFile(root / "copy.db").value("SELECT COUNT(*) FROM answer"), "4");
    QVERIFY(errorOf([&] { backupDatabase(f.project->databaseFile(), root / "copy.db"); }));
    SilentSink sink;
    backupProject(*f.project, root / "backup", sink, {});
    const auto copy = Project::open(root / "backup");
    QVERIFY(checkProject(*copy, false, sink, {}).ok());
    QCOMPARE(copy->answers().counts().total, 2);
    std::stop_source source;
    source.request_stop();
    QVERIFY(errorOf([&] { backupProject(*f.project, root / "never", sink, source.get_token()); }));
    for (const auto& entry : std::filesystem::directory_iterator(root)) {
      QVERIFY2(entry.path().filename().string().find("never") == std::string::npos, entry.path().c_str());
    }
  }
};

QTEST_GUILESS_MAIN(CheckTest)
#include "check_test.moc"
