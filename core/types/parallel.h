// The same work for many things on all cores, where each is long enough to be worth it (milliseconds) and
// does not use LibTorch, which has threads of its own.
#pragma once

#include <cstddef>
#include <functional>

namespace plumbline {

// Calls work(0) ... work(count - 1), each once, in no certain order and on other threads. Meanwhile calls
// each(done) on the caller's thread whenever more are done, at last with count; until it returns nothing more
// is begun, so that it can let others have the cores, and what it throws stops the rest (work that has begun
// is finished first). Rethrows the first exception of either.
void inParallel(std::size_t count, const std::function<void(std::size_t)>& work,
                const std::function<void(std::size_t done)>& each = {});

}  // namespace plumbline
