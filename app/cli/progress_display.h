// Progress of a command on stderr: a bar on a terminal, JSON lines on request, at most ten times a second,
// with rate and time left. Used by one thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "core/types/progress.h"

namespace plumbline {

// Decides which progress reports go out and measures how fast the work goes; a new phase starts anew.
class ProgressRate {
 public:
  struct Report {
    double rate = 0;          // units a second, smoothed; 0 = not yet known
    double secondsLeft = -1;  // -1 = not yet known
  };
  // A report is due at the first and last unit of a phase and at most ten times a second between.
  std::optional<Report> due(const std::string& phase, std::int64_t done, std::int64_t total);

 private:
  using Clock = std::chrono::steady_clock;
  std::string phase_;
  Clock::time_point start_, last_;
  std::int64_t startDone_ = 0;
  bool any_ = false;
};

// mode: "auto" (bar on a terminal, else nothing), "bar", "json", "none".
std::unique_ptr<ProgressSink> makeProgressDisplay(const std::string& mode);

}  // namespace plumbline
