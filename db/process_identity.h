// Which process a row belongs to, and whether that process still lives: host, process id and start time
// together, so that a reused process id is not taken for the old process. Threads: any.
#pragma once

#include <cstdint>
#include <string>

namespace plumbline {

struct ProcessIdentity {
  std::string host;
  std::int64_t pid = 0;
  std::int64_t start = 0;  // clock ticks since boot; 0 if unknown

  bool operator==(const ProcessIdentity&) const = default;
};

const ProcessIdentity& thisProcess();
bool isOnThisHost(const ProcessIdentity& process);
// Only for processes on this host. A zombie counts as dead.
bool isAlive(const ProcessIdentity& process);

}  // namespace plumbline
