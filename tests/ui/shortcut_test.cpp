// Two keys per action, no conflict by default, changes kept, clashes refused, layouts that differ.
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "core/types/error.h"
#include "ui/commands/studio_shortcuts.h"

using namespace plumbline;

namespace {

QString press(const ShortcutTable& table, int key, Qt::KeyboardModifiers modifiers,
              const QStringList& contexts) {
  return table.match(QKeyEvent(QEvent::KeyPress, key, modifiers), contexts);
}

}  // namespace

class ShortcutTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { query_view::registerAll(views_); }

  void defaultsDoNotClash() {
    ShortcutTable table(nullptr);
    declareShortcuts(table, views_);
    for (const ShortcutConflict& c : table.conflicts()) {
      QFAIL(qPrintable(c.first + " and " + c.second + " share " + c.key.toString()));
    }
    for (const ShortcutAction& action : table.actions()) QVERIFY(!action.title.isEmpty());
  }

  void everyQueryTypeHasAView() {
    query_type::Registry types("query type");
    query_type::registerAll(types);
    for (const auto& type : types.all()) {
      const auto* view = views_.find(type->descriptor.id);
      QVERIFY2(view, type->descriptor.id.c_str());
      QVERIFY(!view->answers.isEmpty());
      for (const QString& id : view->answers) {
        QVERIFY(std::any_of(view->actions.begin(), view->actions.end(),
                            [&](const auto& a) { return a.id == id; }));
      }
    }
  }

  void theQueryTypeWinsOverTheRest() {
    ShortcutTable table(nullptr);
    declareShortcuts(table, views_);
    QCOMPARE(press(table, Qt::Key_P, {}, {"pair", "annotate"}), QString("annotate.pause"));
    QCOMPARE(press(table, Qt::Key_P, {}, {"mask", "annotate"}), QString("mask.polygon"));
    QCOMPARE(press(table, Qt::Key_P, Qt::ControlModifier, {"mask", "annotate"}), QString("annotate.pause"));
    QCOMPARE(press(table, Qt::Key_Z, Qt::ControlModifier, {"mask", "annotate"}), QString("mask.undo_stroke"));
    QCOMPARE(press(table, Qt::Key_Z, Qt::ControlModifier, {"pair", "annotate"}), QString("annotate.undo"));
    QCOMPARE(press(table, Qt::Key_Backspace, {}, {"mask", "annotate"}), QString("annotate.undo"));
  }

  void keysThatAreTakenAreNotTold() {
    ShortcutTable table(nullptr);
    declareShortcuts(table, views_);
    QCOMPARE(table.keysText("annotate.pause", {"pair"}), QString("P or Ctrl+P"));
    QCOMPARE(table.keysText("annotate.pause", {"mask"}), QString("Ctrl+P"));
    QCOMPARE(table.keysText("annotate.undo", {"mask"}), QString("Backspace"));
  }

  void keyboardsDiffer() {
    ShortcutTable table(nullptr);
    declareShortcuts(table, views_);
    QCOMPARE(press(table, Qt::Key_1, Qt::KeypadModifier, {"pair"}), QString("pair.a"));
    QCOMPARE(press(table, Qt::Key_Enter, Qt::KeypadModifier, {"mask"}), QString("mask.done"));
    QCOMPARE(press(table, Qt::Key_Question, Qt::ShiftModifier, {"pair", "annotate"}),
             QString("annotate.keys"));
    QCOMPARE(press(table, Qt::Key_BracketLeft, Qt::GroupSwitchModifier, {"mask"}), QString("mask.smaller"));
    QCOMPARE(press(table, Qt::Key_BracketLeft, Qt::ControlModifier | Qt::AltModifier, {"mask"}),
             QString("mask.smaller"));
  }

  void changesAreKeptAndClashesRefused() {
    QTemporaryDir folder;
    QSettings settings(folder.filePath("s.ini"), QSettings::IniFormat);
    {
      ShortcutTable table(&settings);
      declareShortcuts(table, views_);
      table.setKeys("pair.a", {QKeySequence("F"), QKeySequence("Left")});
      try {
        table.setKeys("pair.b", {QKeySequence("F"), QKeySequence()});
        QFAIL("a clash was accepted");
      } catch (const Error& e) {
        QCOMPARE(e.kind(), ErrorKind::kInvalidInput);
      }
      QCOMPARE(table.find("pair.b")->keys[0], QKeySequence("2"));
      // The same key in another query type is no clash.
      table.setKeys("binary.good", {QKeySequence("F"), QKeySequence()});
      // Taking the only key of an action that all types share is one.
      QVERIFY_EXCEPTION_THROWN(table.setKeys("pair.swap", {QKeySequence("S"), QKeySequence()}), Error);
    }
    ShortcutTable again(&settings);
    declareShortcuts(again, views_);
    QCOMPARE(press(again, Qt::Key_F, {}, {"pair"}), QString("pair.a"));
    QCOMPARE(press(again, Qt::Key_1, {}, {"pair"}), QString());
    again.restoreDefaults();
    QCOMPARE(press(again, Qt::Key_1, {}, {"pair"}), QString("pair.a"));
  }

 private:
  query_view::Registry views_{"query view"};
};

QTEST_MAIN(ShortcutTest)
#include "shortcut_test.moc"
