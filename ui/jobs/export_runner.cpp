#include "ui/jobs/export_runner.h"

#include <chrono>

#include "db/export/export_format.h"
#include "db/project.h"
#include "ui/data_hub.h"
#include "ui/jobs/host_client.h"
#include "ui/models/db_thread.h"

namespace plumbline {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kBeat = std::chrono::milliseconds(250);
constexpr const char* kJobKind = "export_data";

// Writes progress into the row and obeys what the row is asked.
class RowSink : public SilentSink {
 public:
  RowSink(Project& project, std::int64_t job, std::stop_source stop)
      : project_(project), job_(job), stop_(std::move(stop)) {}

  void progress(const std::string& phase, std::int64_t done, std::int64_t total) override {
    progress_ = {phase, done, total};
    const auto now = Clock::now();
    if (now < next_) return;
    next_ = now + kBeat;
    beat();
  }
  void beat() {
    requests_ = project_.jobs().heartbeat(job_, progress_);
    if (requests_.cancel || requests_.pause || requests_.lost) stop_.request_stop();
  }
  const JobRequests& requests() const { return requests_; }

 private:
  Project& project_;
  std::int64_t job_;
  std::stop_source stop_;
  JobProgress progress_;
  JobRequests requests_;
  Clock::time_point next_{};
};

// On its own thread, from claimed row to final state.
void writeExport(Project& project, const JobRow& job, std::stop_token closing) {
  std::stop_source stop;
  const std::stop_callback onClose(closing, [&stop] { stop.request_stop(); });
  RowSink sink(project, job.id, stop);
  try {
    export_format::Registry formats("export format");
    export_format::registerAll(formats);
    const export_format::ExportResult result = export_format::run(
        formats, job.spec.at("format").get<std::string>(), project, job.spec.at("out").get<std::string>(),
        job.spec.at("settings"), sink, stop.get_token());
    sink.beat();
    project.jobs().succeed(job.id, result.toJson());
  } catch (const Error& e) {
    if (sink.requests().lost) return;
    if (e.kind() != ErrorKind::kCancelled) return project.jobs().fail(job.id, e.message());
    if (sink.requests().cancel) return project.jobs().cancelled(job.id);
    project.jobs().paused(job.id);
  } catch (const std::exception& e) {
    project.jobs().fail(job.id, std::string("internal error: ") + e.what());
  }
}

}  // namespace

ExportRunner::ExportRunner(StudioContext& context, QObject* parent) : QObject(parent), context_(context) {}

ExportRunner::~ExportRunner() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();  // joins
}

void ExportRunner::start(const QString& format, const QString& title, const QString& out,
                         const nlohmann::json& settings) {
  const bool here = !context_.host || !context_.host->isReady();
  JobRow job;
  job.kind = kJobKind;
  job.title = title.toStdString();
  job.spec = {{"format", format.toStdString()}, {"out", out.toStdString()}, {"settings", settings}};
  job.priority = JobPriority::kScoring;
  context_.database->run(
      this,
      [job, here](Project& p) {
        const std::int64_t id = p.jobs().enqueue(job);
        if (here) p.jobs().claimJob(id);  // at once, or a host that greets now would take it too
        return id;
      },
      [this, here](std::int64_t id) {
        if (here) runHere(id);
        Q_EMIT context_.hub->jobsChanged();
        Q_EMIT started(id);
      },
      [this](const Error& e) { Q_EMIT refused(QString::fromStdString(e.message())); });
}

void ExportRunner::runHere(std::int64_t id) {
  Project* project = context_.project;
  threads_.emplace_back([this, project, id](std::stop_token closing) {
    QString failure;
    try {
      if (const auto job = project->jobs().find(id)) writeExport(*project, *job, std::move(closing));
    } catch (const Error& e) {
      failure = QString::fromStdString(e.message());  // the row itself could not be written
    }
    QMetaObject::invokeMethod(this, [this, failure] {
      Q_EMIT context_.hub->jobsChanged();
      if (!failure.isEmpty()) Q_EMIT context_.hub->failure(failure);
    });
  });
}

}  // namespace plumbline
