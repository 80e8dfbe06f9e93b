// What becomes of answers when saving fails, a window is closed or a picture is damaged: nothing that showed
// its tick is lost, and what could not be saved stays on the screen.
#include <QFile>
#include <QRegularExpression>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>

#include "tests/ui/annotate_desk.h"
#include "ui/models/picture_loader.h"
#include "ui/widgets/history_strip.h"
#include "ui/widgets/notice_bar.h"

using namespace plumbline;
using plumbline::test::Desk;

namespace {

// From here on the database refuses every new answer and every taking back, until allow().
class Refusal {
 public:
  explicit Refusal(const Desk& desk) {
    QSqlDatabase other = QSqlDatabase::addDatabase("QSQLITE", "refusal");
    other.setDatabaseName(desk.demo->path() + "/project.db");
    if (!other.open()) qFatal("cannot open the project's database");
    run("CREATE TRIGGER refuse BEFORE INSERT ON answer BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
  }
  ~Refusal() { QSqlDatabase::removeDatabase("refusal"); }
  void allow() { run("DROP TRIGGER refuse"); }

 private:
  static void run(const char* sql) {
    QSqlQuery query(QSqlDatabase::database("refusal"));
    if (!query.exec(sql)) qFatal("cannot change the schema");
  }
};

}  // namespace

class AnnotateSavingTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void undoReachesBehindARestart() {
    Desk desk({"pair", "pair"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_1);
    QTRY_VERIFY(desk.shows(1));
    desk.close();
    desk.open();
    QTRY_VERIFY(desk.shows(1));
    QTRY_COMPARE(desk.page->findChild<HistoryStrip*>()->count(), 1);
    desk.press(Qt::Key_Backspace);
    QTRY_VERIFY(desk.shows(0));
    QVERIFY(!desk.said(0));
  }

  void theTickMeansCommitted() {
    Desk desk({"pair", "pair"});
    QTRY_VERIFY(desk.shows(0));
    QCOMPARE(desk.tick()->state(), SavedTick::State::kIdle);
    {
      QSqlDatabase other = QSqlDatabase::addDatabase("QSQLITE", "blocker");
      other.setDatabaseName(desk.demo->path() + "/project.db");
      QVERIFY(other.open());
      QSqlQuery query(other);
      QVERIFY(query.exec("BEGIN IMMEDIATE"));
      desk.press(Qt::Key_1);
      QTest::qWait(300);
      // Not on disk: neither tick nor next query; and keys meanwhile answer nothing.
      QCOMPARE(desk.tick()->state(), SavedTick::State::kSaving);
      QVERIFY(desk.shows(0));
      desk.press(Qt::Key_2);
      QVERIFY(query.exec("ROLLBACK"));
      QTRY_COMPARE(desk.tick()->state(), SavedTick::State::kSaved);
      QTRY_VERIFY(desk.shows(1));
    }
    QSqlDatabase::removeDatabase("blocker");
    QCOMPARE(desk.choice(0), QString("a"));
    QTest::qWait(100);
    QVERIFY(!desk.said(1));
  }

  void aRefusedAnswerStaysOnTheScreen() {
    Desk desk({"pair", "pair"});
    QTRY_VERIFY(desk.shows(0));
    // The same person answers the same query elsewhere; a second first answer is refused by the store.
    AnswerDraft draft;
    draft.query = desk.demo->queries[0];
    draft.annotator = desk.studio->context().annotatorId;
    draft.value = {{"choice", "b"}};
    desk.project().answers().record(draft);
    desk.press(Qt::Key_1);
    QTRY_COMPARE(desk.tick()->state(), SavedTick::State::kFailed);
    QVERIFY(desk.shows(0));
    QVERIFY(!desk.window->findChild<NoticeBar*>()->text().isEmpty());
    QCOMPARE(desk.choice(0), QString("b"));
  }

