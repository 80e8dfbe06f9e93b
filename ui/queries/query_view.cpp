#include "ui/queries/query_view.h"

#include <QCoreApplication>

namespace plumbline::query_view {

const std::vector<Reason>& commonReasons() {
  static const char* const kTitles[][2] = {{"count", QT_TRANSLATE_NOOP("query_view", "count")},
                                           {"colour", QT_TRANSLATE_NOOP("query_view", "colour")},
                                           {"place", QT_TRANSLATE_NOOP("query_view", "place")},
                                           {"artifact", QT_TRANSLATE_NOOP("query_view", "artifact")},
                                           {"unsafe", QT_TRANSLATE_NOOP("query_view", "unsafe")}};
  static const std::vector<Reason> kReasons = [] {
    std::vector<Reason> reasons;
    for (const auto& [id, title] : kTitles)
      reasons.push_back({id, QCoreApplication::translate("query_view", title)});
    return reasons;
  }();
  return kReasons;
}

void addReasonActions(QueryViewType& type) {
  static const Qt::Key kKeys[] = {Qt::Key_Q, Qt::Key_W, Qt::Key_E, Qt::Key_R, Qt::Key_T};
  const QString context = QString::fromStdString(type.descriptor.id);
  for (std::size_t i = 0; i < type.reasons.size() && i < std::size(kKeys); ++i) {
    ShortcutAction action;
    action.id = QStringLiteral("%1.reason_%2").arg(context).arg(i + 1);
    action.context = context;
    action.title = QCoreApplication::translate("query_view", "Reason: %1").arg(type.reasons[i].title);
    action.defaults = {QKeySequence(kKeys[i]), QKeySequence()};
    type.actions.push_back(std::move(action));
  }
}

}  // namespace plumbline::query_view
