#include "ui/commands/studio_shortcuts.h"

#include <QCoreApplication>

namespace plumbline {
namespace {

ShortcutAction annotateAction(const char* id, const char* title, QKeySequence first,
                              QKeySequence second = {}) {
  return {QLatin1String(id), "annotate", QCoreApplication::translate("shortcuts", title), {first, second}};
}

}  // namespace

void declareShortcuts(ShortcutTable& table, const query_view::Registry& views) {
  for (const auto& view : views.all()) {
    for (const ShortcutAction& action : view->actions) table.declare(action);
  }
  table.declare(annotateAction("annotate.skip", QT_TRANSLATE_NOOP("shortcuts", "Skip"), Qt::Key_S));
  table.declare(annotateAction("annotate.undo", QT_TRANSLATE_NOOP("shortcuts", "Take back the last answer"),
                               Qt::Key_Backspace, QKeySequence("Ctrl+Z")));
  table.declare(annotateAction(
      "annotate.back", QT_TRANSLATE_NOOP("shortcuts", "Leave a changed answer as it was"), Qt::Key_Escape));
  table.declare(annotateAction("annotate.guide", QT_TRANSLATE_NOOP("shortcuts", "Guideline"), Qt::Key_G));
  table.declare(annotateAction("annotate.keys", QT_TRANSLATE_NOOP("shortcuts", "This table"),
                               Qt::Key_Question, Qt::Key_F1));
  table.declare(annotateAction("annotate.pause", QT_TRANSLATE_NOOP("shortcuts", "Pause"), Qt::Key_P,
                               QKeySequence("Ctrl+P")));
}

}  // namespace plumbline
