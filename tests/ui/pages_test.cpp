// What every page must do, whatever it shows: fit two sizes, not block, bear an empty project, be reached by
// key.
#include <QAbstractScrollArea>
#include <QFile>
#include <QLabel>
#include <QTest>
#include <QToolButton>

#include "tests/ui/demo_project.h"
#include "ui/data_hub.h"
#include "ui/main_window.h"
#include "ui/theme.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/rail.h"

using namespace plumbline;

namespace {

bool insideScrollArea(const QWidget* widget, const QWidget* page) {
  for (const QWidget* w = widget->parentWidget(); w && w != page; w = w->parentWidget()) {
    if (qobject_cast<const QAbstractScrollArea*>(w)) return true;
  }
  return false;
}

}  // namespace

class PagesTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    // Titles and icons need the resources, which applyTheme brings.
    applyTheme(*qApp, Appearance::kLight);
  }

  void everyPageFits_data() {
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("empty");
    QTest::newRow("small") << QSize(1280, 720) << false;
    QTest::newRow("large") << QSize(2560, 1440) << false;
    QTest::newRow("small, empty project") << QSize(1280, 720) << true;
  }

  void everyPageFits() {
    QFETCH(QSize, size);
    QFETCH(bool, empty);
    const auto demo = test::makeDemoProject(empty ? QStringList() : QStringList{"pair", "binary", "mask"});
    const auto studio = test::openStudio(*demo);
    QStringList failures;
    connect(studio->context().hub, &DataHub::failure, this,
            [&failures](const QString& text) { failures << text; });
    MainWindow window(studio->context(), studio->pages());
    window.resize(size);
    window.show();
    QVERIFY(studio->pages().all().size() >= 3);
    for (const auto& type : studio->pages().all()) {
      const QString id = QString::fromStdString(type->descriptor.id);
      window.showPage(id);
      QTest::qWait(150);
      QCOMPARE(window.size(), size);  // no page may force the window larger
      page::Page* page = window.pageWidget(id);
      QVERIFY(page->isVisible());
      for (const QWidget* child : page->findChildren<QWidget*>()) {
        if (!child->isVisible() || child->isWindow() || insideScrollArea(child, page)) continue;
        const QRect where(child->mapTo(page, QPoint(0, 0)), child->size());
        QVERIFY2(page->rect().contains(where) || where.isEmpty(),
                 qPrintable(QStringLiteral("%1: %2 \"%3\" lies outside")
                                .arg(id, child->metaObject()->className(), child->objectName())));
      }
    }
    QCOMPARE(failures, QStringList());
  }

  void everyPageHasWordIconAndHelp() {
    const auto demo = test::makeDemoProject({});
    const auto studio = test::openStudio(*demo);
    for (const auto& type : studio->pages().all()) {
      QVERIFY(!type->descriptor.title.empty());
      QVERIFY(!type->descriptor.help.empty());
      QVERIFY2(QFile::exists(QStringLiteral(":/icons/%1.svg").arg(type->icon)), qPrintable(type->icon));
      QVERIFY(type->order > 0);
    }
  }

  void numberKeysSwitchPages() {
    const auto demo = test::makeDemoProject({"pair"});
    const auto studio = test::openStudio(*demo);
    MainWindow window(studio->context(), studio->pages());
    window.show();
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    QCOMPARE(window.currentPage(), QString("annotate"));
    QTest::keyClick(&window, Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(window.currentPage(), QString("gallery"));
    QTest::keyClick(&window, Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(window.currentPage(), QString("annotate"));
    QTest::mouseClick(window.findChild<QToolButton*>("rail_settings"), Qt::LeftButton);
    QCOMPARE(window.currentPage(), QString("settings"));
  }

  void theBarNamesTheGeneratorAndKeepsItsPathForTheToolTip() {
    const auto demo = test::makeDemoProject({});
    const auto studio = test::openStudio(*demo);
    MainWindow window(studio->context(), studio->pages());
    window.show();
    const auto shown = [&](const QString& path) -> QLabel* {
      for (auto* label : window.findChild<QWidget*>("topBar")->findChildren<QLabel*>()) {
        if (label->toolTip() == path) return label;
      }
      return nullptr;
    };
    Q_EMIT studio->context().hub->generatorChanged("/models/somewhere/scenes", "mended");
    QVERIFY(shown("/models/somewhere/scenes"));
    QVERIFY(shown("/models/somewhere/scenes")->text().endsWith(" scenes + mended"));
  }

  void unknownPagesAndFailuresAreSaid() {
    const auto demo = test::makeDemoProject({});
    const auto studio = test::openStudio(*demo);
    MainWindow window(studio->context(), studio->pages());
    window.show();
    window.showPage("no_such_page");
    QVERIFY(window.findChild<NoticeBar*>()->text().contains("no_such_page"));
    Q_EMIT studio->context().hub->failure("The disk is full; free some space.");
    QCOMPARE(window.findChild<NoticeBar*>()->text(), QString("The disk is full; free some space."));
  }

  void bothPalettesAreReadable() {
    for (const bool dark : {false, true}) {
      const QPalette p = studioPalette(dark);
      QCOMPARE(isDark(p), dark);
      for (const auto& [front, back] : {std::pair{QPalette::WindowText, QPalette::Window},
                                        {QPalette::Text, QPalette::Base},
                                        {QPalette::ButtonText, QPalette::Button}}) {
        QVERIFY(std::abs(p.color(front).lightness() - p.color(back).lightness()) > 120);
      }
      QVERIFY(std::abs(quietTextColor(p).lightness() - p.color(QPalette::Window).lightness()) > 90);
    }
    // 18 % of the light is 118 of 255 in sRGB.
    QCOMPARE(surroundGrey(18), QColor(118, 118, 118));
  }
};

QTEST_MAIN(PagesTest)
#include "pages_test.moc"
