// The whole circle from outside, on a tiny model: draw, answer, train a reward, ask what it is least sure of,
// fine-tune, evaluate, export, and take the exports in again.
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QtTest>

#include "core/types/coco_rle.h"
#include "db/project.h"
#include "tests/system/program.h"

using namespace plumbline;

class LoopTest : public QObject {
  Q_OBJECT

 private:
  Workshop workshop_;
  QString project_;
  qint64 run_ = 0;

  Ran inProject(QStringList arguments, const QStringList& command) {
    return runProgram(command + QStringList{project_} + arguments + QStringList{"--json"}, 120000);
  }
  static QByteArray readFile(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  }
  QByteArray drawnWith(const QString& adapter, const QString& out) const {
    const Ran ran = runProgram({"sample", "--model", workshop_.model(), "--prompt", "a red star", "--steps",
                                "3", "--lora", adapter, "--out", workshop_.path(out)});
    return ran.code == 0 ? readFile(workshop_.path(out) + "/0000.png") : QByteArray();
  }

 private Q_SLOTS:
  void initTestCase() { project_ = workshop_.project("loop"); }

  void drawsAndAnswers() {
    const Ran drawn = inProject({"--queries", "30", "--mix", "pair=0.5,binary=0.3,mask=0.2", "--set",
                                 "steps=2", "--set", "acquisition=random"},
                                {"generate"});
    QVERIFY2(drawn.code == 0, drawn.why());
    // Who answers thoughtlessly paints somewhere, whatever the picture shows: noise, with this model.
    const Ran painted =
        inProject({"--types", "mask", "--annotator", "name=painter,kind=careless,seed=4", "--answers", "100"},
                  {"simulate"});
    QVERIFY2(painted.code == 0, painted.why());
    const Ran answered = inProject({"--answers", "100"}, {"simulate"});
    QVERIFY2(answered.code == 0, answered.why());
    QCOMPARE(Project::open(project_.toStdString())->queries().counts().open, 0);
  }

  void trainsAReward() {
    const Ran trained =
        inProject({"--members", "2", "--epochs", "20", "--region-epochs", "10"}, {"reward", "train"});
    QVERIFY2(trained.code == 0, trained.why());
    QVERIFY(Project::open(project_.toStdString())->rewardModels().latest().has_value());
  }

  void asksWhatItIsLeastSureOf() {
    const Ran chosen = inProject({"--count", "4", "--acquisition", "bald"}, {"select"});
    QVERIFY2(chosen.code == 0, chosen.why());
    const auto project = Project::open(project_.toStdString());
    const auto open = project->queries().list("open");
    QVERIFY(!open.empty());
    int scored = 0;
    for (const QueryRow& query : open) {
      if (query.acquisition != "bald") continue;
      ++scored;
      QVERIFY(query.score.has_value());
      QCOMPARE(query.modelVersion, project->rewardModels().latest()->version);
    }
    QVERIFY(scored > 0);
  }

  void fineTunesAndShowsWhereThingsMayChange() {
    QStringList settings;
    for (const char* setting : {"mask_source=people", "mask_smallest=0", "mask_dilation=2", "pictures=4",
                                "draw_steps=2", "gradient_steps=1", "steps=3", "batch=2", "strip_every=3",
                                "strip_pictures=3", "rank=2", "trust_change=255"}) {
      settings << "--set" << setting;
    }
    const Ran tuned = inProject(settings, {"align"});
    QVERIFY2(tuned.code == 0, tuned.why());
    QCOMPARE(tuned.json()["steps"].toInt(), 3);
    run_ = tuned.json()["run"].toInteger();
    const auto project = Project::open(project_.toStdString());
    const QDir strips(QString::fromStdString((project->runFolder(run_) / "strips").string()));
    for (const char* file : {"reference/0.png", "reference/2.png", "step-3/0.png", "step-3/2.png"})
      QVERIFY2(strips.exists(file), file);
    const auto rows = nlohmann::json::parse(readFile(strips.filePath("strip.json")).toStdString());
    QCOMPARE(rows.size(), std::size_t(3));
    const Mask mask = cocoDecode(rows[0].at("mask"));
    QCOMPARE(mask.width, 32);
    const auto inside = std::count(mask.data.begin(), mask.data.end(), 1);
    QVERIFY(inside > 0 && inside < 32 * 32);
    QVERIFY(!rows[0].at("prompt").get<std::string>().empty());
  }

