#include "db/stores/async_answer_writer.h"

#include <QPromise>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "db/project.h"

namespace plumbline {

struct AsyncAnswerWriter::State {
  explicit State(Project& p) : project(p), thread([this] { work(); }) {}

  ~State() {
    {
      const std::lock_guard lock(mutex);
      closing = true;
    }
    wake.notify_all();
    thread.join();
  }

  template <class Result, class Action>
  QFuture<Result> push(Action action) {
    auto promise = std::make_shared<QPromise<Result>>();
    promise->start();
    QFuture<Result> future = promise->future();
    {
      const std::lock_guard lock(mutex);
      tasks.push_back([this, promise, action = std::move(action)] {
        try {
          promise->addResult(action(project.answers()));
        } catch (...) {
          promise->setException(std::current_exception());
        }
        promise->finish();
      });
      ++pending;
    }
    wake.notify_all();
    return future;
  }

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return closing || !tasks.empty(); });
      if (tasks.empty()) return;
      const std::function<void()> task = std::move(tasks.front());
      tasks.pop_front();
      lock.unlock();
      task();
      lock.lock();
      --pending;
      wake.notify_all();
    }
  }

  Project& project;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> tasks;
  int pending = 0;
  bool closing = false;
  std::thread thread;  // last: it uses all of the above
};

AsyncAnswerWriter::AsyncAnswerWriter(Project& project) : state_(std::make_unique<State>(project)) {}

AsyncAnswerWriter::~AsyncAnswerWriter() = default;

QFuture<AnswerRow> AsyncAnswerWriter::record(AnswerDraft draft) {
  return state_->push<AnswerRow>(
      [draft = std::move(draft)](AnswerStore& store) { return store.record(draft); });
}

QFuture<std::optional<AnswerRow>> AsyncAnswerWriter::undo(std::int64_t annotator,
                                                          std::optional<std::int64_t> session) {
  return state_->push<std::optional<AnswerRow>>(
      [annotator, session](AnswerStore& store) { return store.undo(annotator, session); });
}

int AsyncAnswerWriter::pending() const {
  const std::lock_guard lock(state_->mutex);
  return state_->pending;
}

void AsyncAnswerWriter::flush() {
  std::unique_lock lock(state_->mutex);
  state_->wake.wait(lock, [this] { return state_->pending == 0; });
}

}  // namespace plumbline
