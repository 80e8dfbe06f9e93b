#include "app/cli/host/host.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "app/cli/catalog.h"
#include "app/cli/host/preview.h"
#include "app/cli/host/project_model.h"
#include "core/types/error.h"

namespace plumbline {

using namespace std::chrono_literals;

namespace {

constexpr int kProtocolVersion = 1;
constexpr int kTicksBetweenSweeps = 10;
constexpr int kQuietTicksAfterFailure = 60;

std::string requestText(const Json& request, const char* name) {
  const auto found = request.find(name);
  return found != request.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t requestJob(const Json& request) {
  const auto found = request.find("job");
  if (found == request.end() || !found->is_number_integer()) {
    throw Error(ErrorKind::kInvalidInput, "the request needs \"job\", the id of a job row");
  }
  return found->get<std::int64_t>();
}

}  // namespace

Host::Host(Project& project, const Catalog& catalog, Engine& engine, HostOptions options, EventWriter& events)
    : project_(project),
      catalog_(catalog),
      engine_(engine),
      options_(std::move(options)),
      events_(events),
      runner_(project, catalog, engine, gate_) {}

int Host::run(int inputFd, std::stop_token stop) {
  greet();
  std::jthread reader([this, inputFd](std::stop_token ending) {
    readLines(
        inputFd, ending, [this](std::string line) { post([this, line] { handleLine(line); }); },
        [this] { post([this] { ending_ = true; }); });
  });
  auto nextTick = std::chrono::steady_clock::now();
  while (!ending_ && !stop.stop_requested()) {
    Message message;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait_until(lock, stop, nextTick, [this] { return !messages_.empty(); });
      if (!messages_.empty()) {
        message = std::move(messages_.front());
        messages_.pop_front();
      }
    }
    if (message) message();
    if (std::chrono::steady_clock::now() >= nextTick) {
      tick();
      nextTick = std::chrono::steady_clock::now() + 1s;
    }
  }
  reader.request_stop();
  shutDown();
  return 0;
}

void Host::post(Message message) {
  {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
  }
  arrived_.notify_all();
}

void Host::greet() {
  project_.jobs().markInterrupted();
  Json interrupted = Json::array();
  for (const JobRow& row : project_.jobs().list({JobState::kInterrupted})) interrupted.push_back(row.id);
  options_.queueTarget = project_.settings().get("queue_target", options_.queueTarget).get<int>();
  events_.write({{"event", "hello"},
                 {"protocol", kProtocolVersion},
                 {"version", programVersion()},
                 {"build", buildId()},
                 {"device", options_.device},
                 {"pid", ::getpid()},
                 {"project", project_.folder().string()},
                 {"model", projectModelPath(project_).string()},
                 {"engine", engine_.fingerprint()},
                 {"interrupted", interrupted},
                 {"queue_target", options_.queueTarget}});
}

void Host::handleLine(const std::string& line) {
  if (line.find_first_not_of(" \t\r") == std::string::npos) return;
  const Json request = Json::parse(line, nullptr, false);
  if (!request.is_object()) return sendError({}, "not a JSON object on one line");
  const Json id = request.value("id", Json());
  try {
    handle(request);
  } catch (const Error& error) {
    sendError(id, error.message());
  } catch (const Json::exception&) {
    sendError(id, "a field of the request has the wrong type");
  }
}

void Host::handle(const Json& request) {
  const std::string command = requestText(request, "command");
  const Json id = request.value("id", Json());
  if (command == "run") return runJob(request, id);
  if (command == "preview") return addPreview(request, id);
  if (command == "cancel") return stopWork(request, id, false);
  if (command == "pause") return stopWork(request, id, true);
  if (command == "finish") {
    if (!runner_.finish(requestJob(request))) throw Error(ErrorKind::kNotFound, "that job does not run here");
    return;
  }
  if (command == "status") return sendStatus(id);
  if (command == "queue") {
    const auto target = request.find("target");
    if (target == request.end() || !target->is_number_integer() || *target < 0 || *target > 10000) {
      throw Error(ErrorKind::kInvalidInput, "\"queue\" needs \"target\", a number from 0 to 10000");
    }
    options_.queueTarget = target->get<int>();
    project_.settings().set("queue_target", options_.queueTarget);
    quietTicks_ = 0;
    sendQueue();
    return topUpQueue();
  }
  if (command == "shutdown") {
    ending_ = true;
    return;
  }
  throw Error(ErrorKind::kInvalidInput,
              "unknown command '" + command +
                  "'; known are: run, preview, cancel, pause, finish, queue, status, shutdown");
}

void Host::runJob(const Json& request, const Json& id) {
  const std::int64_t job = requestJob(request);
  const auto row = project_.jobs().find(job);
  if (!row) throw Error(ErrorKind::kNotFound, "no job " + std::to_string(job) + " in this project");
  if (row->state == JobState::kSucceeded) {
    throw Error(ErrorKind::kInvalidInput, "job " + std::to_string(job) + " has already succeeded");
  }
  for (const Lane& lane : lanes_) {
    const auto same = [job](const Task& task) { return task.job == job; };
    if ((lane.running && same(*lane.running)) ||
        std::any_of(lane.pending.begin(), lane.pending.end(), same)) {
      throw Error(ErrorKind::kInvalidInput, "job " + std::to_string(job) + " is already here");
    }
  }
  accept(row->priority, {job, id, {}, row->kind});
}

void Host::addPreview(const Json& request, const Json& id) {
  Json settings = previewSettings(request);
  Lane& lane = lanes_[std::size_t(JobPriority::kPreview)];
  // The latest wins: what was asked before is no longer looked at.
  for (const Task& old : lane.pending)
    EventSink(events_, base(old)).send("cancelled", {{"state", "cancelled"}});
  lane.pending.clear();
  if (lane.running) lane.stop.request_stop();
  accept(JobPriority::kPreview, {0, id, std::move(settings), "preview"});
}

void Host::stopWork(const Json& request, const Json& id, bool pause) {
  const auto wanted = request.find("request");
  const bool byRequest = wanted != request.end() && !request.contains("job");
  const std::int64_t job = byRequest ? 0 : requestJob(request);
  const auto same = [&](const Task& task) { return byRequest ? task.request == *wanted : task.job == job; };
  for (Lane& lane : lanes_) {
    const auto waiting = std::find_if(lane.pending.begin(), lane.pending.end(), same);
    if (waiting != lane.pending.end()) {
      if (waiting->job && pause) project_.jobs().requestPause(waiting->job);
      if (waiting->job && !pause) project_.jobs().requestCancel(waiting->job);
      EventSink(events_, base(*waiting)).send("cancelled", {{"state", pause ? "paused" : "cancelled"}});
      lane.pending.erase(waiting);
      return;
    }
    if (lane.running && same(*lane.running)) {
      if (!lane.running->job) {
        lane.stop.request_stop();
      } else if (pause) {
        runner_.pause(lane.running->job);
      } else {
        runner_.cancel(lane.running->job);
      }
      return;
    }
  }
  if (byRequest) throw Error(ErrorKind::kNotFound, "no such request is being worked on");
  if (!project_.jobs().find(job)) {
    throw Error(ErrorKind::kNotFound, "no job " + std::to_string(job) + " in this project");
  }
  if (pause) {
    project_.jobs().requestPause(job);
  } else {
    project_.jobs().requestCancel(job);
  }
  sendStatus(id);
}

void Host::sendStatus(const Json& id) {
  Json jobs = Json::array();
  for (const Lane& lane : lanes_) {
    if (lane.running && lane.running->job) {
      const auto row = project_.jobs().find(lane.running->job);
      jobs.push_back({{"job", lane.running->job},
                      {"kind", lane.running->kind},
                      {"state", "running"},
                      {"phase", row ? row->progress.phase : ""},
                      {"done", row ? row->progress.done : 0},
                      {"total", row ? row->progress.total : 0}});
    }
    for (const Task& task : lane.pending) {
      if (task.job) jobs.push_back({{"job", task.job}, {"kind", task.kind}, {"state", "queued"}});
    }
  }
  Json event{{"event", "status"},
             {"device", options_.device},
             {"jobs", jobs},
             {"queue", {{"ready", project_.queries().counts().open}, {"target", options_.queueTarget}}}};
  if (!id.is_null()) event["request"] = id;
  events_.write(event);
}

Json Host::base(const Task& task) {
  Json fields = Json::object();
  if (task.job) fields["job"] = task.job;
  if (!task.request.is_null()) fields["request"] = task.request;
  return fields;
}

void Host::sendError(const Json& id, const std::string& message) {
  Json event{{"event", "error"}, {"message", message}};
  if (!id.is_null()) event["request"] = id;
  events_.write(event);
}

void Host::accept(JobPriority priority, Task task) {
  EventSink(events_, base(task)).send("accepted");
  Lane& lane = lanes_[std::size_t(priority)];
  lane.pending.push_back(std::move(task));
  startNext(lane, priority);
}

void Host::startNext(Lane& lane, JobPriority priority) {
  if (lane.running || lane.pending.empty() || ending_) return;
  lane.running = std::move(lane.pending.front());
  lane.pending.pop_front();
  lane.stop = std::stop_source();
  lane.thread = std::jthread([this, &lane, priority, task = *lane.running, stop = lane.stop.get_token()] {
    lane.report = work(task, stop);
    post([this, &lane, priority] {
      finished(lane);
      startNext(lane, priority);
    });
  });
}

// What it returns tells how the task ended. It is said only when the lane is free again: whoever reads that a
// job has paused may ask for it at once.
Host::Message Host::work(const Task& task, std::stop_token stop) {
  const auto failed = [this, task](std::string kind, std::string message) -> Message {
    return [=, this] {
      EventSink(events_, base(task)).send("failed", {{"kind", kind}, {"message", message}});
    };
  };
  EventSink sink(events_, base(task));
  try {
    if (!task.job) return drawPreview(task, sink, stop);
    return [this, task, outcome = runner_.run(task.job, sink, stop)] { reportOutcome(task, outcome); };
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCancelled)
      return failed(std::string(errorKindName(error.kind())), error.message());
    return [this, task] { EventSink(events_, base(task)).send("cancelled", {{"state", "cancelled"}}); };
  } catch (const std::exception& error) {
    const std::string text = error.what();
    return failed("internal", "internal error: " + text.substr(0, text.find('\n')));
  }
}

