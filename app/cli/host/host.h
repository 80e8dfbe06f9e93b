// The device host: reads requests, runs job rows and previews on one device, writes events
// (resources/docs/protocol.md). The thread that calls run() decides everything; job threads and the reader
// only post messages to it. One job of each class of priority runs at a time; the gate interleaves the
// classes.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "app/cli/host/device_gate.h"
#include "app/cli/host/engine.h"
#include "app/cli/host/job_runner.h"
#include "app/cli/host/line_channel.h"

namespace plumbline {

struct HostOptions {
  std::string device = "cpu";
  int queueTarget = 0;  // queries kept ready; 0: none are made unasked
};

class Host {
 public:
  Host(Project& project, const Catalog& catalog, Engine& engine, HostOptions options, EventWriter& events);

  // Until end of input, `shutdown` or a stop request; then everything that ran is paused with a checkpoint.
  int run(int inputFd, std::stop_token stop);

 private:
  using Message = std::function<void()>;
  struct Task {
    std::int64_t job = 0;  // 0: a preview
    Json request;          // the request's id, null if none
    Json preview;          // a preview's settings
    std::string kind;
  };
  struct Lane {  // one class of priority
    std::deque<Task> pending;
    std::optional<Task> running;
    std::stop_source stop;
    std::jthread thread;
    Message report;  // how `running` ended; the thread's, until it is joined
  };

  void post(Message message);
  void greet();
  void handleLine(const std::string& line);
  void handle(const Json& request);
  void runJob(const Json& request, const Json& id);
  void addPreview(const Json& request, const Json& id);
  void stopWork(const Json& request, const Json& id, bool pause);
  void sendStatus(const Json& id);
  void accept(JobPriority priority, Task task);
  void startNext(Lane& lane, JobPriority priority);
  Message work(const Task& task, std::stop_token stop);
  Message drawPreview(const Task& task, EventSink& sink, std::stop_token stop);
  void reportOutcome(const Task& task, const JobOutcome& outcome);
  static void finished(Lane& lane);
  void tick();
  void topUpQueue();
  void sendQueue();
  void shutDown();
  static Json base(const Task& task);
  void sendError(const Json& id, const std::string& message);

  Project& project_;
  const Catalog& catalog_;
  Engine& engine_;
  HostOptions options_;
  EventWriter& events_;
  DeviceGate gate_;
  JobRunner runner_;

  std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::deque<Message> messages_;
  bool ending_ = false;
  int ticks_ = 0;
  int quietTicks_ = 0;  // no filling of the queue while positive: the last try failed
  int previews_ = 0;
  std::array<Lane, 4> lanes_;
};

}  // namespace plumbline
