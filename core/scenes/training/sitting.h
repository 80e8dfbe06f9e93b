// One sitting of a stage of train-base: how far it is, by the clock or by a number of steps, when it is over,
// and when the weights are due to be written. For one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "core/types/progress.h"

namespace plumbline::training {

class Sitting {
 public:
  // Begins now and lasts so many seconds, above 0, or, where steps is not 0, so many steps.
  Sitting(double seconds, std::int64_t steps, std::stop_token stop);

  void stepDone() { ++done_; }
  double share() const;           // done of the whole, from 0; 1 and more once it is over
  bool over() const;              // at its end, or asked to stop
  double stepsPerSecond() const;  // 0 where stepDone() is not called
  // Saves where the last time, or the beginning, is more than interval seconds ago.
  void saveIfDue(const std::function<void()>& save, double interval = 300);
  void tell(ProgressSink& progress, const std::string& stage) const;

 private:
  using Clock = std::chrono::steady_clock;

  double elapsed() const;  // seconds

  Clock::time_point start_ = Clock::now(), saved_ = start_;
  double seconds_;
  std::int64_t steps_, done_ = 0;
  std::stop_token stop_;
};

}  // namespace plumbline::training
