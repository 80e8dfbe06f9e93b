#include "db/process_identity.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <sstream>

namespace plumbline {
namespace {

struct ProcessStatus {
  char state = '?';
  std::int64_t start = 0;
};

// Fields 3 and 22 of /proc/<pid>/stat; the name in field 2 may hold spaces and brackets.
ProcessStatus statusOf(std::int64_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  const std::string line((std::istreambuf_iterator<char>(in)), {});
  const std::size_t bracket = line.rfind(')');
  ProcessStatus status;
  if (bracket == std::string::npos) return status;
  std::istringstream fields(line.substr(bracket + 1));
  fields >> status.state;
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  fields >> status.start;
  return status;
}

ProcessIdentity readThisProcess() {
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  return {host, getpid(), statusOf(getpid()).start};
}

}  // namespace

const ProcessIdentity& thisProcess() {
  thread_local ProcessIdentity identity = readThisProcess();
  if (identity.pid != getpid()) identity = readThisProcess();  // a forked child
  return identity;
}

bool isOnThisHost(const ProcessIdentity& process) {
  return process.host == thisProcess().host;
}

bool isAlive(const ProcessIdentity& process) {
  if (process.pid <= 0) return false;
  if (kill(static_cast<pid_t>(process.pid), 0) != 0 && errno == ESRCH) return false;
  const ProcessStatus status = statusOf(process.pid);
  if (status.state == 'Z' || status.state == 'X') return false;
  return status.start == 0 || process.start == 0 || status.start == process.start;
}

}  // namespace plumbline
