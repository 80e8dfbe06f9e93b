// A batch cut into parts that are computed side by side, each with its share of the threads. A small network
// spends much of an operation's time waiting for the second thread of that operation: two threads with half
// the batch each and one thread per operation draw and train 1.2 to 1.5 times as fast on two cores. On the
// CPU only. Any thread may call; each keeps helper threads of its own until it ends. Shapes: b batch.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>

namespace plumbline {

// Calls work(0) ... work(shards - 1) at once, each on a thread with this thread's grad mode and its equal
// part of this thread's LibTorch threads; a single one is called here. Returns when all are done; then
// rethrows the first exception.
void inShards(int shards, const std::function<void(int)>& work);

// How many parts a pass over a batch is best cut into: equal ones of at least four rows, no more than
// threads. It depends on the rows and the threads alone, so that a batch of one shape is always cut alike.
int shardsOf(const at::Tensor& batch);

// pass(rows, first) of every part, put together along the first dimension; first is the place of the part's
// first row. pass must not write to what is shared. Follows the grad mode.
at::Tensor byShards(const at::Tensor& batch,
                    const std::function<at::Tensor(const at::Tensor& rows, std::int64_t first)>& pass);

}  // namespace plumbline
