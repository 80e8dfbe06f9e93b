#include "core/types/job.h"

#include <array>

#include "core/types/error.h"

namespace plumbline {
namespace {

constexpr std::array<const char*, 8> kNames = {"queued", "running", "waiting", "paused",
                                               "succeeded", "failed", "cancelled", "interrupted"};

}  // namespace

std::string jobStateName(JobState state) {
  return kNames[static_cast<std::size_t>(state)];
}

JobState jobStateFromName(const std::string& name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return static_cast<JobState>(i);
  }
  throw Error(ErrorKind::kCorrupt, "unknown job state '" + name + "'");
}

bool jobStateIsFinal(JobState state) {
  return state == JobState::kSucceeded || state == JobState::kFailed || state == JobState::kCancelled;
}

bool jobTransitionAllowed(JobState from, JobState to) {
  using enum JobState;
  switch (from) {
    case kQueued: return to == kRunning || to == kCancelled || to == kPaused;
    case kRunning: return to != kQueued && to != kRunning;
    case kWaiting: return to == kQueued || to == kRunning || to == kCancelled || to == kInterrupted;
    case kPaused:
    case kInterrupted: return to == kQueued || to == kRunning || to == kCancelled;
    case kFailed:
    case kCancelled: return to == kQueued;  // retry
    case kSucceeded: return false;
  }
  return false;
}

}  // namespace plumbline
