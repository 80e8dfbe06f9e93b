#include "core/tensor/shards.h"

#include <ATen/Parallel.h>
#include <ATen/SequenceNumber.h>
#include <ATen/ThreadLocalState.h>
#include <torch/torch.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace plumbline {
namespace {

constexpr std::int64_t kFewestRows = 4;

// A thread that stays: LibTorch and its libraries keep memory and prepared kernels per thread.
class Helper {
 public:
  Helper() : thread_([this](const std::stop_token& stop) { serve(stop); }) {}

  // task must not throw.
  void start(std::function<void()> task) {
    const std::scoped_lock lock(mutex_);
    task_ = std::move(task);
    changed_.notify_all();
  }

  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !task_; });
  }

 private:
  void serve(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return bool(task_); })) {
      lock.unlock();
      task_();
      lock.lock();
      task_ = nullptr;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::function<void()> task_;
  std::jthread thread_;
};

std::vector<std::unique_ptr<Helper>>& helpers(int atLeast) {
  static thread_local std::vector<std::unique_ptr<Helper>> own;
  while (int(own.size()) < atLeast) own.push_back(std::make_unique<Helper>());
  return own;
}

// Every change of a thread's number of threads also sets that of threads to come: whoever finds it changed
// after its parts are done puts its own number back.
std::atomic<std::uint64_t> changesOfNumber = 0;

void useThreadsHere(int count) {
  if (at::get_num_threads() == count) return;
  at::set_num_threads(count);
  ++changesOfNumber;
}

// The backward pass takes nodes by a number that each thread counts for itself. Counted on from where the
// caller stands, the order of sums, and so the last bit, does not depend on what the helpers did before.
void countNodesTo(std::uint64_t number) {
  while (at::sequence_number::peek() < number) at::sequence_number::get_and_increment();
}

}  // namespace

void inShards(int shards, const std::function<void(int)>& work) {
  if (shards <= 1) return work(0);
  auto& own = helpers(shards);
  const int threads = at::get_num_threads(), each = std::max(1, threads / shards);
  const std::uint64_t changes = changesOfNumber, nodes = at::sequence_number::peek();
  const at::ThreadLocalState state;
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(shards));
  std::vector<std::uint64_t> nodesAfter(static_cast<std::size_t>(shards), nodes);
  for (int shard = 0; shard < shards; ++shard) {
    own[std::size_t(shard)]->start([&, shard] {
      try {
        const at::ThreadLocalStateGuard guard(state);
        useThreadsHere(each);
        countNodesTo(nodes);
        work(shard);
      } catch (...) {
        failures[std::size_t(shard)] = std::current_exception();
      }
      nodesAfter[std::size_t(shard)] = at::sequence_number::peek();
    });
  }
  for (int shard = 0; shard < shards; ++shard) own[std::size_t(shard)]->wait();
  countNodesTo(*std::max_element(nodesAfter.begin(), nodesAfter.end()));
  if (changes != changesOfNumber) at::set_num_threads(threads), ++changesOfNumber;
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

int shardsOf(const at::Tensor& batch) {
  if (!batch.is_cpu() || at::in_parallel_region()) return 1;
  const std::int64_t rows = batch.size(0);
  for (int shards = at::get_num_threads(); shards > 1; --shards) {
    if (rows % shards == 0 && rows / shards >= kFewestRows) return shards;
  }
  return 1;
}

at::Tensor byShards(const at::Tensor& batch,
                    const std::function<at::Tensor(const at::Tensor& rows, std::int64_t first)>& pass) {
  const int shards = shardsOf(batch);
  if (shards == 1) return pass(batch, 0);
  const std::int64_t rows = batch.size(0) / shards;
  std::vector<at::Tensor> parts(static_cast<std::size_t>(shards));
  inShards(shards, [&](int shard) {
    const std::int64_t first = shard * rows;
    parts[std::size_t(shard)] = pass(batch.slice(0, first, first + rows), first);
  });
  return at::cat(parts);
}

}  // namespace plumbline
