// The align page on a real project: what is missing and where to get it, starting, curves while a run goes
// on, pictures before and after with masks, pause, stop and save, resume, earlier runs.
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTest>

#include "core/types/coco_rle.h"
#include "db/database.h"
#include "tests/ui/demo_project.h"
#include "tests/ui/scripted_host.h"
#include "ui/data_hub.h"
#include "ui/jobs/host_bridge.h"
#include "ui/jobs/host_client.h"
#include "ui/main_window.h"
#include "ui/theme.h"
#include "ui/widgets/align_setup.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/metric_chart.h"
#include "ui/widgets/run_view.h"
#include "ui/widgets/sample_grid.h"
#include "ui/widgets/schema_form.h"

using namespace plumbline;

namespace {

nlohmann::json catalogue() {
  ParameterSchema schema;
  schema.add({"steps", ParameterType::kInteger, 48, 1, 1e6, {}, "steps", "Optimizer steps in each round"});
  schema.add({"beta", ParameterType::kReal, 0.1, 0, 1e6, {}, "", "Weight of the penalty outside the masks"});
  schema.add(
      {"mask_source", ParameterType::kChoice, "both", 0, 0, {"people", "head", "both"}, "", "Whose masks"});
  schema.add({"rank", ParameterType::kInteger, 16, 1, 256, {}, "", "LoRA rank", true});
  Descriptor method{"focus_n_fix",
                    "Focus-N-Fix (repair regions)",
                    "Fine-tunes the generator only where pictures are wrong.",
                    "2501.06481",
                    1,
                    schema,
                    {{"needs", {"prompts", "reward", "regions"}}}};
  return {{"alignment_method", nlohmann::json::array({method.toJson()})},
          {"job_kind", nlohmann::json::array()}};
}

struct Room {
  std::unique_ptr<test::DemoProject> demo = test::makeDemoProject({"pair", "mask"}, 64);
  std::unique_ptr<test::ScriptedHost> script;
  std::unique_ptr<Studio> studio;
  std::unique_ptr<HostClient> host;
  std::unique_ptr<HostBridge> bridge;
  std::unique_ptr<MainWindow> window;
  page::Page* page = nullptr;

  explicit Room(std::function<void(Project&)> before = {}, const QByteArray& events = {}, bool catalog = true)
      : script(std::make_unique<test::ScriptedHost>(events, catalog ? catalogue() : nlohmann::json())) {
    if (before) before(*Project::open(demo->path().toStdString()));
    studio = test::openStudio(*demo);
    host = std::make_unique<HostClient>(
        HostClient::Launch{.program = script->program(), .project = demo->path(), .patienceMs = 3000});
    studio->setHost(host.get());
    bridge = std::make_unique<HostBridge>(studio->context());
    window = std::make_unique<MainWindow>(studio->context(), studio->pages());
    window->resize(1280, 720);
    window->show();
    window->showPage("align");
    page = window->pageWidget("align");
  }
  ~Room() {
    // For the eye: PLUMBLINE_SHOTS=folder keeps what each test has last shown.
    const QString folder = qEnvironmentVariable("PLUMBLINE_SHOTS");
    if (!folder.isEmpty())
      window->grab().save(QDir(folder).filePath(QString(QTest::currentTestFunction()) + ".png"));
    host->shutdown();
  }

