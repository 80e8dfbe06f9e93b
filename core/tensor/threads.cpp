#include "core/tensor/threads.h"

#include <ATen/Parallel.h>
#include <malloc.h>
#include <sched.h>

#include <algorithm>
#include <thread>

namespace plumbline {

int availableCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

int useThreads(int threads) {
  const int count = threads > 0 ? threads : availableCores();
  at::set_num_threads(count);
  return count;
}

void keepFreedMemory() {
  // glibc refuses a larger threshold for mappings than 32 MiB, and a refused call leaves it at 128 KiB.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
}

}  // namespace plumbline
