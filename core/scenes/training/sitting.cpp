#include "core/scenes/training/sitting.h"

#include <utility>

namespace plumbline::training {
namespace {

double secondsBetween(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

Sitting::Sitting(double seconds, std::int64_t steps, std::stop_token stop)
    : seconds_(seconds), steps_(steps), stop_(std::move(stop)) {}

double Sitting::elapsed() const {
  return secondsBetween(start_, Clock::now());
}

double Sitting::share() const {
  return steps_ > 0 ? double(done_) / double(steps_) : elapsed() / seconds_;
}

bool Sitting::over() const {
  return share() >= 1 || stop_.stop_requested();
}

double Sitting::stepsPerSecond() const {
  return double(done_) / elapsed();
}

void Sitting::saveIfDue(const std::function<void()>& save, double interval) {
  if (secondsBetween(saved_, Clock::now()) <= interval) return;
  save();
  saved_ = Clock::now();
}

void Sitting::tell(ProgressSink& progress, const std::string& stage) const {
  if (steps_ > 0)
    progress.progress(stage, done_, steps_);
  else
    progress.progress(stage, std::int64_t(elapsed()), std::int64_t(seconds_));
}

}  // namespace plumbline::training
