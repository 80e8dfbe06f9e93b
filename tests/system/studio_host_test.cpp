// The real window with the real device host, on a tiny model: pictures come, questions are answered with
// keys, ticks mean rows on disk, a reward is trained from its page.
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTableWidget>
#include <QtTest>

#include "db/check.h"
#include "db/project.h"
#include "tests/system/one_core.h"
#include "tests/system/program.h"
#include "tests/system/scripted_hand.h"
#include "ui/data_hub.h"
#include "ui/jobs/host_bridge.h"
#include "ui/jobs/host_client.h"
#include "ui/studio.h"
#include "ui/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/figure_card.h"
#include "ui/widgets/saved_tick.h"

using namespace plumbline;

namespace {

constexpr int kPatienceMs = 60000;

// The studio as main() puts it together.
struct Desk {
  QTemporaryDir own;
  Studio studio;
  HostClient host;
  std::unique_ptr<HostBridge> bridge;
  std::unique_ptr<MainWindow> window;

  explicit Desk(const QString& folder)
      : studio(folder, settings()), host({.program = programPath(), .project = folder, .queueTarget = 0}) {
    studio.setHost(&host);
    bridge = std::make_unique<HostBridge>(studio.context());
    host.start();
    window = std::make_unique<MainWindow>(studio.context(), studio.pages());
    window->resize(1280, 720);
    window->show();
  }
  ~Desk() { window.reset(); }

  std::unique_ptr<QSettings> settings() {
    auto made = std::make_unique<QSettings>(own.filePath("settings.ini"), QSettings::IniFormat);
    made->setValue("annotator", "anna");
    return made;
  }
};

}  // namespace

class StudioHostTest : public QObject {
  Q_OBJECT

 private:
  Workshop workshop_;
  QString folder_;

  static std::size_t answersOnDisk(const QString& folder) {
    return Project::open(folder.toStdString())->answers().listCurrent().size();
  }

  // Answers what is asked until so many ticks were seen.
  static void answerSome(Desk& desk, int wanted) {
    test::ScriptedHand hand(*desk.window);
    QSignalSpy saved(desk.studio.context().hub, &DataHub::answerSaved);
    auto* tick = desk.window->findChild<SavedTick*>();
    while (saved.size() < wanted) {
      QTRY_VERIFY_WITH_TIMEOUT(!hand.shownType().isEmpty(), kPatienceMs);
      const auto before = saved.size();
      hand.answer();
      // Not accepted if the next query was not there yet: then press again.
      if (!QTest::qWaitFor([&] { return saved.size() > before; }, 1000)) continue;
      QCOMPARE(tick->state(), SavedTick::State::kSaved);
    }
  }

 private Q_SLOTS:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    test::useOneCore();
    applyTheme(*qApp, Appearance::kLight);
    folder_ = workshop_.project("desk");
  }

  void picturesComeAndAnswersAreKept() {
    Desk desk(folder_);
    QSignalSpy failures(desk.studio.context().hub, &DataHub::failure);
    desk.window->showPage("annotate");
    auto* idle = desk.window->pageWidget("annotate")->findChild<EmptyState*>("idle");
    QTRY_VERIFY_WITH_TIMEOUT(idle->isVisible() && idle->button()->isVisible(), kPatienceMs);
    QTest::keyClick(desk.window->pageWidget("annotate"), Qt::Key_Return);
    answerSome(desk, 40);  // all that is asked: the masks among them make the last test's training long
    if (QTest::currentTestFailed()) return;
    // Read by another connection, as another program would.
    QCOMPARE(answersOnDisk(folder_), std::size_t(40));
    const auto project = Project::open(folder_.toStdString());
    QVERIFY(project->images().count() >= 30);
    int painted = 0;
    for (const AnswerRow& answer : project->answers().listCurrent()) {
      const auto query = project->queries().find(answer.query);
      const QString said = test::scriptedChoice(QString::fromStdString(query->type),
                                                QString::fromStdString(query->promptText));
      painted += said == "done";
      QCOMPARE(QString::fromStdString(answer.value.value("choice", "")), said);
      QCOMPARE(answer.source, std::string("person"));
    }
    QVERIFY(painted > 0);
    QTRY_COMPARE_WITH_TIMEOUT(project->jobs().list().at(0).state, JobState::kSucceeded, kPatienceMs);
    QCOMPARE(project->queries().list().size(), std::size_t(40));
    QVERIFY2(failures.isEmpty(), failures.isEmpty() ? "" : qPrintable(failures.at(0).at(0).toString()));
  }

  void aRewardIsTrainedFromItsPage() {
    QVERIFY2(answersOnDisk(folder_) >= 20, "needs the answers of the test before");
    Desk desk(folder_);
    desk.window->showPage("reward");
    page::Page* page = desk.window->pageWidget("reward");
    auto* train = page->findChild<QPushButton*>("trainReward");
    QTRY_VERIFY_WITH_TIMEOUT(page->findChild<QLineEdit*>("field_members"), kPatienceMs);
    QTRY_VERIFY(train->isVisible() && train->isEnabled());
    page->findChild<QLineEdit*>("field_epochs")->setText("40");
    page->findChild<QLineEdit*>("field_region_epochs")->setText("3");
    QTest::mouseClick(train, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(page->findChild<QPushButton*>("cancelReward")->isVisible(), kPatienceMs);
    auto* models = page->findChild<QTableWidget*>("rewardModels");
    QTRY_COMPARE_WITH_TIMEOUT(models->rowCount(), 1, kPatienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(train->isVisible(), kPatienceMs);
    QVERIFY(page->findChild<FigureCard*>("cardAccuracy")->figure().contains('%'));
    const auto project = Project::open(folder_.toStdString());
    const auto model = project->rewardModels().latest();
    QVERIFY(model);
    QCOMPARE(model->settings.at("epochs").get<int>(), 40);
  }

  void aTrainingIsCancelledFromItsPage() {
    Desk desk(folder_);
    desk.window->showPage("reward");
    page::Page* page = desk.window->pageWidget("reward");
    QTRY_VERIFY_WITH_TIMEOUT(page->findChild<QLineEdit*>("field_region_epochs"), kPatienceMs);
    page->findChild<QLineEdit*>("field_region_epochs")->setText("5000");
    auto* train = page->findChild<QPushButton*>("trainReward");
    auto* cancel = page->findChild<QPushButton*>("cancelReward");
    QTRY_VERIFY(train->isEnabled());
    QTest::mouseClick(train, Qt::LeftButton);
    const auto project = Project::open(folder_.toStdString());
    const auto state = [&] { return project->jobs().list().at(0).state; };
    QTRY_COMPARE_WITH_TIMEOUT(state(), JobState::kRunning, kPatienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(cancel->isVisible(), kPatienceMs);
    QTest::mouseClick(cancel, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(state(), JobState::kCancelled, kPatienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(train->isVisible() && train->isEnabled(), kPatienceMs);
    QVERIFY(page->findChild<QLabel*>("trainingOutcome")->isVisible());
    QCOMPARE(project->rewardModels().list().size(), std::size_t(1));
  }

  void nothingIsBroken() {
    const auto project = Project::open(folder_.toStdString());
    SilentSink sink;
    const CheckReport report = checkProject(*project, false, sink, {});
    QVERIFY2(report.ok(), report.toJson().dump().c_str());
  }
};

QTEST_MAIN(StudioHostTest)
#include "studio_host_test.moc"
