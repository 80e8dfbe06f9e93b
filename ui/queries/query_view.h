// How a query type is shown and answered: one file <id>.cpp in this folder per type of
// core/types/query_types, and its id in the folder's CMakeLists.txt. A view shows one prepared query and says
// answered(value) with a value as the type defines it; queue, undo, storage, timing and skip belong to the
// page. UI thread only. Views never take the keyboard focus: the page reads the keys and calls press() and
// release() with the actions that the type declares.
#pragma once

#include <QWidget>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "core/types/registry.h"
#include "db/stores/answer_store.h"
#include "db/stores/query_store.h"
#include "ui/commands/shortcut_table.h"
#include "ui/models/picture_loader.h"
#include "ui/studio_context.h"

namespace plumbline {

// A query whose pictures are decoded. previous: what this annotator answered before, when he has gone back to
// it.
struct PreparedQuery {
  QueryRow row;
  std::vector<LoadedPicture> pictures;  // as row.images
  std::optional<AnswerRow> previous;
  bool editing = false;  // previous still counts and will be superseded
  nlohmann::json draft;  // what the view had not sent when the query was left (QueryView::draft()), or null
};

namespace query_view {

class QueryView : public QWidget {
  Q_OBJECT

 public:
  explicit QueryView(QWidget* parent) : QWidget(parent) {}

  virtual QString question(const QueryRow& query) const = 0;
  virtual void present(const PreparedQuery& query) = 0;
  // The key of a declared action went down (no repeats), or its button was clicked.
  virtual void press(const QString& action) = 0;
  virtual void release(const QString&) {}
  // The answer is committed or the query was left: stop timers, forget held keys.
  virtual void leave() {}
  // What would be lost if the query were left now, in the form of an answer; null if there is nothing.
  virtual nlohmann::json draft() const { return nullptr; }
  // An answer is on its way (until present() or leave()), or was refused: meanwhile nothing may change.
  virtual void setSaving(bool) {}

 Q_SIGNALS:
  void answered(const nlohmann::json& value);
};

struct Reason {
  QString id;     // as stored
  QString title;  // on its button
};

struct MouseHint {
  QString gesture;  // "Wheel", translated
  QString title;
};

struct QueryViewType {
  Descriptor descriptor;                // title: wrapped in QT_TRANSLATE_NOOP("query_view", ...)
  std::vector<ShortcutAction> actions;  // ids begin with "<type>."
  QStringList answers;                  // ids of actions that are shown as answer buttons, in order
  std::vector<Reason> reasons;          // keys are the actions "<type>.reason_1" ...
  std::vector<MouseHint> mouse;         // for the key table
  std::function<QueryView*(StudioContext&, QWidget* parent)> create;
};

using Registry = plumbline::Registry<QueryViewType>;
void registerAll(Registry& registry);

// Q W E R T for the reasons that pair and binary share.
const std::vector<Reason>& commonReasons();
void addReasonActions(QueryViewType& type);

}  // namespace query_view
}  // namespace plumbline
