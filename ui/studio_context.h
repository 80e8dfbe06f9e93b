// What every page is handed: the open project, the way to its data, the device host, the news, the settings.
// Owned by main (or a test), outlives the window. UI thread only; `database` and `pictures` hop to their
// threads.
#pragma once

#include <QSettings>
#include <QString>
#include <cstdint>

namespace plumbline {

class AsyncAnswerWriter;
class DataHub;
class DbThread;
class HostClient;
class PictureLoader;
class Project;
class ShortcutTable;
template <class Variant>
class Registry;
namespace query_view {
struct QueryViewType;
}

struct StudioContext {
  QString projectPath;                // folder of the project
  QString annotator;                  // name under which this person's answers are stored
  std::int64_t annotatorId = 0;       // its row
  std::int64_t session = 0;           // this sitting's row
  Project* project = nullptr;         // only to be handed to other threads: the UI thread never calls it
  DbThread* database = nullptr;       // runs functions on the one database thread (ui/models/db_thread.h)
  PictureLoader* pictures = nullptr;  // decodes pictures off the UI thread (ui/models/picture_loader.h)
  AsyncAnswerWriter* answers =
      nullptr;                 // commits answers in order, reports each (db/stores/async_answer_writer.h)
  HostClient* host = nullptr;  // device host, null where none was started (tests, label-only projects)
  DataHub* hub = nullptr;      // "data changed" and requests between pages (ui/data_hub.h)
  ShortcutTable* shortcuts = nullptr;  // two keys per action (ui/commands/shortcut_table.h)
  const Registry<query_view::QueryViewType>* queryViews = nullptr;  // how each query type is shown
  QSettings* settings = nullptr;
};

}  // namespace plumbline
