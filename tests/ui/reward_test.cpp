// The Reward page on a real project: what it says without answers, what it hands to the device host, what it
// shows of a training under way and of trained models. The host is played by a script. With
// PLUMBLINE_SCREENSHOTS=FOLDER the page is also written there as pictures.
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStandardPaths>
#include <QTableWidget>
#include <QTest>
#include <QTranslator>
#include <cmath>

#include "tests/ui/demo_project.h"
#include "ui/data_hub.h"
#include "ui/jobs/host_bridge.h"
#include "ui/jobs/host_client.h"
#include "ui/main_window.h"
#include "ui/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/figure_card.h"

using namespace plumbline;

namespace {

constexpr const char* kCatalog =
    R"({"build":"b","job_kind":[{"id":"reward_train","title":"Train a reward","parameters":[
{"name":"members","type":"integer","default":5,"minimum":1,"maximum":32,"unit":"","help":"Members of the ensemble; their spread says what is not known yet","expert":false},
{"name":"answer_noise","type":"real","default":0.05,"minimum":0,"maximum":0.9,"unit":"","help":"Share of answers taken to be thoughtless","expert":false},
{"name":"overpaint","type":"real","default":1.0,"minimum":0,"maximum":32,"unit":"px","help":"How far people paint beyond a fault's edge","expert":false},
{"name":"seed","type":"integer","default":0,"minimum":0,"maximum":1e15,"unit":"","help":"Same seed and answers, same model","expert":false},
{"name":"epochs","type":"integer","default":200,"minimum":1,"maximum":5000,"unit":"","help":"Passes over all answers at most; held-out answers stop earlier","expert":true}]}]})";

nlohmann::json report(double accuracy, int comparisons) {
  nlohmann::json curve = nlohmann::json::array(), bins = nlohmann::json::array();
  for (int epoch = 0; epoch <= 60; epoch += 2) {
    curve.push_back({{"epoch", epoch},
                     {"train_loss", 0.35 + 0.34 * std::exp(-epoch / 15.0)},
                     {"heldout_accuracy", accuracy - 0.3 * std::exp(-epoch / 10.0)}});
  }
  for (const double c : {0.55, 0.65, 0.75, 0.85, 0.94}) {
    bins.push_back({{"confidence", c}, {"accuracy", c - 0.05 + 0.08 * std::sin(c * 20)}, {"n", 40}});
  }
  return {{"counts", {{"pictures", 400}, {"comparisons", comparisons}, {"levels", 120}, {"painted", 60}}},
          {"heldout",
           {{"accuracy", accuracy},
            {"n", comparisons},
            {"ties", 31},
            {"levels", 120},
            {"level_accuracy", 0.81},
            {"agreement_ceiling", nullptr}}},
          {"ece", 0.041},
          {"reliability", bins},
          {"curve", curve},
          {"region",
           {{"pictures", 60},
            {"painted", {{"artifact", 9}, {"unsafe", 41}}},
            {"heldout_iou", {{"artifact", 0.12}, {"unsafe", 0.56}}}}},
          {"order",
           {{"accuracy", 0.874},
            {"pairs", 4000},
            {"accuracy_correctness_only", 0.68},
            {"accuracy_permuted_prompts", 0.79},
            {"region_iou", 0.55}}},
          {"seconds", 41.2}};
}

struct Desk {
  std::unique_ptr<test::DemoProject> demo;
  std::unique_ptr<Studio> studio;
  std::unique_ptr<HostClient> host;
  std::unique_ptr<HostBridge> bridge;
  std::unique_ptr<MainWindow> window;
  page::Page* page = nullptr;

  explicit Desk(int pairs = 0, int binaries = 0) {
    QStringList types;
    for (int i = 0; i < pairs; ++i) types << "pair";
    for (int i = 0; i < binaries; ++i) types << "binary";
    demo = test::makeDemoProject(types, 32);
    studio = test::openStudio(*demo);
    for (int i = 0; i < types.size(); ++i) {
      AnswerDraft draft;
      draft.query = demo->queries[std::size_t(i)];
      draft.annotator = studio->context().annotatorId;
      draft.value = {{"choice", types[i] == "pair" ? "a" : "good"}};
      project().answers().record(draft);
    }
  }

