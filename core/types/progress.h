// How long work reports itself. The sink is called from the thread that works; implementations limit the rate.
#pragma once

#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>

#include "core/types/error.h"

namespace plumbline {

class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  // done of total units; phase is a few words for the user ("sampling", "reward heads").
  virtual void progress(const std::string& phase, std::int64_t done, std::int64_t total) = 0;
  // A measured number at a step of the run, for curves.
  virtual void metric(const std::string& name, std::int64_t step, double value) = 0;
  // A file that the work has finished writing.
  virtual void artifact(const std::string& kind, const std::string& path) = 0;
  virtual void warning(const std::string& message) = 0;
};

class SilentSink : public ProgressSink {
 public:
  void progress(const std::string&, std::int64_t, std::int64_t) override {}
  void metric(const std::string&, std::int64_t, double) override {}
  void artifact(const std::string&, const std::string&) override {}
  void warning(const std::string&) override {}
};

// Every loop polls; cancel takes effect within one step.
inline void throwIfStopped(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error(ErrorKind::kCancelled, "cancelled");
}

}  // namespace plumbline
