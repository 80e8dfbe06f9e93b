#include "ui/jobs/host_client.h"

#include <QTimer>
#include <utility>

#include "ui/json_values.h"

namespace plumbline {
namespace {

constexpr int kMostStarts = 4;
constexpr int kRestartMs = 1500;
constexpr qsizetype kLongestLine = 64 * 1024 * 1024;

}  // namespace

HostClient::HostClient(Launch launch, QObject* parent) : QObject(parent), launch_(std::move(launch)) {
  connect(&process_, &QProcess::readyReadStandardOutput, this, &HostClient::readLines);
  connect(&process_, &QProcess::readyReadStandardError, this, [this] {
    const QString words = QString::fromLocal8Bit(process_.readAllStandardError()).trimmed();
    if (!words.isEmpty()) lastWords_ = words.section('\n', -1);
  });
  connect(&process_, &QProcess::finished, this, &HostClient::ended);
  connect(&process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) {
      Q_EMIT gone();
      Q_EMIT lost(tr("The program %1 could not be started; build it, or reinstall.").arg(launch_.program));
    }
  });
}

HostClient::~HostClient() {
  process_.disconnect(this);
  shutdown();
}

void HostClient::start() {
  if (process_.state() != QProcess::NotRunning) return;
  ++starts_;
  ready_ = false;
  buffer_.clear();
  process_.start(launch_.program, {"serve", "--device", launch_.device, "--project", launch_.project,
                                   "--queue-target", QString::number(launch_.queueTarget)});
}

void HostClient::startAgain() {
  starts_ = 0;
  start();
}

void HostClient::shutdown() {
  closing_ = true;
  if (process_.state() == QProcess::NotRunning) return;
  process_.write("{\"command\":\"shutdown\"}\n");
  process_.closeWriteChannel();
  if (process_.waitForFinished(launch_.patienceMs)) return;
  // Rows and checkpoints bear a kill; an orderly end was only kinder.
  process_.terminate();
  if (!process_.waitForFinished(2000)) {
    process_.kill();
    process_.waitForFinished(1000);
  }
}

void HostClient::run(qint64 job) {
  send({{"command", "run"}, {"job", job}});
}
void HostClient::cancel(qint64 job) {
  send({{"command", "cancel"}, {"job", job}});
}
void HostClient::pause(qint64 job) {
  send({{"command", "pause"}, {"job", job}});
}
void HostClient::finish(qint64 job) {
  send({{"command", "finish"}, {"job", job}});
}
void HostClient::setQueueTarget(int target) {
  send({{"command", "queue"}, {"target", target}});
}

qint64 HostClient::preview(const nlohmann::json& settings) {
  nlohmann::json request = settings;
  request["command"] = "preview";
  send(std::move(request));
  previews_.insert(lastRequest_, QString());
  return lastRequest_;
}

void HostClient::cancelPreview(qint64 request) {
  send({{"command", "cancel"}, {"request", request}});
}

void HostClient::send(nlohmann::json request) {
  request["id"] = ++lastRequest_;
  const std::string line = request.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (!ready_) {
    waiting_.push_back(line);
    return;
  }
  process_.write(line.data(), qint64(line.size()));
}

void HostClient::readLines() {
  buffer_ += process_.readAllStandardOutput();
  for (qsizetype end = buffer_.indexOf('\n'); end >= 0; end = buffer_.indexOf('\n')) {
    const QByteArray line = buffer_.left(end);
    buffer_.remove(0, end + 1);
    const nlohmann::json event = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
    if (event.is_object()) handle(event);  // anything else is no event and changes nothing
  }
  if (buffer_.size() > kLongestLine) buffer_.clear();
}

void HostClient::handle(const nlohmann::json& event) {
  const std::string name = event.value("event", "");
  const qint64 request = jsonWhole(event, "request", -1);
  if (previews_.contains(request) && !event.contains("job")) return handlePreview(name, event, request);
  const qint64 job = jsonWhole(event, "job");
  if (name == "hello") {
    ready_ = true;
    for (const std::string& line : std::exchange(waiting_, {}))
      process_.write(line.data(), qint64(line.size()));
    Q_EMIT ready(jsonText(event, "device"), jsonText(event, "model"), jsonText(event, "engine"));
  } else if (name == "accepted") {
    Q_EMIT accepted(job);
  } else if (name == "progress") {
    Q_EMIT progress(job, jsonText(event, "phase"), jsonWhole(event, "done"), jsonWhole(event, "total"),
                    int(jsonWhole(event, "seconds_left", -1)));
  } else if (name == "metric") {
    const auto value = event.find("value");
    if (value != event.end() && value->is_number()) {
      Q_EMIT metric(job, jsonText(event, "name"), jsonWhole(event, "step"), value->get<double>());
    }
  } else if (name == "artifact") {
    Q_EMIT artifact(job, jsonText(event, "kind"), jsonText(event, "path"));
  } else if (name == "warning") {
    Q_EMIT warning(job, jsonText(event, "message"));
  } else if (name == "succeeded") {
    starts_ = 1;  // it works: later deaths get their own attempts
    Q_EMIT succeeded(job, event.value("result", nlohmann::json::object()));
  } else if (name == "failed" || name == "error") {
    Q_EMIT failed(job, jsonText(event, "message"));
  } else if (name == "cancelled") {
    Q_EMIT cancelled(job, jsonText(event, "state"));
  } else if (name == "queue") {
    Q_EMIT queueChanged(int(jsonWhole(event, "ready")), int(jsonWhole(event, "target")));
  }
}

void HostClient::handlePreview(const std::string& name, const nlohmann::json& event, qint64 request) {
  if (name == "artifact") {
    previews_[request] = jsonText(event, "path");
  } else if (name == "succeeded") {
    Q_EMIT previewReady(request, previews_.take(request));
  } else if (name == "failed" || name == "error") {
    previews_.remove(request);
    Q_EMIT previewFailed(request, jsonText(event, "message"));
  } else if (name == "cancelled") {
    previews_.remove(request);
  }
}

void HostClient::ended() {
  ready_ = false;
  if (closing_) return;
  Q_EMIT gone();
  if (starts_ >= kMostStarts) {
    const QString why = lastWords_.isEmpty() ? tr("no reason given") : lastWords_;
    Q_EMIT lost(
        tr("The device host ended again and again (%1); answers are safe, but nothing new is drawn until it "
           "is started again.")
            .arg(why));
    return;
  }
  QTimer::singleShot(kRestartMs * starts_, this, [this] {
    if (!closing_) start();
  });
}

}  // namespace plumbline
