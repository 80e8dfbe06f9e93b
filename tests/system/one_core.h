// Keeps this process and those it starts on one core. A tiny model has nothing for two threads to share, and
// where other work wants the cores, threads that wait for each other at every step are slower than one.
#pragma once

#include <sched.h>

namespace plumbline::test {

inline void useOneCore() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  for (int core = CPU_SETSIZE - 1; core >= 0; --core) {
    if (!CPU_ISSET(core, &allowed)) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    sched_setaffinity(0, sizeof one, &one);  // a refusal only costs time
    return;
  }
}

}  // namespace plumbline::test