  Project& project() { return *studio->context().project; }

  void addModel(double accuracy, int comparisons) {
    RewardModelRow row;
    row.path = "runs/1/reward";
    row.head = "ensemble";
    row.metrics = report(accuracy, comparisons);
    row.upToAnswer = comparisons;
    project().rewardModels().add(row);
  }

  // Prints the catalogue when asked, otherwise greets and runs `body` for what it is sent.
  void startHost(const QByteArray& body) {
    QFile catalog(demo->folder.filePath("catalog.json"));
    if (!catalog.open(QIODevice::WriteOnly)) qFatal("cannot write the catalogue");
    catalog.write(kCatalog);
    QFile file(demo->folder.filePath("host.sh"));
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write the script");
    file.write(
        "#!/bin/sh\nHERE=$(dirname \"$0\")\n"
        "if [ \"$1\" = describe ]; then cat $HERE/catalog.json; exit 0; fi\n"
        "echo '{\"event\":\"hello\",\"protocol\":1,\"device\":\"cpu\",\"model\":\"scenes\"}'\n" +
        body + "\ncat > /dev/null\n");
    file.close();
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    host = std::make_unique<HostClient>(
        HostClient::Launch{.program = file.fileName(), .project = demo->path(), .patienceMs = 3000});
    studio->setHost(host.get());
    bridge = std::make_unique<HostBridge>(studio->context());
    host->start();
  }

  void open(QSize size = QSize(1280, 720)) {
    window = std::make_unique<MainWindow>(studio->context(), studio->pages());
    window->resize(size);
    window->show();
    window->showPage("reward");
    page = window->pageWidget("reward");
  }

  template <class Widget>
  Widget* find(const char* name) {
    return page->findChild<Widget*>(name);
  }
  bool sees(const char* name) {
    const auto* widget = page->findChild<QWidget*>(name);
    return widget && widget->isVisible();
  }
};

void shoot(Desk& desk, const QString& name) {
  const QString folder = qEnvironmentVariable("PLUMBLINE_SCREENSHOTS");
  if (folder.isEmpty()) return;
  QTest::qWait(400);
  QDir().mkpath(folder);
  QVERIFY(desk.window->grab().save(QDir(folder).filePath(name + ".png")));
}

}  // namespace

class RewardTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    applyTheme(*qApp, Appearance::kLight);
  }

  void withoutAnswersItSaysHowManyAreMissing() {
    Desk desk(3, 1);
    desk.open();
    auto* empty = desk.page->findChild<EmptyState*>("rewardEmpty");
    QTRY_VERIFY(empty->isVisible());
    QVERIFY2(empty->title().contains("16"), qPrintable(empty->title()));
    shoot(desk, "reward_empty");
    QTest::mouseClick(empty->button(), Qt::LeftButton);
    QCOMPARE(desk.window->currentPage(), QString("annotate"));
  }

  void trainingHandsTheFormToTheHost() {
    Desk desk(18, 4);
    desk.startHost("while read line; do echo \"$line\" >> $HERE/seen; done");
    desk.open();
    QTRY_VERIFY(desk.sees("trainReward"));
    QVERIFY(desk.find<QLabel>("answerCounts")->text().contains("18"));
    QTRY_VERIFY(desk.find<QLineEdit>("field_members"));
    auto* train = desk.find<QPushButton>("trainReward");
    QTRY_VERIFY(train->isEnabled());
    shoot(desk, "reward_untrained");
    auto* members = desk.find<QLineEdit>("field_members");
    members->setText("77");
    QVERIFY(!train->isEnabled());
    members->setText("7");
    QVERIFY(train->isEnabled());
    QTest::mouseClick(train, Qt::LeftButton);
    QTRY_COMPARE(desk.project().jobs().list().size(), std::size_t(1));
    const JobRow job = desk.project().jobs().list().front();
    QCOMPARE(job.kind, std::string("reward_train"));
    QCOMPARE(job.spec.at("members").get<int>(), 7);
    QCOMPARE(job.priority, JobPriority::kScoring);
    QTRY_VERIFY(desk.sees("cancelReward"));
    QVERIFY(!train->isVisible());
    const auto seen = [&desk] {
      QFile file(desk.demo->folder.filePath("seen"));
      return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QTRY_VERIFY(seen().contains("\"run\""));
    // Nobody has begun it: cancelling is at once, and training can start anew.
    QTest::mouseClick(desk.find<QPushButton>("cancelReward"), Qt::LeftButton);
    QTRY_COMPARE(desk.project().jobs().find(job.id)->state, JobState::kCancelled);
    QTRY_VERIFY(train->isVisible() && train->isEnabled());
    QVERIFY(desk.find<QLabel>("trainingOutcome")->text().contains("cancelled"));
  }

  void aRunningTrainingShowsHowFarAndItsCurve() {
    Desk desk(20, 5);
    JobRow row;
    row.kind = "reward_train";
    const std::int64_t job = desk.project().jobs().enqueue(row);
    desk.project().jobs().claimJob(job);
    RunRow run;
    run.kind = "reward";
    const std::int64_t runId = desk.project().runs().create(run);
    desk.project().jobs().setRun(job, runId);
    desk.project().runs().addMetrics(runId, {{"train_loss", 1, 0.7, 0}, {"train_loss", 2, 0.6, 0}});
    desk.startHost("sleep 0.5; echo '{\"event\":\"progress\",\"job\":" + QByteArray::number(qint64(job)) +
                   ",\"phase\":\"reward heads\",\"done\":40,\"total\":200,\"seconds_left\":75}'");
    desk.open();
    QTRY_VERIFY(desk.sees("cancelReward"));
    auto* phase = desk.find<QLabel>("trainingPhase");
    QTRY_VERIFY2(phase->text().contains("40 of 200") && phase->text().contains("1 min"),
                 qPrintable(phase->text()));
    shoot(desk, "reward_running");
    QTest::mouseClick(desk.find<QPushButton>("cancelReward"), Qt::LeftButton);
    QTRY_VERIFY(desk.project().jobs().find(job)->cancelRequested);
  }

  void anInterruptedTrainingGoesOn() {
    Desk desk(20, 5);
    JobRow row;
    row.kind = "reward_train";
    const std::int64_t job = desk.project().jobs().enqueue(row);
    desk.project().jobs().requestPause(job);
    desk.open();
    QTRY_VERIFY(desk.sees("resumeReward"));
    QTest::mouseClick(desk.find<QPushButton>("resumeReward"), Qt::LeftButton);
    QTRY_COMPARE(desk.project().jobs().find(job)->state, JobState::kQueued);
  }

  void modelsAreListedNewestInUse() {
    Desk desk(20, 5);
    desk.addModel(0.71, 90);
    desk.addModel(0.83, 240);
    desk.startHost("");
    desk.open();
    auto* models = desk.find<QTableWidget>("rewardModels");
    QTRY_COMPARE(models->rowCount(), 2);
    QCOMPARE(models->item(0, 7)->text(), QString("in use"));
    QCOMPARE(models->item(1, 7)->text(), QString());
    auto* accuracy = desk.find<FigureCard>("cardAccuracy");
    QCOMPARE(accuracy->figure(), QString("83.0 %"));
    auto* regions = desk.find<FigureCard>("cardRegions");
    QCOMPARE(regions->figure(), QLocale().toString(0.56, 'f', 2));
    QVERIFY(regions->note().startsWith("Unsafe: "));
    QVERIFY(regions->note().contains("painted in 9"));
    QVERIFY(desk.find<QLabel>("rewardOrder")->text().contains("87.4 %"));
    QTest::mouseClick(models->viewport(), Qt::LeftButton, {},
                      models->visualItemRect(models->item(1, 0)).center());
    QCOMPARE(accuracy->figure(), QString("71.0 %"));
    // A new model comes in while the page is open.
    desk.addModel(0.88, 300);
    Q_EMIT desk.studio->context().hub->rewardChanged();
    QTRY_COMPARE(models->rowCount(), 3);
    QCOMPARE(accuracy->figure(), QString("88.0 %"));
  }

  void whatIsNewIsCountedByAnswers() {
    Desk desk(22, 3);
    Project& p = desk.project();
    desk.addModel(0.83, 25);
    QCOMPARE(p.answers().latestId(), 25);
    desk.open();
    const auto note = [&desk] { return desk.find<QLabel>("sinceNewest")->text(); };
    const auto changed = [&desk] { Q_EMIT desk.studio->context().hub->answersChanged(); };
    QTRY_VERIFY2(note().contains("knows them all"), qPrintable(note()));
    // Taken back: a row more, but nothing new to learn.
    const auto taken = p.answers().undo(desk.studio->context().annotatorId);
    QVERIFY(taken && p.answers().latestId() == 26);
    changed();
    QTRY_VERIFY(desk.find<QLabel>("answerCounts")->text().contains("<b>&nbsp;&nbsp;2</b>"));
    QVERIFY2(note().contains("knows them all"), qPrintable(note()));
    // Corrected twice: two rows more, one of them counts. A skip teaches nothing.
    AnswerDraft draft;
    draft.query = desk.demo->queries[0];
    draft.annotator = desk.studio->context().annotatorId;
    draft.value = {{"choice", "b"}};
    draft.supersedes = p.answers().current(draft.query, draft.annotator)->id;
    draft.supersedes = p.answers().record(draft).id;
    draft.value = {{"choice", "a"}};
    p.answers().record(draft);
    draft.query = taken->query;
    draft.value = {{"choice", "skip"}};
    draft.supersedes = {};
    p.answers().record(draft);
    changed();
    QTRY_VERIFY2(note().contains("in use: 1."), qPrintable(note()));
  }

  void itFitsInGerman() {
    QTranslator german;
    QVERIFY(german.load(":/translations/plumbline_de.qm"));
    QCoreApplication::installTranslator(&german);
    {
      Desk desk(20, 5);
      desk.addModel(0.83, 240);
      desk.startHost("");
      desk.open();
      QTRY_VERIFY(desk.find<QLineEdit>("field_members"));
      QTRY_COMPARE(desk.find<QTableWidget>("rewardModels")->rowCount(), 1);
      QCOMPARE(desk.find<QTableWidget>("rewardModels")->item(0, 7)->text(), QString("in Gebrauch"));
      QTest::qWait(100);
      QCOMPARE(desk.window->size(), QSize(1280, 720));
      shoot(desk, "reward_german");
    }
    QCoreApplication::removeTranslator(&german);
  }

  void looks() {
    if (qEnvironmentVariableIsEmpty("PLUMBLINE_SCREENSHOTS")) QSKIP("only for the eye");
    for (const bool dark : {false, true}) {
      applyTheme(*qApp, dark ? Appearance::kDark : Appearance::kLight);
      for (const QSize size : {QSize(1280, 720), QSize(2560, 1440)}) {
        Desk desk(20, 5);
        desk.addModel(0.71, 90);
        desk.addModel(0.83, 240);
        desk.startHost("");
        desk.open(size);
        QTRY_VERIFY(desk.find<QLineEdit>("field_members"));
        shoot(desk, QStringLiteral("reward_%1_%2").arg(size.width()).arg(dark ? "dark" : "light"));
      }
    }
    applyTheme(*qApp, Appearance::kLight);
  }
};

QTEST_MAIN(RewardTest)
#include "reward_test.moc"
