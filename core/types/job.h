// Job rows are the truth of long work (DESIGN section 3): kind, full specification, state, heartbeat, result.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace plumbline {

enum class JobState { kQueued, kRunning, kWaiting, kPaused, kSucceeded, kFailed, kCancelled, kInterrupted };

std::string jobStateName(JobState state);             // "queued", ...
JobState jobStateFromName(const std::string& name);   // throws Error(kCorrupt)
bool jobStateIsFinal(JobState state);                 // succeeded, failed, cancelled
// May a job go from one state to another? Holds the machine in one place for worker, store and window.
bool jobTransitionAllowed(JobState from, JobState to);

// Order in which a device host interleaves its work; lower runs first.
enum class JobPriority { kPreview = 0, kQueries = 1, kScoring = 2, kTraining = 3 };

}  // namespace plumbline