void Host::reportOutcome(const Task& task, const JobOutcome& outcome) {
  EventSink sink(events_, base(task));
  if (outcome.state == JobState::kSucceeded) {
    sink.send("succeeded", {{"result", outcome.result}});
  } else if (outcome.state == JobState::kFailed) {
    sink.send("failed", {{"kind", errorKindName(outcome.kind)}, {"message", outcome.message}});
  } else {
    sink.send("cancelled", {{"state", jobStateName(outcome.state)}});
  }
  if (task.kind != "generate") return;
  if (outcome.state == JobState::kSucceeded) {
    sendQueue();
  } else {
    quietTicks_ = kQuietTicksAfterFailure;
  }
}

Host::Message Host::drawPreview(const Task& task, EventSink& sink, std::stop_token stop) {
  DeviceGate::Pass pass(gate_, JobPriority::kPreview, stop);
  engine_.prepareThread();
  const std::string path =
      plumbline::drawPreview(engine_, project_, task.preview, previews_++, sink, stop).string();
  return [this, task, path] {
    EventSink report(events_, base(task));
    report.artifact("preview", path);
    report.send("succeeded", {{"result", {{"path", path}}}});
  };
}

void Host::finished(Lane& lane) {
  lane.thread.join();
  lane.running.reset();
  std::exchange(lane.report, {})();
}

