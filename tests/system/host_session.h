// A running `plumbline serve` and a conversation with it.
#pragma once

#include <QElapsedTimer>
#include <functional>
#include <vector>

#include "tests/system/program.h"

namespace plumbline {

class HostSession {
 public:
  explicit HostSession(const QString& project, const QStringList& more = {}) {
    process_.start(programPath(), QStringList{"serve", "--project", project} + more);
  }
  ~HostSession() {
    if (process_.state() == QProcess::NotRunning) return;
    process_.kill();
    process_.waitForFinished();
  }

  void send(const QByteArray& line) {
    process_.write(line + "\n");
    process_.waitForBytesWritten();
  }

  // Reads until an event fits; everything read is kept. An empty object after the time is up.
  QJsonObject waitFor(const std::function<bool(const QJsonObject&)>& fits, int milliseconds = 30000) {
    QElapsedTimer timer;
    timer.start();
    for (;;) {
      while (process_.canReadLine()) {
        const QJsonObject event = QJsonDocument::fromJson(process_.readLine()).object();
        events_.push_back(event);
        if (fits(event)) return event;
      }
      const int left = milliseconds - int(timer.elapsed());
      if (left <= 0 || (process_.state() == QProcess::NotRunning && process_.bytesAvailable() == 0))
        return {};
      process_.waitForReadyRead(left);
    }
  }
  QJsonObject waitForEvent(const QString& name, int milliseconds = 30000) {
    return waitFor([&](const QJsonObject& e) { return e["event"] == name; }, milliseconds);
  }
  // The last event of a request; "error" if it was refused.
  QJsonObject waitForEnd(int request, int milliseconds = 60000) {
    return waitFor(
        [&](const QJsonObject& e) {
          const QString name = e["event"].toString();
          return e["request"].toInt() == request &&
                 (name == "succeeded" || name == "failed" || name == "cancelled" || name == "error");
        },
        milliseconds);
  }
  int countOf(const QString& name, int request) const {
    int count = 0;
    for (const QJsonObject& e : events_) count += e["event"] == name && e["request"].toInt() == request;
    return count;
  }

  QProcess& process() { return process_; }
  const std::vector<QJsonObject>& events() const { return events_; }

 private:
  QProcess process_;
  std::vector<QJsonObject> events_;
};

}  // namespace plumbline