  void aRefusedMaskCanBeSentAgain() {
    Desk desk({"mask", "mask"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_2);
    desk.paint({20, 20}, {60, 30});
    const Mask first = desk.canvas()->layers().layer(1);
    {
      Refusal refusal(desk);
      desk.press(Qt::Key_Return);
      QTRY_COMPARE(desk.tick()->state(), SavedTick::State::kFailed);
      QVERIFY(desk.shows(0));
      QVERIFY(!desk.said(0));
      QCOMPARE(desk.canvas()->layers().layer(1), first);
      // The page is alive: painting and keys go on.
      desk.paint({90, 90}, {100, 100});
      QVERIFY(desk.canvas()->layers().layer(1).area() > first.area());
      desk.press(Qt::Key_Z, Qt::ControlModifier);
      QCOMPARE(desk.canvas()->layers().layer(1), first);
      refusal.allow();
    }
    desk.press(Qt::Key_Return);
    QTRY_COMPARE(desk.choice(0), QString("done"));
    QTRY_VERIFY(desk.shows(1));
  }

  void nothingIsPaintedWhileItIsSaved() {
    Desk desk({"mask", "mask"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_2);
    desk.paint({20, 20}, {60, 30});
    const Mask sent = desk.canvas()->layers().layer(1);
    {
      QSqlDatabase other = QSqlDatabase::addDatabase("QSQLITE", "blocker");
      other.setDatabaseName(desk.demo->path() + "/project.db");
      QVERIFY(other.open());
      QSqlQuery query(other);
      QVERIFY(query.exec("BEGIN IMMEDIATE"));
      desk.press(Qt::Key_Return);
      desk.paint({90, 90}, {100, 100});  // while it is coded
      QTRY_COMPARE(desk.tick()->state(), SavedTick::State::kSaving);
      desk.paint({90, 90}, {100, 100});  // while it is written
      QCOMPARE(desk.canvas()->layers().layer(1), sent);
      QVERIFY(query.exec("ROLLBACK"));
      QTRY_VERIFY(desk.shows(1));
    }
    QSqlDatabase::removeDatabase("blocker");
    desk.paint({90, 90}, {100, 100});
    QVERIFY(!desk.canvas()->layers().isEmpty());
  }

  void aFailedUndoSaysSo() {
    Desk desk({"pair", "pair"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_1);
    QTRY_VERIFY(desk.shows(1));
    Refusal refusal(desk);
    desk.press(Qt::Key_Backspace);
    const auto* notice = desk.window->findChild<NoticeBar*>();
    QTRY_VERIFY2(notice->text().contains("taken back"), qPrintable(notice->text()));
    QVERIFY(desk.shows(1));
    QCOMPARE(desk.choice(0), QString("a"));
    refusal.allow();
    desk.press(Qt::Key_Backspace);
    QTRY_VERIFY(desk.shows(0));
  }

  void anUnsentPaintingComesBack() {
    Desk desk({"mask", "mask", "mask"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_0);
    QTRY_VERIFY(desk.shows(1));
    desk.press(Qt::Key_3);
    desk.paint({20, 20}, {60, 30});
    const Mask painted = desk.canvas()->layers().layer(2);
    desk.press(Qt::Key_Backspace);
    QTRY_VERIFY(desk.shows(0));
    QVERIFY(desk.canvas()->layers().isEmpty());
    desk.press(Qt::Key_0);
    QTRY_VERIFY(desk.shows(1));
    QCOMPARE(desk.canvas()->layers().layer(2), painted);
    // Skipped by mistake, and taken back.
    desk.press(Qt::Key_S);
    QTRY_COMPARE(desk.choice(1), QString("skip"));
    QTRY_VERIFY(desk.shows(2));
    QVERIFY(desk.canvas()->layers().isEmpty());
    desk.press(Qt::Key_Backspace);
    QTRY_VERIFY(desk.shows(1));
    QCOMPARE(desk.canvas()->layers().layer(2), painted);
    // What is rubbed out stays so when the query is left and found again.
    desk.press(Qt::Key_Return);
    QTRY_VERIFY(desk.shows(2));
    desk.press(Qt::Key_Backspace);
    QTRY_VERIFY(desk.shows(1));
    QCOMPARE(desk.canvas()->layers().layer(2), painted);
    desk.press(Qt::Key_E);
    desk.canvas()->setToolSize(200);
    desk.paint({60, 60}, {62, 62});
    QVERIFY(desk.canvas()->layers().isEmpty());
    desk.press(Qt::Key_Backspace);
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_0);
    QTRY_VERIFY(desk.shows(1));
    QVERIFY(desk.canvas()->layers().isEmpty());
  }

  void anUnsentPaintingSurvivesTheWindow() {
    Desk desk({"mask", "mask"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_2);
    desk.paint({20, 20}, {60, 30});
    const Mask painted = desk.canvas()->layers().layer(1);
    desk.window->close();
    desk.close();
    desk.open();
    QTRY_VERIFY(desk.shows(0));
    QCOMPARE(desk.canvas()->layers().layer(1), painted);
    QVERIFY(!desk.said(0));
    desk.press(Qt::Key_Return);
    QTRY_COMPARE(desk.choice(0), QString("done"));
    QTRY_VERIFY(desk.shows(1));
    const auto kept = [&] {
      return desk.studio->context().settings->allKeys().filter(QRegularExpression("^unsent/")).size();
    };
    QCOMPARE(kept(), 0);  // it was sent
    // What was undone is not kept.
    desk.press(Qt::Key_1);
    desk.paint({20, 20}, {60, 30});
    desk.press(Qt::Key_Z, Qt::ControlModifier);
    desk.window->close();
    desk.close();
    desk.open();
    QTRY_VERIFY(desk.shows(1));
    QVERIFY(desk.canvas()->layers().isEmpty());
  }

  void aDamagedDraftDoesNotHideItsQuery() {
    Desk desk({"mask"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_2);
    desk.paint({20, 20}, {60, 30});
    desk.window->close();
    QSettings& settings = *desk.studio->context().settings;
    const QStringList kept = settings.allKeys().filter(QRegularExpression("^unsent/"));
    QCOMPARE(kept.size(), 1);
    settings.setValue(kept.front(), QByteArray(R"({"regions":[{"category":"artifact"}]})"));
    desk.close();
    desk.open();
    QTRY_VERIFY(desk.shows(0));
    QVERIFY(desk.canvas()->layers().isEmpty());
    QVERIFY(desk.page->findChild<QLabel*>("maskHint")->text().contains("could not be read"));
  }

  void aDamagedPictureIsSetAside() {
    auto demo = test::makeDemoProject({"pair", "pair"});
    {
      const auto project = Project::open(demo->path().toStdString());
      QFile file(QString::fromStdString(project->images().path(demo->images[1]).string()));
      QVERIFY(file.open(QIODevice::ReadWrite));
      file.seek(40);
      file.write("damage");
    }
    const auto studio = test::openStudio(*demo);
    MainWindow window(studio->context(), studio->pages());
    window.show();
    page::Page* page = window.pageWidget("annotate");
    QTRY_COMPARE(page->findChild<AnnotateHeader*>()->prompt(), test::sceneText(2));
    const auto* notice = window.findChild<NoticeBar*>();
    QTRY_VERIFY2(notice->text().contains("damaged"), qPrintable("the notice says: " + notice->text()));
    QCOMPARE(studio->context().project->images().find(demo->images[1])->state, ImageState::kCorrupt);
  }

  void aDamagedPictureDoesNotHoldUpTheOneBehindIt() {
    auto demo = test::makeDemoProject({"binary", "binary"});
    const auto studio = test::openStudio(*demo);
    const StudioContext& context = studio->context();
    QVERIFY(QFile::remove(QString::fromStdString(context.project->images().path(demo->images[0]).string())));
    // The second query is complete before the first one turns out to be broken.
    context.pictures->load(QString::fromStdString(demo->images[2]), &*studio, [](const LoadedPicture&) {});
    QTRY_VERIFY(context.pictures->cached(QString::fromStdString(demo->images[2])));
    MainWindow window(studio->context(), studio->pages());
    window.show();
    page::Page* page = window.pageWidget("annotate");
    QTRY_COMPARE(page->findChild<AnnotateHeader*>()->prompt(), test::sceneText(2));
  }

  void aSecondWindowIsRefused() {
    Desk desk({"pair"});
    try {
      test::openStudio(*desk.demo);
      QFAIL("opened twice");
    } catch (const Error& e) {
      QCOMPARE(e.kind(), ErrorKind::kInvalidInput);
      QVERIFY(!QString::fromStdString(e.message()).contains('\n'));
    }
  }
};

QTEST_MAIN(AnnotateSavingTest)
#include "annotate_saving_test.moc"
