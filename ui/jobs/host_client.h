// The device host as the window sees it: starts `plumbline serve` for the project, writes requests, reads
// events (resources/docs/protocol.md). Events are hints; the job rows count. If the process dies it is
// started again, a few times; requests given before it greets are kept until then. UI thread. The destructor
// asks it to shut down (running jobs checkpoint and become paused) and waits a bounded time.
#pragma once

#include <QByteArray>
#include <QMap>
#include <QObject>
#include <QProcess>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace plumbline {

class HostClient : public QObject {
  Q_OBJECT

 public:
  struct Launch {
    QString program;  // the plumbline program
    QString project;  // folder
    QString device = "cpu";
    int queueTarget = 32;    // queries kept ready for annotators
    int patienceMs = 15000;  // for an orderly end
  };

  explicit HostClient(Launch launch, QObject* parent = nullptr);
  ~HostClient() override;

  void start();
  void startAgain();  // after lost(): with as many attempts as at first
  void shutdown();
  bool isReady() const { return ready_; }
  const QString& program() const { return launch_.program; }
  qint64 processId() const { return process_.processId(); }

  void run(qint64 job);
  void cancel(qint64 job);
  void pause(qint64 job);
  void finish(qint64 job);  // stop and save
  void setQueueTarget(int target);
  // {"prompt", "seed", ...}; returns the request's number, which previewReady() and previewFailed() repeat.
  qint64 preview(const nlohmann::json& settings);
  void cancelPreview(qint64 request);

 Q_SIGNALS:
  void ready(const QString& device, const QString& model, const QString& engine);
  void accepted(qint64 job);
  void progress(qint64 job, const QString& phase, qint64 done, qint64 total, int secondsLeft);
  void metric(qint64 job, const QString& name, qint64 step, double value);
  void artifact(qint64 job, const QString& kind, const QString& path);
  void warning(qint64 job, const QString& message);
  void succeeded(qint64 job, const nlohmann::json& result);
  void failed(qint64 job, const QString& message);
  void cancelled(qint64 job, const QString& state);
  void queueChanged(int ready, int target);
  void previewReady(qint64 request, const QString& path);
  void previewFailed(qint64 request, const QString& message);
  // The process is not there: it ended, or could not be started. It may be started again by itself.
  void gone();
  // The host cannot be started, or died too often: what to tell the user. After gone().
  void lost(const QString& reason);

 private:
  void send(nlohmann::json request);
  void readLines();
  void handle(const nlohmann::json& event);
  void handlePreview(const std::string& name, const nlohmann::json& event, qint64 request);
  void ended();

  Launch launch_;
  QProcess process_;
  QByteArray buffer_;
  std::vector<std::string> waiting_;  // lines for a host that has not greeted yet
  qint64 lastRequest_ = 0;
  QMap<qint64, QString> previews_;  // request to the picture's path, once it is known
  QString lastWords_;               // of stderr
  int starts_ = 0;
  bool ready_ = false, closing_ = false;
};

}  // namespace plumbline
