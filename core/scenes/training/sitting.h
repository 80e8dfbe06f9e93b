// One sitting of a stage of train-base: how far it is, by the clock or by a number of steps, when it is over,
// and when the weights are due to be written. For one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>

#include "core/types/progress.h"

namespace plumbline::training {

class Sitting {
 public:
  // Begins now and lasts so many seconds or, where steps is not 0, so many steps.
  Sitting(double seconds, std::int64_t steps, std::stop_token stop);

  void stepDone() { ++done_; }
  double share() const;    // done of the whole, from 0; 1 and more once it is over
  bool over() const;       // at its end, or asked to stop
  double elapsed() const;  // seconds
  double stepsPerSecond() const;
  // True once every interval seconds, the first time after the first interval.
  bool saveDue(double interval = 300);
  void tell(ProgressSink& progress, const std::string& stage) const;

 private:
  using Clock = std::chrono::steady_clock;

  const Clock::time_point start_ = Clock::now();
  Clock::time_point saved_ = start_;
  double seconds_;
  std::int64_t steps_, done_ = 0;
  std::stop_token stop_;
};

}  // namespace plumbline::training
