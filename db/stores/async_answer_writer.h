// Writes the window's answers on a thread of its own, in the order in which they were given, so that the
// screen never waits for the disk. A future is ready only when the row is committed (that is what the saved
// tick means); its failure is a plumbline::Error. Destruction first writes everything that was handed over.
// Threads: call from any one thread at a time; futures may be continued with .then(widget, ...).
#pragma once

#include <QFuture>
#include <memory>
#include <optional>

#include "db/stores/answer_store.h"

namespace plumbline {

class Project;

class AsyncAnswerWriter {
 public:
  // The project must outlive the writer.
  explicit AsyncAnswerWriter(Project& project);
  ~AsyncAnswerWriter();
  AsyncAnswerWriter(const AsyncAnswerWriter&) = delete;
  AsyncAnswerWriter& operator=(const AsyncAnswerWriter&) = delete;

  QFuture<AnswerRow> record(AnswerDraft draft);
  QFuture<std::optional<AnswerRow>> undo(std::int64_t annotator, std::optional<std::int64_t> session = {});
  // Handed over and not yet on disk.
  int pending() const;
  // Blocks until nothing is pending.
  void flush();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plumbline
