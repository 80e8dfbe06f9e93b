// The Annotate page as a person uses it: keys into the real window, answers read back from the project on
// disk.
#include <QPushButton>
#include <QStackedWidget>
#include <QTest>
#include <QTranslator>

#include "tests/ui/annotate_desk.h"
#include "ui/data_hub.h"
#include "ui/models/picture_loader.h"
#include "ui/models/query_feed.h"
#include "ui/widgets/answer_bar.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/guide_panel.h"
#include "ui/widgets/history_strip.h"
#include "ui/widgets/key_button.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/picture_stage.h"

using namespace plumbline;
using plumbline::test::Desk;

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

  void withoutAGuardAKeyCountsFromTheFirstMoment() {
    const int count = 10;
    QStringList types;
    for (int i = 0; i < count; ++i) types << (i % 2 ? "binary" : "pair");
    Desk desk(types);
    QTRY_VERIFY(desk.shows(0));
    // The view of another kind is usually put up within the millisecond in which its query came, which is
    // when the guard of nothing once ignored keys; usually, so there are ten.
    connect(desk.page->findChild<QStackedWidget*>(), &QStackedWidget::currentChanged, desk.page,
            [&] { desk.press(Qt::Key_1); });
    desk.press(Qt::Key_1);
    for (int i = 0; i < count; ++i) QTRY_COMPARE(desk.choice(i), QString(i % 2 ? "good" : "a"));
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

  void newQuestionsAppearByThemselves() {
    Desk desk({"pair"});
    QTRY_VERIFY(desk.shows(0));
    desk.press(Qt::Key_1);
    QTRY_VERIFY(desk.page->findChild<EmptyState*>("idle")->isVisible());
    desk.ask("asked later");
    QTRY_COMPARE(desk.prompt(), QString("asked later"));
  }
};

QTEST_MAIN(AnnotateTest)
#include "annotate_test.moc"
