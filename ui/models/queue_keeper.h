// What the empty Annotate page needs to know and do: is a "generate" job under way, how far is it, and queue
// one. Never more than one such job at a time. (That the queue stays full while people answer is the device
// host's work.) UI thread.
#pragma once

#include <QObject>

#include "ui/studio_context.h"

namespace plumbline {

class QueueKeeper : public QObject {
  Q_OBJECT

 public:
  static constexpr int kQueriesPerJob = 40;

  struct State {
    bool generating = false;  // a job is queued, running or waiting
    bool stopped = false;     // the latest job failed, was cancelled or interrupted
    QString phase;            // of a running job
    qint64 done = 0, total = 0;
    QString error;
    qint64 pictures = 0, prompts = 0;
  };

  explicit QueueKeeper(StudioContext& context, QObject* parent = nullptr);

  // Queue a job now, whatever is open; does nothing if one is under way.
  void generate();
  // Reads the state; changed() follows.
  void refresh();
  const State& state() const { return state_; }

 Q_SIGNALS:
  void changed();

 private:
  StudioContext& context_;
  State state_;
};

}  // namespace plumbline