  Project& project() { return *studio->context().project; }
  template <class Widget>
  Widget* find(const char* name = "") {
    return page->findChild<Widget*>(QString::fromLatin1(name));
  }
  QPushButton* button(const char* name) { return find<QPushButton>(name); }
  QString texts(const char* name) {
    QStringList all;
    for (const QLabel* label : page->findChildren<QLabel*>(QString::fromLatin1(name))) all << label->text();
    return all.join("\n");
  }
};

void addReward(Project& p) {
  p.rewardModels().add({.version = "rm1",
                        .path = "runs/1/reward",
                        .head = "ensemble",
                        .metrics = {{"heldout", {{"accuracy", 0.87}}}, {"region", {{"pictures", 34}}}}});
}

// A running fine-tune with curves, as the worker would leave it.
std::int64_t addRun(Project& p, std::int64_t* job = nullptr) {
  JobRow row;
  row.kind = "align";
  row.title = "Focus-N-Fix (repair regions)";
  row.spec = {{"method", "focus_n_fix"}};
  const std::int64_t id = p.jobs().enqueue(row);
  p.jobs().claimJob(id);
  RunRow run;
  run.kind = "align";
  run.method = "focus_n_fix";
  run.job = id;
  const std::int64_t runId = p.runs().create(run);
  p.jobs().setRun(id, runId);
  p.jobs().heartbeat(id, {"training", 20, 48});
  for (int step = 0; step <= 20; ++step) {
    p.runs().addMetrics(runId,
                        {{"loss", step, 2.0 / (1 + step), 0}, {"outside_change", step, 0.05 * step, 0}});
    if (step % 4 == 0) {
      p.runs().addMetrics(runId, {{"strip_reward", step, 0.1 * step, 0},
                                  {"strip_reward_held_out", step, 0.08 * step, 0},
                                  {"distance_to_reference", step, 0.3 * step, 0}});
    }
  }
  if (job) *job = id;
  return runId;
}

void savePicture(const QString& path, const QImage& image) {
  QDir().mkpath(QFileInfo(path).path());
  if (!image.save(path)) qFatal("cannot write %s", qPrintable(path));
}

QImage repaired(int number) {
  QImage image = test::drawScene(number, 64);
  for (int y = 24; y < 40; ++y) {
    for (int x = 40; x < 58; ++x) image.setPixelColor(x, y, Qt::white);
  }
  return image;
}

void addStrips(Project& p, std::int64_t run, const QList<int>& steps) {
  const QString folder = QString::fromStdString((p.runFolder(run) / "strips").string());
  for (int i = 0; i < 4; ++i) {
    const QString name = QStringLiteral("/%1.png").arg(i);
    savePicture(folder + "/reference" + name, test::drawScene(2 * i + 1, 64));
    for (const int step : steps)
      savePicture(folder + QStringLiteral("/step-%1").arg(step) + name,
                  step >= 16 ? repaired(2 * i + 1) : test::drawScene(2 * i + 1, 64));
  }
}

void addEvaluation(Project& p, std::int64_t run) {
  const QString folder = QString::fromStdString((p.folder() / "eval").string());
  Mask mask(64, 64);
  for (int y = 20; y < 44; ++y) {
    for (int x = 36; x < 62; ++x) mask.at(x, y) = 1;
  }
  QByteArray lines;
  for (int i = 0; i < 6; ++i) {
    const QString file = QStringLiteral("%1.png").arg(i, 4, 10, QChar('0'));
    savePicture(folder + "/base/" + file, test::drawScene(2 * i + 1, 64));
    savePicture(folder + "/tuned/" + file, repaired(2 * i + 1));
    const nlohmann::json line{
        {"file", file.toStdString()}, {"prompt", "a prompt"}, {"mask", cocoEncode(mask)}};
    lines += QByteArray::fromStdString(line.dump()) + "\n";
  }
  QFile file(folder + "/prompts.jsonl");
  if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write the prompts");
  file.write(lines);
  JobRow job;
  job.kind = "evaluate";
  const std::int64_t id = p.jobs().enqueue(job);
  p.jobs().claimJob(id);
  p.jobs().succeed(id, {{"run", run}, {"folder", "eval"}});
}

bool hasPoints(MetricChart* chart) {
  for (int x = 0; x < chart->width(); x += 10) {
    for (int y = 0; y < chart->height(); y += 10) {
      if (!chart->textAt(QPoint(x, y)).isEmpty()) return true;
    }
  }
  return false;
}

}  // namespace

class AlignTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);  // the catalogue is cached
    applyTheme(*qApp, Appearance::kLight);
  }

  void whatIsMissingIsSaidWithTheWayThere() {
    Room room;
    QTRY_COMPARE(room.page->findChildren<QLabel*>("needUnmet").size(), 2);
    QVERIFY(room.texts("needUnmet").contains("No reward model yet"));
    QVERIFY(room.texts("needUnmet").contains("No masks yet"));
    QVERIFY(room.texts("needMet").contains("Prompts to learn from: 2"));
    QVERIFY(!room.button("start")->isEnabled());
    QVERIFY(room.find<EmptyState>()->isVisible());
    QTest::mouseClick(room.button("lead_reward"), Qt::LeftButton);
    QCOMPARE(room.window->currentPage(), QString("reward"));
    room.window->showPage("align");
    QTest::mouseClick(room.button("lead_annotate"), Qt::LeftButton);
    QCOMPARE(room.window->currentPage(), QString("annotate"));
    room.window->showPage("align");
    room.project().settings().set("model", {{"path", "models/gone"}});
    Q_EMIT room.studio->context().hub->jobsChanged();
    QTRY_VERIFY(room.texts("needUnmet").contains("models/gone"));
  }

  void aMissingProgramIsSaid() {
    Room room({}, {}, false);
    QTRY_VERIFY(room.find<QLabel>("alignNote")->text().contains("plumbline program"));
    QVERIFY(!room.button("start")->isEnabled());
  }

  void startWritesAJobThatTheHostIsAskedToRun() {
    Room room(addReward);
    room.host->start();
    QTRY_VERIFY(room.button("start")->isEnabled());
    QVERIFY(room.find<QComboBox>("rewardModel")->itemText(0).contains("87"));
    room.find<QComboBox>("rewardModel")->setCurrentIndex(1);
    auto* form = room.page->findChild<SchemaForm*>();
    form->setValues({{"steps", 12}, {"mask_source", "people"}});
    QTest::mouseClick(room.button("start"), Qt::LeftButton);
    QTRY_COMPARE(room.project().jobs().list().size(), std::size_t(1));
    const JobRow job = room.project().jobs().list().front();
    QCOMPARE(job.kind, std::string("align"));
    QVERIFY(job.spec.at("method") == "focus_n_fix");
    QVERIFY(job.spec.at("reward_model") == 1);
    QVERIFY(job.spec.at("settings").at("steps") == 12);
    QVERIFY(job.spec.at("settings").at("mask_source") == "people");
    QVERIFY(job.spec.at("settings").at("rank") == 16);
    QTRY_VERIFY(room.script->seen().contains("\"run\""));
    auto* list = room.find<QListWidget>("runs");
    QTRY_COMPARE(list->count(), 1);
    QVERIFY(list->item(0)->text().contains("In the queue"));
    QTRY_VERIFY(room.find<QLabel>("runState")->isVisible());
  }

  void aSettingOutsideItsRangeCannotStart() {
    Room room(addReward);
    QTRY_VERIFY(room.button("start")->isEnabled());
    room.page->findChild<SchemaForm*>()->setValues({{"steps", "many"}});
    QTRY_VERIFY(!room.button("start")->isEnabled());
    QVERIFY(room.find<QLabel>("alignNote")->text().contains("outside its range"));
  }

  void curvesGrowWithTheHostsEvents() {
    Room room(
        [](Project& p) {
          addReward(p);
          addRun(p);
        },
        "{\"event\":\"accepted\",\"job\":1}\n"
        "{\"event\":\"progress\",\"job\":1,\"phase\":\"training\",\"done\":21,\"total\":48,\"seconds_left\":"
        "90}\n"
        "{\"event\":\"metric\",\"job\":1,\"name\":\"new_number\",\"step\":21,\"value\":0.5}\n");
    QTRY_VERIFY(hasPoints(room.find<MetricChart>("rewardChart")));
    auto* metric = room.find<QComboBox>("metric");
    QCOMPARE(metric->currentData().toString(), QString("distance_to_reference"));
    metric->setCurrentIndex(metric->findData("loss"));
    QVERIFY(hasPoints(room.find<MetricChart>("otherChart")));
    room.host->start();
    QTRY_VERIFY(room.find<QLabel>("runState")->text().contains("21 of 48"));
    // What the worker writes is read again.
    room.project().runs().addMetrics(1, {{"new_number", 21, 0.5, 0}});
    Q_EMIT room.studio->context().hub->runsChanged();
    QTRY_VERIFY(metric->findData("new_number") >= 0);
    QCOMPARE(metric->currentData().toString(), QString("loss"));  // the choice stays
  }

  void picturesBeforeAndAfter() {
    std::int64_t run = 0;
    Room room([&](Project& p) {
      addReward(p);
      run = addRun(p);
      addStrips(p, run, {8, 16});
    });
    auto* grid = room.page->findChild<SampleGrid*>();
    QTRY_COMPARE(grid->count(), 4);
    QVERIFY(grid->change() > 0.5);  // the newest step is shown
    auto* step = room.find<QSlider>("step");
    QCOMPARE(step->maximum(), 1);
    step->setFocus();
    QTest::keyClick(step, Qt::Key_Left);
    QTRY_VERIFY(grid->change() < 0.01);  // nothing had changed by step 8
    QVERIFY(!grid->hasMasks());
    QVERIFY(!room.find<QCheckBox>("masks")->isEnabled());
    addStrips(room.project(), run, {20});
    Q_EMIT room.studio->context().hub->runsChanged();
    QTRY_COMPARE(step->maximum(), 2);
    QCOMPARE(step->value(), 0);  // where the person left it
  }

  void masksAreOutlinedOnWhatWasEvaluated() {
    Room room([](Project& p) {
      addReward(p);
      std::int64_t job = 0;
      const std::int64_t run = addRun(p, &job);
      addStrips(p, run, {16});
      p.jobs().succeed(job, {{"run", run}, {"steps", 48}, {"reason", ""}});
      p.runs().setState(run, JobState::kSucceeded);
      addEvaluation(p, run);
    });
    auto* grid = room.page->findChild<SampleGrid*>();
    auto* source = room.find<QComboBox>("samples");
    QTRY_COMPARE(source->count(), 2);
    source->setCurrentIndex(1);
    QTRY_COMPARE(grid->count(), 6);
    QVERIFY(grid->hasMasks());
    QVERIFY(grid->change() < 0.01);  // outside the masks nothing moved
    const QImage with = grid->grab().toImage();
    QTest::mouseClick(room.find<QCheckBox>("masks"), Qt::LeftButton, {}, QPoint(8, 8));
    QVERIFY(grid->grab().toImage() != with);
    QTest::mouseClick(room.find<QCheckBox>("masks"), Qt::LeftButton, {}, QPoint(8, 8));
    QCOMPARE(maskOutline(Mask(4, 4)).size(), 0);
    Mask one(4, 4);
    one.at(1, 1) = 1;
    QCOMPARE(maskOutline(one).size(), 4);
  }

  void pauseStopAndSaveResume() {
    std::int64_t job = 0;
    Room room(
        [&](Project& p) {
          addReward(p);
          addRun(p, &job);
        },
        "{\"event\":\"accepted\",\"job\":1}\n");
    QCOMPARE(job, 1);
    QTRY_VERIFY(room.button("pauseRun")->isVisible());
    QVERIFY(!room.button("finishRun")->isEnabled());
    QVERIFY(!room.button("resumeRun")->isVisible());
    room.host->start();
    QTRY_VERIFY(room.button("finishRun")->isEnabled());
    QTest::mouseClick(room.button("finishRun"), Qt::LeftButton);
    QTRY_VERIFY(room.script->seen().contains("\"finish\""));
    QTest::mouseClick(room.button("pauseRun"), Qt::LeftButton);
    QTRY_VERIFY(room.project().jobs().find(job)->pauseRequested);
    QTRY_VERIFY(room.script->seen().contains("\"pause\""));
    room.project().jobs().paused(job);  // as its worker would
    Q_EMIT room.studio->context().hub->jobsChanged();
    QTRY_VERIFY(room.button("resumeRun")->isVisible());
    QTest::mouseClick(room.button("resumeRun"), Qt::LeftButton);
    QTRY_COMPARE(room.project().jobs().find(job)->state, JobState::kQueued);
  }

  void anInterruptedRunIsShownAndResumes() {
    std::int64_t job = 0;
    Room room([&](Project& p) {
      addReward(p);
      addRun(p, &job);
      Statement(p.database(), "UPDATE job SET pid = 999999999 WHERE id = ?").bind(job).run();
    });
    QTRY_VERIFY(room.button("resumeRun")->isVisible());
    QVERIFY(room.find<QListWidget>("runs")->item(0)->text().contains("Interrupted"));
    QTest::mouseClick(room.button("resumeRun"), Qt::LeftButton);
    QTRY_COMPARE(room.project().jobs().find(job)->state, JobState::kQueued);
  }

  void earlierRunsAreListedAndExported() {
    std::int64_t first = 0;
    Room room([&](Project& p) {
      addReward(p);
      std::int64_t job = 0;
      first = addRun(p, &job);
      p.jobs().succeed(job, {{"run", first}, {"steps", 48}, {"reason", ""}});
      p.runs().setState(first, JobState::kSucceeded);
      p.runs().addCheckpoint({.run = first, .step = 48, .kind = "adapter", .path = "runs/1/adapter"});
      addRun(p, &job);
      p.jobs().fail(job, "no training picture has a region to fix");
    });
    auto* list = room.find<QListWidget>("runs");
    QTRY_COMPARE(list->count(), 2);
    QVERIFY(room.find<QLabel>("runState")->text().contains("no training picture has a region"));
    QVERIFY(!room.button("exportRun")->isVisible());
    QTest::keyClick(list, Qt::Key_Down);
    QVERIFY(list->item(1)->text().contains("Done"));
    QVERIFY(room.find<QLabel>("runState")->text().contains("48 steps"));
    QTest::mouseClick(room.button("exportRun"), Qt::LeftButton);
    QCOMPARE(room.window->currentPage(), QString("export"));
    auto* form = room.window->pageWidget("export")->findChild<SchemaForm*>();
    QVERIFY(form->values().at("run") == first);
  }
};

QTEST_MAIN(AlignTest)
#include "align_test.moc"
