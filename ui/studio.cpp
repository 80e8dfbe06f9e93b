#include "ui/studio.h"

#include "db/project.h"
#include "db/stores/async_answer_writer.h"
#include "ui/commands/studio_shortcuts.h"
#include "ui/data_hub.h"
#include "ui/models/db_thread.h"

namespace plumbline {
namespace {

constexpr int kWatchMs = 1000;

}  // namespace

QString defaultAnnotator() {
  QString name = qEnvironmentVariable("USER");
  if (name.isEmpty()) name = qEnvironmentVariable("USERNAME");
  return name.isEmpty() ? QStringLiteral("annotator") : name;
}

Studio::Studio(const QString& folder, std::unique_ptr<QSettings> settings)
    : settings_(std::move(settings)),
      project_(Project::open(folder.toStdString(), OpenAs::kWindow)),
      hub_(std::make_unique<DataHub>()),
      shortcuts_(std::make_unique<ShortcutTable>(settings_.get())) {
  page::registerAll(pages_);
  query_view::registerAll(queryViews_);
  declareShortcuts(*shortcuts_, queryViews_);
  context_.projectPath = folder;
  context_.annotator = settings_->value("annotator", defaultAnnotator()).toString();
  // Before the window exists, so the one place where the UI thread may wait for the store.
  context_.annotatorId = project_->annotators().ensure({.name = context_.annotator.toStdString()});
  context_.session = project_->annotators().startSession(context_.annotatorId);
  project_->jobs().markInterrupted();
  answers_ = std::make_unique<AsyncAnswerWriter>(*project_);
  pictures_ = std::make_unique<PictureLoader>(*project_);
  database_ = std::make_unique<DbThread>(*project_);
  context_.project = project_.get();
  context_.answers = answers_.get();
  context_.pictures = pictures_.get();
  context_.database = database_.get();
  context_.hub = hub_.get();
  context_.shortcuts = shortcuts_.get();
  context_.queryViews = &queryViews_;
  context_.settings = settings_.get();
  connect(database_.get(), &DbThread::failed, hub_.get(), &DataHub::failure);
  connect(pictures_.get(), &PictureLoader::broken, hub_.get(), &DataHub::failure);
  watchChanges();
}

Studio::~Studio() {
  watch_.stop();
  answers_.reset();  // writes what was handed over
  database_.reset();
  pictures_.reset();
  try {
    project_->queries().releaseLeases(context_.annotatorId);
    project_->annotators().endSession(context_.session);
  } catch (const Error&) {
    // The lease expires by itself; a session without an end is one that was killed.
  }
}

void Studio::watchChanges() {
  const auto poll = [this] {
    database_->run(
        this, [](Project& p) { return p.changeCounter(); },
        [this](std::int64_t counter) {
          if (counter == changes_) return;
          const bool first = changes_ < 0;
          changes_ = counter;
          if (first) return;
          // Which table it was is not known; whoever is shown reads again.
          Q_EMIT hub_->queriesChanged();
          Q_EMIT hub_->imagesChanged();
          Q_EMIT hub_->jobsChanged();
          Q_EMIT hub_->runsChanged();
          Q_EMIT hub_->rewardChanged();
        });
  };
  connect(&watch_, &QTimer::timeout, this, poll);
  watch_.start(kWatchMs);
  poll();  // now, or what changes before the first tick would pass for the state at the start
}

}  // namespace plumbline
