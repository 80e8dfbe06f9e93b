#include "app/cli/host/line_channel.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>

namespace plumbline {
namespace {

constexpr std::size_t kLongestLine = 16u << 20;
constexpr int kPollMilliseconds = 100;

}  // namespace

void EventWriter::write(const Json& event) {
  const std::string line = event.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  const std::lock_guard lock(mutex_);
  for (std::size_t at = 0; at < line.size();) {
    const ssize_t n = ::write(fd_, line.data() + at, line.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    at += std::size_t(n);
  }
}

void readLines(int fd, std::stop_token stop, const std::function<void(std::string)>& line,
               const std::function<void()>& ended) {
  std::string buffer;
  char block[65536];
  while (!stop.stop_requested()) {
    pollfd waiting{fd, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, kPollMilliseconds);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t n = ready < 0 ? -1 : ::read(fd, block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    buffer.append(block, std::size_t(n));
    std::size_t begin = 0;
    for (std::size_t end; (end = buffer.find('\n', begin)) != std::string::npos; begin = end + 1) {
      line(buffer.substr(begin, end - begin));
    }
    buffer.erase(0, begin);
    if (buffer.size() > kLongestLine) buffer.resize(kLongestLine);
  }
  ended();
}

void EventSink::send(const std::string& event, const Json& fields) {
  Json line{{"event", event}};
  line.update(base_);
  line.update(fields);
  writer_.write(line);
}

void EventSink::progress(const std::string& phase, std::int64_t done, std::int64_t total) {
  const auto report = rate_.due(phase, done, total);
  if (!report) return;
  Json fields{{"phase", phase}, {"done", done}, {"total", total}, {"rate", report->rate}};
  if (report->secondsLeft >= 0) fields["seconds_left"] = report->secondsLeft;
  send("progress", fields);
}

void EventSink::metric(const std::string& name, std::int64_t step, double value) {
  // JSON has no NaN: null says that there was a value and that it was none.
  send("metric", {{"name", name}, {"step", step}, {"value", std::isfinite(value) ? Json(value) : Json()}});
}

void EventSink::artifact(const std::string& kind, const std::string& path) {
  send("artifact", {{"kind", kind}, {"path", path}});
}

void EventSink::warning(const std::string& message) {
  send("warning", {{"message", message}});
}

}  // namespace plumbline
