// Everything behind a window, for one open project: its lock, its threads, the registries, the settings.
// Opening throws plumbline::Error with the line to show (already open elsewhere, not a project, damaged, too
// new). Closing first writes every answer that was given. UI thread.
#pragma once

#include <QObject>
#include <QTimer>
#include <memory>

#include "ui/pages/page.h"
#include "ui/queries/query_view.h"
#include "ui/studio_context.h"

namespace plumbline {

class Studio : public QObject {
  Q_OBJECT

 public:
  // settings: where this person's preferences are kept; taken over.
  Studio(const QString& folder, std::unique_ptr<QSettings> settings);
  ~Studio() override;

  StudioContext& context() { return context_; }
  const page::Registry& pages() const { return pages_; }
  // The device host, owned by the caller; may be null.
  void setHost(HostClient* host) { context_.host = host; }

 private:
  void watchChanges();

  std::unique_ptr<QSettings> settings_;
  std::unique_ptr<Project> project_;
  page::Registry pages_{"page"};
  query_view::Registry queryViews_{"query view"};
  std::unique_ptr<DataHub> hub_;
  std::unique_ptr<ShortcutTable> shortcuts_;
  std::unique_ptr<AsyncAnswerWriter> answers_;
  std::unique_ptr<PictureLoader> pictures_;
  std::unique_ptr<DbThread> database_;
  StudioContext context_;
  QTimer watch_;
  std::int64_t changes_ = -1;
};

// The name under which this person's answers are stored unless the settings say otherwise.
QString defaultAnnotator();

}  // namespace plumbline
