#include "core/types/parallel.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace plumbline {
namespace {

class Pool {
 public:
  Pool(std::size_t count, const std::function<void(std::size_t)>& work) : count_(count), work_(work) {}

  void run(const std::function<void(std::size_t)>& each) {
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::jthread> threads;
    try {
      for (std::size_t i = 0; i < std::min(cores, count_); ++i) threads.emplace_back([this] { take(); });
      watch(each);
    } catch (...) {
      fail(std::current_exception());
    }
    threads.clear();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void take() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return !telling_ || failure_; });
      if (failure_ || next_ == count_) return;
      const std::size_t i = next_++;
      lock.unlock();
      try {
        work_(i);
      } catch (...) {
        fail(std::current_exception());
        return;
      }
      lock.lock();
      ++done_;
      changed_.notify_all();
    }
  }

  void watch(const std::function<void(std::size_t)>& each) {
    for (std::size_t seen = 0; seen < count_;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return done_ > seen || failure_; });
      if (failure_) return;
      seen = done_;
      if (!each) continue;
      telling_ = true;
      lock.unlock();
      each(seen);
      lock.lock();
      telling_ = false;
      changed_.notify_all();
    }
  }

  void fail(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
    changed_.notify_all();
  }

  std::size_t count_;
  const std::function<void(std::size_t)>& work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t next_ = 0, done_ = 0;
  bool telling_ = false;  // the caller is busy, perhaps to let somebody else have the cores
  std::exception_ptr failure_;
};

}  // namespace

void inParallel(std::size_t count, const std::function<void(std::size_t)>& work,
                const std::function<void(std::size_t)>& each) {
  Pool(count, work).run(each);
}

}  // namespace plumbline
