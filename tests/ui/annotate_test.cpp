// The Annotate page as a person uses it: keys into the real window, answers read back from the project on
// disk.
#include <QLabel>
#include <QMouseEvent>
#include <QPushButton>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>
#include <QTranslator>

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
#include "ui/widgets/mask_canvas.h"
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
    setGuard(0);  // the hand of a test is faster than a person's
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
  void setGuard(int milliseconds) { studio->context().settings->setValue("answer_guard_ms", milliseconds); }
  MaskCanvas* canvas() const { return page->findChild<MaskCanvas*>(); }
  void paint(QPointF from, QPointF to) {
    const auto send = [this](QEvent::Type type, QPointF at, Qt::MouseButton which, Qt::MouseButtons held) {
      const QPointF place = canvas()->fromPicture(at);
      QMouseEvent event(type, place, canvas()->mapToGlobal(place), which, held, {});
      QApplication::sendEvent(canvas(), &event);
    };
    send(QEvent::MouseButtonPress, from, Qt::LeftButton, Qt::LeftButton);
    send(QEvent::MouseMove, to, Qt::NoButton, Qt::LeftButton);
    send(QEvent::MouseButtonRelease, to, Qt::LeftButton, {});
  }
  // Adds a query with this prompt to the end of the queue.
  void ask(const QString& text) {
    const auto other = Project::open(demo->path().toStdString());
    QueryRow row;
    row.type = "binary";
    row.images = {demo->images[0]};
    row.prompt = other->prompts().ensure({.text = text.toStdString()});
    row.rank = 1000;
    other->queries().enqueue(row);
  }
  QStringList overlayTexts() const {
    QStringList texts;
    for (const QLabel* label : page->findChild<KeyOverlay*>()->findChildren<QLabel*>())
      texts << label->text();
    return texts;
  }
  SavedTick* tick() const { return window->findChild<SavedTick*>(); }
};

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

  void longPromptsAreReadable() {
    Desk desk({"binary"});
    desk.window->resize(1280, 720);
    QTRY_VERIFY(desk.shows(0));
    auto* header = desk.page->findChild<AnnotateHeader*>();
    auto* label = header->findChild<QLabel*>("prompt");
    QCOMPARE(label->text(), test::sceneText(0));
    const double large = label->font().pointSizeF();
    QString words;
    while (words.size() < 440) words += QStringLiteral("word%1 ").arg(words.size());
    words = words.trimmed();
    const QString endless = (words + " ").repeated(7) + "*the_end*";
    desk.ask(words);
    desk.ask(endless);
    const auto fits = [label] {
      const int lines = int(label->text().count('\n')) + 1;
      return lines <= 5 && label->height() >= lines * label->fontMetrics().lineSpacing();
    };
    desk.press(Qt::Key_1);
    QTRY_COMPARE(header->prompt(), words);
    QTest::qWait(50);
    QVERIFY(label->font().pointSizeF() < large);
    QCOMPARE(label->text().simplified(), words.simplified());
    QVERIFY(fits());
    QVERIFY(!header->isCut());
    desk.press(Qt::Key_1);
    QTRY_COMPARE(header->prompt(), endless);
    QTest::qWait(50);
    QVERIFY(label->text().endsWith(QChar(0x2026)));
    QVERIFY(fits());
    auto* guide = desk.page->findChild<GuidePanel*>();
    if (!guide->isVisible()) desk.press(Qt::Key_G);
    const auto guideHas = [guide](const QString& text) {
      const auto labels = guide->findChildren<QLabel*>();
      return std::any_of(labels.begin(), labels.end(), [&](QLabel* l) { return l->text().contains(text); });
    };
    QVERIFY(guideHas("\\*the\\_end\\*"));
    desk.press(Qt::Key_Backspace);
    QTRY_COMPARE(header->prompt(), words);
    QVERIFY(!guideHas("the\\_end"));
  }

  void aKeyForTheKindBeforeAnswersNothing() {
    Desk desk({"pair", "binary", "binary"});
    QTRY_VERIFY(desk.shows(0));
    desk.setGuard(60 * 1000);
    desk.press(Qt::Key_1);  // the first question has none before it
    QTRY_VERIFY(desk.shows(1));
    desk.press(Qt::Key_W);  // a reason is the same in both
    for (const int key : {Qt::Key_1, Qt::Key_2, Qt::Key_Up, Qt::Key_S}) desk.press(key);
    QTest::mouseClick(desk.page->findChild<AnswerBar*>()->button("binary.good"), Qt::LeftButton);
    QTest::qWait(100);
    QVERIFY(desk.shows(1));
    QVERIFY(!desk.said(1));
    desk.setGuard(0);
    desk.press(Qt::Key_2);
    QTRY_COMPARE(desk.choice(1), QString("bad"));
    QCOMPARE(desk.said(1)->reasons, std::vector<std::string>{"colour"});
    // The same kind again: no pause.
    QTRY_VERIFY(desk.shows(2));
    desk.setGuard(400);
    QTest::qWait(450);
    desk.press(Qt::Key_1);
    QTRY_COMPARE(desk.choice(2), QString("good"));
  }

  void aKeyThatIsStillDownDoesNotRepeatIntoTheNextQuery() {
    Desk desk({"mask", "mask"});
    QTRY_VERIFY(desk.shows(0));
    const auto repeat = [&] {
      QKeyEvent again(QEvent::KeyPress, Qt::Key_BracketRight, {}, "]", true);
      QApplication::sendEvent(desk.page, &again);
    };
    QTest::keyPress(desk.page, Qt::Key_BracketRight);
    const int once = desk.canvas()->toolSize();
    repeat();
    const int twice = desk.canvas()->toolSize();
    QVERIFY(twice > once);
    desk.press(Qt::Key_0);
    QTRY_VERIFY(desk.shows(1));
    repeat();
    QCOMPARE(desk.canvas()->toolSize(), twice);
    QTest::keyRelease(desk.page, Qt::Key_BracketRight);
    QTest::keyPress(desk.page, Qt::Key_BracketRight);
    repeat();
    QVERIFY(desk.canvas()->toolSize() > twice + 1);
    QTest::keyRelease(desk.page, Qt::Key_BracketRight);
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

  void theKeyTableTellsTheKeysThatWork() {
    Desk desk({"mask", "pair"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_F1);
    const QStringList mask = desk.overlayTexts();
    QVERIFY(mask.contains("Ctrl+P") && !mask.contains("P or Ctrl+P"));
    QVERIFY(mask.contains("Backspace") && !mask.contains("Backspace or Ctrl+Z"));
    QVERIFY(mask.contains("Mouse") && mask.contains("Ctrl+wheel"));
    desk.press(Qt::Key_F1);
    desk.press(Qt::Key_0);
    QTRY_VERIFY(desk.shows(1));
    desk.press(Qt::Key_F1);
    const QStringList pair = desk.overlayTexts();
    QVERIFY(pair.contains("P or Ctrl+P") && pair.contains("Backspace or Ctrl+Z"));
    QVERIFY(!pair.contains("Mouse"));
  }

  void theKeyTableIsTranslated() {
    QTranslator german;
    QVERIFY(german.load(":/translations/plumbline_de.qm"));
    QCoreApplication::installTranslator(&german);
    {
      Desk desk({"mask"});
      QTRY_VERIFY(desk.shows(0));
      desk.press(Qt::Key_F1);
      for (const char* text : {"Wo ist es falsch?", "Nicht zeigbar", "Maus"}) {
        QVERIFY2(desk.overlayTexts().contains(text), text);
      }
      QTest::qWait(50);
      for (const QLabel* label : desk.page->findChild<KeyOverlay*>()->findChildren<QLabel*>()) {
        QVERIFY2(label->width() >= label->sizeHint().width(), qPrintable(label->text()));
      }
    }
    QCoreApplication::removeTranslator(&german);
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

  void newQuestionsAppearByThemselves() {
    Desk desk({"pair"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_1);
    QTRY_VERIFY(desk.page->findChild<EmptyState*>("idle")->isVisible());
    desk.ask("asked later");
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
