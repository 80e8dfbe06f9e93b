// One JSON object per line, both ways (resources/docs/protocol.md).
#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/progress_display.h"
#include "core/types/parameter_schema.h"

namespace plumbline {

// Writes events; thread-safe, each event is one write. A reader that went away is no error: rows count, not
// events.
class EventWriter {
 public:
  explicit EventWriter(int fd) : fd_(fd) {}
  void write(const Json& event);

 private:
  std::mutex mutex_;
  int fd_;
};

// Reads lines until end of input or a stop request and hands each one over; then calls `ended`.
// A line longer than 16 MiB is cut there, so that a broken peer cannot fill the memory.
void readLines(int fd, std::stop_token stop, const std::function<void(std::string)>& line,
               const std::function<void()>& ended);

// A job's events on the wire; `base` is in each of them ("job", "request").
class EventSink : public ProgressSink {
 public:
  EventSink(EventWriter& writer, Json base) : writer_(writer), base_(std::move(base)) {}
  void progress(const std::string& phase, std::int64_t done, std::int64_t total) override;
  void metric(const std::string& name, std::int64_t step, double value) override;
  void artifact(const std::string& kind, const std::string& path) override;
  void warning(const std::string& message) override;
  void send(const std::string& event, const Json& fields = Json::object());

 private:
  EventWriter& writer_;
  Json base_;
  ProgressRate rate_;
};

}  // namespace plumbline
