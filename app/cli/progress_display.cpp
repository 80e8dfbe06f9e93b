#include "app/cli/progress_display.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <iostream>

namespace plumbline {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);

class JsonDisplay : public ProgressSink {
 public:
  void progress(const std::string& phase, std::int64_t done, std::int64_t total) override {
    const auto report = rate_.due(phase, done, total);
    if (!report) return;
    nlohmann::json line{
        {"event", "progress"}, {"phase", phase}, {"done", done}, {"total", total}, {"rate", report->rate}};
    if (report->secondsLeft >= 0) line["seconds_left"] = report->secondsLeft;
    write(line);
  }
  void metric(const std::string& name, std::int64_t step, double value) override {
    write({{"event", "metric"}, {"name", name}, {"step", step}, {"value", value}});
  }
  void artifact(const std::string& kind, const std::string& path) override {
    write({{"event", "artifact"}, {"kind", kind}, {"path", path}});
  }
  void warning(const std::string& message) override { write({{"event", "warning"}, {"message", message}}); }

 private:
  static void write(const nlohmann::json& line) {
    std::cerr << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n" << std::flush;
  }
  ProgressRate rate_;
};

class BarDisplay : public ProgressSink {
 public:
  ~BarDisplay() override { endLine(); }
  void progress(const std::string& phase, std::int64_t done, std::int64_t total) override {
    const auto report = rate_.due(phase, done, total);
    if (!report) return;
    if (phase != phase_) endLine();
    phase_ = phase;
    const int filled = total > 0 ? int(kWidth * std::min(done, total) / total) : 0;
    std::string line = "\r" + phase + " [" + std::string(filled, '#') + std::string(kWidth - filled, '.') +
                       "] " + std::to_string(done) + "/" + std::to_string(total);
    char text[64];
    if (report->rate > 0) {
      std::snprintf(text, sizeof text, "  %.1f/s", report->rate);
      line += text;
    }
    if (report->secondsLeft >= 0) {
      const auto seconds = std::int64_t(std::ceil(report->secondsLeft));
      std::snprintf(text, sizeof text, "  %lld:%02lld left", static_cast<long long>(seconds / 60),
                    static_cast<long long>(seconds % 60));
      line += text;
    }
    std::cerr << line << "\033[K" << std::flush;
    open_ = true;
    if (done >= total) endLine();
  }
  void metric(const std::string&, std::int64_t, double) override {}
  void artifact(const std::string&, const std::string&) override {}
  void warning(const std::string& message) override {
    endLine();
    std::cerr << "warning: " << message << std::endl;
  }

 private:
  static constexpr int kWidth = 30;
  void endLine() {
    if (open_) std::cerr << std::endl;
    open_ = false;
  }
  ProgressRate rate_;
  std::string phase_;
  bool open_ = false;
};

// Warnings still reach people when nothing else is shown.
class QuietDisplay : public SilentSink {
 public:
  void warning(const std::string& message) override {
    std::cerr << "warning: " + message + "\n" << std::flush;
  }
};

}  // namespace

std::optional<ProgressRate::Report> ProgressRate::due(const std::string& phase, std::int64_t done,
                                                      std::int64_t total) {
  const auto now = Clock::now();
  if (!any_ || phase != phase_ || done < startDone_) {
    any_ = true;
    phase_ = phase;
    start_ = last_ = now;
    startDone_ = done;
    return Report{};
  }
  if (done < total && now - last_ < kInterval) return std::nullopt;
  last_ = now;
  Report report;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  if (done > startDone_ && seconds > 0) {
    report.rate = double(done - startDone_) / seconds;
    report.secondsLeft = double(std::max<std::int64_t>(total - done, 0)) / report.rate;
  }
  return report;
}

std::unique_ptr<ProgressSink> makeProgressDisplay(const std::string& mode) {
  if (mode == "json") return std::make_unique<JsonDisplay>();
  if (mode == "bar" || (mode == "auto" && isatty(STDERR_FILENO))) return std::make_unique<BarDisplay>();
  if (mode == "none") return std::make_unique<SilentSink>();
  return std::make_unique<QuietDisplay>();
}

}  // namespace plumbline