void Host::tick() {
  if (quietTicks_ > 0) --quietTicks_;
  try {
    if (ticks_++ % kTicksBetweenSweeps == 0) project_.jobs().markInterrupted();
    for (const std::int64_t job : project_.jobs().wakeReady()) {
      if (const auto row = project_.jobs().find(job)) accept(row->priority, {job, {}, {}, row->kind});
    }
    topUpQueue();
  } catch (const Error& error) {
    events_.write({{"event", "warning"}, {"message", error.message()}});
  }
}

void Host::topUpQueue() {
  const Lane& lane = lanes_[std::size_t(JobPriority::kQueries)];
  if (options_.queueTarget <= 0 || quietTicks_ > 0 || lane.running || !lane.pending.empty() || ending_)
    return;
  const std::int64_t open = project_.queries().counts().open;
  // Filled in pieces, so that a selection has something to choose from, yet long before anyone has to wait.
  if (open > options_.queueTarget * 3 / 4) return;
  const std::int64_t job =
      runner_.enqueue("generate", {{"queries", options_.queueTarget - open}}, "Next queries");
  accept(JobPriority::kQueries, {job, {}, {}, "generate"});
}

void Host::sendQueue() {
  events_.write(
      {{"event", "queue"}, {"ready", project_.queries().counts().open}, {"target", options_.queueTarget}});
}

void Host::shutDown() {
  ending_ = true;
  for (Lane& lane : lanes_) {
    for (const Task& task : lane.pending)
      EventSink(events_, base(task)).send("cancelled", {{"state", "queued"}});
    lane.pending.clear();
    lane.stop.request_stop();
  }
  for (Lane& lane : lanes_) {
    if (lane.running) finished(lane);
  }
}

}  // namespace plumbline
