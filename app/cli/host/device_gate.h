// One device, one step at a time: jobs run on threads of their own, but only the one that holds the gate
// computes. A job lets more urgent ones pass between its steps. Among equals the one that came first goes on
// to its end, so what a job computes never depends on the others. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <stop_token>
#include <utility>

#include "core/types/job.h"

namespace plumbline {

class DeviceGate {
 public:
  // Holds the gate while it lives. Waiting for it ends with Error(kCancelled) on a stop request.
  class Pass {
   public:
    Pass(DeviceGate& gate, JobPriority priority, std::stop_token stop);
    ~Pass();
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

    // Does someone more urgent wait? Cheap; called before each step.
    bool othersWait() const;
    // Lets all of them pass, then holds the gate again.
    void letOthersPass();

   private:
    using Place = std::pair<int, std::uint64_t>;
    void enter(bool throws);
    void leave();

    DeviceGate& gate_;
    Place place_;
    std::stop_token stop_;
  };

 private:
  friend class Pass;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::set<std::pair<int, std::uint64_t>> waiting_;  // priority, arrival
  bool held_ = false;
  std::uint64_t arrivals_ = 0;
};

}  // namespace plumbline
