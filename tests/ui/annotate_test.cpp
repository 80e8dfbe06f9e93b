// The Annotate page as a person uses it: keys into the real window, answers read back from the project on
// disk.
#include <QPushButton>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>

#include "tests/ui/demo_project.h"
#include "ui/data_hub.h"
#include "ui/main_window.h"
#include "ui/models/picture_loader.h"
#include "ui/models/query_feed.h"
#include "ui/widgets/annotate_header.h"
#include "ui/widgets/answer_bar.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/guide_panel.h"
#include "ui/widgets/history_strip.h"
#include "ui/widgets/key_button.h"
#include "ui/widgets/key_overlay.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/picture_stage.h"
#include "ui/widgets/saved_tick.h"

using namespace plumbline;

namespace {

// A window on a demo project, first query shown.
struct Desk {
  std::unique_ptr<test::DemoProject> demo;
  std::unique_ptr<Studio> studio;
  std::unique_ptr<MainWindow> window;
  page::Page* page = nullptr;

  explicit Desk(const QStringList& types, int size = 128) : demo(test::makeDemoProject(types, size)) {
    open();
  }

  void open() {
    studio = test::openStudio(*demo);
    window = std::make_unique<MainWindow>(studio->context(), studio->pages());
    window->resize(1280, 720);
    window->show();
    window->showPage("annotate");
    page = window->pageWidget("annotate");
  }
  void close() {
    window.reset();
    studio.reset();
  }
  Project& project() { return *studio->context().project; }
  QString prompt() const { return page->findChild<AnnotateHeader*>()->prompt(); }
  bool shows(int index) const {
    return page->findChild<AnnotateHeader*>()->isVisible() && prompt() == test::sceneText(2 * index);
  }
  void press(int key, Qt::KeyboardModifiers modifiers = {}) {
    QTest::keyClick(page, Qt::Key(key), modifiers);
  }
  std::optional<AnswerRow> said(int index) {
    return project().answers().current(demo->queries[std::size_t(index)], studio->context().annotatorId);
  }
  QString choice(int index) {
    const auto answer = said(index);
    return answer ? QString::fromStdString(answer->value.value("choice", "")) : QString();
  }
  SavedTick* tick() const { return window->findChild<SavedTick*>(); }
};

}  // namespace

class AnnotateTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyPairKeyAnswers() {
    const std::vector<std::pair<int, QString>> keys = {
        {Qt::Key_1, "a"},        {Qt::Key_Left, "a"},        {Qt::Key_2, "b"},
        {Qt::Key_Right, "b"},    {Qt::Key_3, "both_good"},   {Qt::Key_Up, "both_good"},
        {Qt::Key_4, "both_bad"}, {Qt::Key_Down, "both_bad"}, {Qt::Key_S, "skip"}};
    Desk desk(QStringList(int(keys.size()), "pair"));
    for (int i = 0; i < int(keys.size()); ++i) {
      QTRY_VERIFY(desk.shows(i));
      desk.press(keys[std::size_t(i)].first);
      QTRY_COMPARE(desk.choice(i), keys[std::size_t(i)].second);
      QCOMPARE(desk.said(i)->source, std::string("person"));
      QVERIFY(desk.said(i)->milliseconds >= 0);
    }
    // Nothing is left: the page says so and offers to make more.
    auto* empty = desk.page->findChild<EmptyState*>("idle");
    QTRY_VERIFY(empty->isVisible());
    QTRY_VERIFY(empty->button()->isVisible());
    QTest::keyClick(desk.page, Qt::Key_Return);
    QTRY_COMPARE(desk.project().jobs().list().size(), std::size_t(1));
    QCOMPARE(desk.project().jobs().list().front().kind, std::string("generate"));
  }

  void binaryKeysAndReasons() {
    Desk desk({"binary", "binary", "binary", "binary"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_W);
    desk.press(Qt::Key_T);
    desk.press(Qt::Key_E);
    desk.press(Qt::Key_E);  // and off again
    desk.press(Qt::Key_2);
    QTRY_COMPARE(desk.choice(0), QString("bad"));
    QCOMPARE(desk.said(0)->reasons, (std::vector<std::string>{"colour", "unsafe"}));
    QTRY_VERIFY(desk.shows(1));
    desk.press(Qt::Key_1);
    QTRY_COMPARE(desk.choice(1), QString("good"));
    QVERIFY(desk.said(1)->reasons.empty());  // reasons do not stick to the next query
    QTRY_VERIFY(desk.shows(2));
    desk.press(Qt::Key_Up);
    QTRY_COMPARE(desk.choice(2), QString("good"));
    QTRY_VERIFY(desk.shows(3));
    desk.press(Qt::Key_Down);
    QTRY_COMPARE(desk.choice(3), QString("bad"));
  }

  void theMouseCanDoItToo() {
    Desk desk({"pair", "pair"});
    QTRY_VERIFY(desk.shows(0));
    auto* bar = desk.page->findChild<AnswerBar*>();
    QTest::mouseClick(bar->button("pair.reason_1"), Qt::LeftButton);
    QTest::mouseClick(bar->button("pair.both_bad"), Qt::LeftButton);
    QTRY_COMPARE(desk.choice(0), QString("both_bad"));
    QCOMPARE(desk.said(0)->reasons, std::vector<std::string>{"count"});
  }

  void aHeldKeyAnswersOnce() {
    Desk desk({"pair", "pair", "pair"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_1);
    QTRY_VERIFY(desk.shows(1));
    for (int i = 0; i < 5; ++i) {
      QKeyEvent again(QEvent::KeyPress, Qt::Key_1, {}, "1", true);
      QApplication::sendEvent(desk.page, &again);
      QTest::qWait(20);
    }
    QVERIFY(desk.shows(1));
    QVERIFY(!desk.said(1));
  }

  void aSwapNamesThePictureThatIsShown() {
    Desk desk({"pair"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_X);
    desk.press(Qt::Key_1);  // left, which now is the second picture
    QTRY_COMPARE(desk.choice(0), QString("b"));
  }

  void undoGoesBackOverManyAnswers() {
    const int count = 12;
    Desk desk(QStringList(count, "pair"));
    for (int i = 0; i < count - 1; ++i) {
      QTRY_VERIFY(desk.shows(i));
      desk.press(i % 2 ? Qt::Key_1 : Qt::Key_2);
    }
    QTRY_VERIFY(desk.shows(count - 1));
    for (int i = count - 2; i >= 0; --i) {
      desk.press(i % 3 ? Qt::Key_Backspace : Qt::Key_Z, i % 3 ? Qt::NoModifier : Qt::ControlModifier);
      QTRY_VERIFY(desk.shows(i));
      QTRY_VERIFY(!desk.said(i));
    }
    // Forward again with other answers, in the old order; what was said before stays in the chain.
    for (int i = 0; i < count; ++i) {
      QTRY_VERIFY2(desk.shows(i), qPrintable(QString::number(i) + " " + desk.prompt()));
      desk.press(Qt::Key_3);
      QTRY_COMPARE(desk.choice(i), QString("both_good"));
    }
    QCOMPARE(desk.project().answers().chain(desk.said(0)->id).size(), std::size_t(3));
    QCOMPARE(desk.project().answers().counts(desk.studio->context().annotatorId).total, std::int64_t(count));
  }

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

  void historyStripEdits() {
    Desk desk({"pair", "binary", "pair"});
    for (int i = 0; i < 2; ++i) {
      QTRY_VERIFY(desk.shows(i));
      desk.press(Qt::Key_1);
    }
    QTRY_VERIFY(desk.shows(2));
    auto* strip = desk.page->findChild<HistoryStrip*>();
    QTRY_COMPARE(strip->count(), 2);
    QTest::mouseClick(strip, Qt::LeftButton, {}, strip->itemRect(0).center());
    QTRY_VERIFY(desk.shows(0));
    const std::int64_t before = desk.said(0)->id;
    desk.press(Qt::Key_Escape);  // looked only: nothing changes
    QTRY_VERIFY(desk.shows(2));
    QCOMPARE(desk.said(0)->id, before);
    QTest::mouseClick(strip, Qt::LeftButton, {}, strip->itemRect(0).center());
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_2);
    QTRY_COMPARE(desk.choice(0), QString("b"));
    QCOMPARE(desk.said(0)->supersedes, std::optional<std::int64_t>(before));
    QTRY_VERIFY(desk.shows(2));
    QTRY_COMPARE(strip->count(), 2);
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

  void theNextQueriesAreDecodedAhead() {
    Desk desk(QStringList(8, "pair"));
    QTRY_VERIFY(desk.shows(0));
    PictureLoader* pictures = desk.studio->context().pictures;
    for (int i = 0; i < 2 * (1 + QueryFeed::kAhead); ++i) {
      QTRY_VERIFY(pictures->cached(QString::fromStdString(desk.demo->images[std::size_t(i)])));
    }
    // And not the whole queue.
    QTest::qWait(50);
    QVERIFY(!pictures->cached(QString::fromStdString(desk.demo->images.back())));
  }

  void lookingCloser() {
    Desk desk({"pair"});
    QTRY_VERIFY(desk.shows(0));
    auto* stage = desk.page->findChild<PictureStage*>();
    const QImage before = stage->grab().toImage();
    QTest::keyPress(desk.page, Qt::Key_Z);
    const QImage zoomed = stage->grab().toImage();
    QTest::keyRelease(desk.page, Qt::Key_Z);
    QVERIFY(zoomed != before);
    QCOMPARE(stage->grab().toImage(), before);
    desk.press(Qt::Key_X);
    QVERIFY(stage->grab().toImage() != before);
    desk.press(Qt::Key_X);
    QCOMPARE(stage->grab().toImage(), before);
    desk.press(Qt::Key_C);
    QCOMPARE(stage->mode(), PictureStage::Mode::kFlicker);
    desk.press(Qt::Key_D);
    QCOMPARE(stage->mode(), PictureStage::Mode::kDifference);
    desk.press(Qt::Key_D);
    QCOMPARE(stage->grab().toImage(), before);
    QVERIFY(!desk.said(0));
  }

  void picturesAreLargeAndEqual() {
    Desk desk({"pair", "binary"});
    for (const QSize size : {QSize(1280, 720), QSize(2560, 1440)}) {
      desk.window->resize(size);
      QTRY_VERIFY(desk.shows(0));
      QTest::qWait(50);
      auto* stage = desk.page->findChild<PictureStage*>();
      const QRectF a = stage->pictureRect(0), b = stage->pictureRect(1);
      QCOMPARE(a.size(), b.size());
      const double largest = std::min(stage->width() / 2.0, double(stage->height()));
      QVERIFY(a.width() >= 0.9 * largest);
      QVERIFY(stage->height() >= 0.64 * size.height());
    }
  }

  void helpGuidelineAndPause() {
    Desk desk({"pair", "pair"});
    QTRY_VERIFY(desk.shows(0));
    auto* overlay = desk.page->findChild<KeyOverlay*>();
    for (const int key : {int(Qt::Key_F1), int(Qt::Key_Question)}) {
      desk.press(key, key == Qt::Key_Question ? Qt::ShiftModifier : Qt::NoModifier);
      QVERIFY(overlay->isVisible());
      desk.press(Qt::Key_1);  // closes, and is no answer
      QVERIFY(!overlay->isVisible());
    }
    auto* guide = desk.page->findChild<GuidePanel*>();
    const bool shown = guide->isVisible();
    desk.press(Qt::Key_G);
    QCOMPARE(guide->isVisible(), !shown);
    desk.press(Qt::Key_P);
    QVERIFY(!desk.page->findChild<PictureStage*>()->isVisible());
    desk.press(Qt::Key_1);
    QTest::qWait(50);
    QVERIFY(!desk.said(0));
    desk.press(Qt::Key_P);
    QVERIFY(desk.page->findChild<PictureStage*>()->isVisible());
    desk.press(Qt::Key_1);
    QTRY_COMPARE(desk.choice(0), QString("a"));
  }

  void countsComeFromTheDatabase() {
    Desk desk({"pair", "pair", "pair"});
    QTRY_VERIFY(desk.shows(0));
    auto* header = desk.page->findChild<AnnotateHeader*>();
    QTRY_COMPARE(header->counts(), QString("0 of 3"));
    desk.press(Qt::Key_1);
    QTRY_COMPARE(header->counts(), QString("1 of 3"));
    QTRY_VERIFY(desk.shows(1));
    desk.press(Qt::Key_Backspace);
    QTRY_COMPARE(header->counts(), QString("0 of 3"));
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

  void newQuestionsAppearByThemselves() {
    Desk desk({"pair"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_1);
    QTRY_VERIFY(desk.page->findChild<EmptyState*>("idle")->isVisible());
    const auto other = Project::open(desk.demo->path().toStdString());
    QueryRow row;
    row.type = "binary";
    row.images = {desk.demo->images[0]};
    row.prompt = other->prompts().ensure({.text = "asked later"});
    other->queries().enqueue(row);
    QTRY_COMPARE(desk.prompt(), QString("asked later"));
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

QTEST_MAIN(AnnotateTest)
#include "annotate_test.moc"