  // What a method does with its settings may differ between its versions: half of each would be neither.
  void aRunOfAnotherVersionOfItsMethodDoesNotGoOn() {
    const auto project = Project::open(project_.toStdString());
    RunRow run = *project->runs().find(run_);
    JobRow job = *project->jobs().find(*run.job);
    run.job = project->jobs().enqueue(job);
    run.methodVersion += 1;
    const std::int64_t other = project->runs().create(run);
    project->jobs().setRun(*run.job, other);
    const Ran resumed = inProject({"--resume", QString::number(other)}, {"align"});
    QVERIFY(resumed.code != 0);
    QVERIFY2(resumed.err.contains("another version of its method"), resumed.err);
    QVERIFY(project->runs().checkpoints(other).empty());
  }

  // The painter never called anything ugly: masks of other categories must not open a picture to change.
  void changesNothingThatTheRunIsNotAbout() {
    const Ran tuned = inProject({"--set", "mask_source=people", "--set", "categories=ugly", "--set",
                                 "mask_smallest=0", "--set", "draw_steps=2", "--set", "trust_change=255"},
                                {"align"});
    QVERIFY(tuned.code != 0);
    QVERIFY2(tuned.err.contains("no training picture has a region to fix"), tuned.err);
  }

  void evaluatesOnHeldOutPrompts() {
    const Ran judged =
        inProject({"--run", QString::number(run_), "--prompts", "4", "--steps", "2"}, {"evaluate"});
    QVERIFY2(judged.code == 0, judged.why());
    const QDir folder(project_ + "/eval");
    for (const char* file : {"base/0000.png", "tuned/0003.png", "prompts.jsonl"})
      QVERIFY2(folder.exists(file), file);
  }

  void theExportedAdapterDrawsTheSamePicture() {
    const QString out = workshop_.path("adapter");
    const Ran exported = inProject(
        {"--format", "peft_lora", "--set", "run=" + QString::number(run_), "--out", out}, {"export"});
    QVERIFY2(exported.code == 0, exported.why());
    const auto project = Project::open(project_.toStdString());
    const QString own = QString::fromStdString((project->runFolder(run_) / "adapter").string());
    const QByteArray expected = drawnWith(own, "own");
    QVERIFY(!expected.isEmpty());
    QCOMPARE(drawnWith(out, "exported"), expected);
    const Ran base = runProgram({"sample", "--model", workshop_.model(), "--prompt", "a red star", "--steps",
                                 "3", "--out", workshop_.path("base")});
    QVERIFY2(base.code == 0, base.why());
    QVERIFY(readFile(workshop_.path("base") + "/0000.png") != expected);
  }

  void theExportedPairsCanBeTakenIn() {
    const QString out = workshop_.path("pairs");
    const Ran exported = inProject({"--out", out}, {"export"});
    QVERIFY2(exported.code == 0, exported.why());
    const QString other = workshop_.project("other");
    const Ran imported = runProgram({"import", other, out, "--format", "pickapic_jsonl", "--json"});
    QVERIFY2(imported.code == 0, imported.why());
    const QJsonObject counts = imported.json()["counts"].toObject();
    QVERIFY(counts["answers"].toInt() > 0);
    QCOMPARE(counts["skipped"].toInt(), 0);
    for (const QString& folder : {project_, other}) {
      const Ran checked = runProgram({"check", folder});
      QVERIFY2(checked.code == 0, checked.out + checked.err);
    }
  }
};

QTEST_GUILESS_MAIN(LoopTest)
#include "loop_test.moc"
