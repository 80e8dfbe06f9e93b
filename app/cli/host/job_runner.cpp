#include "app/cli/host/job_runner.h"

#include <algorithm>
#include <atomic>

#include "app/cli/catalog.h"
#include "app/cli/host/engine.h"

namespace plumbline {

using namespace std::chrono_literals;

// One job that runs here. The job's thread writes, the heart's thread reads: everything shared is under
// `mutex`.
struct JobRunner::Active {
  std::int64_t job = 0;
  bool pausesItself = false;
  std::stop_source stop;
  std::atomic<bool> pauseWanted{false}, finishWanted{false};
  std::mutex mutex;
  bool cancelled = false, lost = false;
  JobProgress progress;
  std::optional<std::int64_t> run;
  std::vector<MetricRow> metrics;  // not yet in the store

  void pause() {
    pauseWanted = true;
    if (!pausesItself) stop.request_stop();
  }

  void flushMetrics(Project& project) {
    std::vector<MetricRow> rows;
    std::optional<std::int64_t> of;
    {
      const std::lock_guard lock(mutex);
      of = run;
      if (!of) return;
      rows.swap(metrics);
    }
    if (!rows.empty()) project.runs().addMetrics(*of, rows);
  }
};

// What a job reports goes to the screen, to the row (by the heart) and, at each step, to the gate.
class JobRunner::Sink : public ProgressSink {
 public:
  Sink(Active& active, ProgressSink& display, std::function<void()> yield)
      : active_(active), display_(display), yield_(std::move(yield)) {}

  void progress(const std::string& phase, std::int64_t done, std::int64_t total) override {
    {
      const std::lock_guard lock(active_.mutex);
      active_.progress = {phase, done, total};
    }
    display_.progress(phase, done, total);
    yield_();
  }
  void metric(const std::string& name, std::int64_t step, double value) override {
    {
      const std::lock_guard lock(active_.mutex);
      active_.metrics.push_back({name, step, value, 0});
    }
    display_.metric(name, step, value);
  }
  void artifact(const std::string& kind, const std::string& path) override { display_.artifact(kind, path); }
  void warning(const std::string& message) override { display_.warning(message); }

 private:
  Active& active_;
  ProgressSink& display_;
  std::function<void()> yield_;
};

JobRunner::JobRunner(Project& project, const Catalog& catalog, Engine& engine, DeviceGate& gate)
    : project_(project), catalog_(catalog), engine_(engine), gate_(gate), heart_([this] { beat(); }) {}

JobRunner::~JobRunner() {
  heart_.request_stop();
  wake_.notify_all();
}

std::int64_t JobRunner::enqueue(const std::string& kind, const Json& spec, const std::string& title) {
  const job_kind::Kind& known = catalog_.jobKinds.get(kind);
  JobRow row;
  row.kind = kind;
  row.title = title;
  row.spec = job_kind::completeSpec(known, spec);
  row.priority = known.priority;
  return project_.jobs().enqueue(row);
}

JobOutcome JobRunner::run(std::int64_t job, ProgressSink& sink, std::stop_token stop) {
  const auto known = project_.jobs().find(job);
  if (!known) throw Error(ErrorKind::kNotFound, "no job " + std::to_string(job) + " in this project");
  if (known->state == JobState::kFailed || known->state == JobState::kCancelled) project_.jobs().resume(job);
  const auto active = std::make_shared<Active>();
  active->job = job;
  JobRow row;
  {
    const std::lock_guard lock(mutex_);
    if (active_.contains(job)) {
      throw Error(ErrorKind::kInvalidInput, "job " + std::to_string(job) + " is already running here");
    }
    row = project_.jobs().claimJob(job);
    active->run = row.run;
    const job_kind::Kind* kind = catalog_.jobKinds.find(row.kind);
    active->pausesItself = kind && kind->pausesItself;
    active_[job] = active;
  }
  const std::stop_callback forward(stop, [&] { active->pause(); });
  const JobOutcome outcome = work(*active, row, sink);
  const std::lock_guard lock(mutex_);
  active_.erase(job);
  return outcome;
}

JobOutcome JobRunner::work(Active& active, const JobRow& row, ProgressSink& display) {
  JobOutcome outcome;
  job_kind::Outcome done;
  try {
    const job_kind::Kind& kind = catalog_.jobKinds.get(row.kind);
    const Json spec = job_kind::completeSpec(kind, row.spec);
    std::optional<DeviceGate::Pass> pass;
    if (kind.usesDevice) {
      pass.emplace(gate_, row.priority, active.stop.get_token());
      engine_.prepareThread();
    }
    // Nothing needs saving: every step of a drawing sets its adapters and restores what it found.
    const auto yield = [&] {
      if (pass && pass->othersWait()) pass->letOthersPass();
    };
    Sink sink(active, display, yield);
    const auto attachRun = [&](std::int64_t run) {
      project_.jobs().setRun(active.job, run);
      const std::lock_guard lock(active.mutex);
      active.run = run;
    };
    job_kind::Work work{project_,
                        catalog_,
                        engine_,
                        row,
                        spec,
                        sink,
                        active.stop.get_token(),
                        active.pauseWanted,
                        active.finishWanted,
                        yield,
                        attachRun};
    done = kind.run(work);
    outcome.state = done.wait ? JobState::kWaiting : JobState::kSucceeded;
    outcome.result = done.result;
  } catch (const Error& error) {
    const bool stopped =
        error.kind() == ErrorKind::kCancelled && (active.stop.stop_requested() || active.pauseWanted);
    outcome.state = stopped ? JobState::kPaused : JobState::kFailed;
    outcome.kind = error.kind();
    outcome.message = error.message();
  } catch (const std::bad_alloc&) {
    outcome.kind = ErrorKind::kExhausted;
    outcome.message = "out of memory; choose a smaller batch or close other programs";
  } catch (const std::exception& error) {
    const std::string text = error.what();
    outcome.message = "internal error: " + text.substr(0, text.find('\n'));
  }
  return close(active, std::move(outcome), &done);
}

JobOutcome JobRunner::close(Active& active, JobOutcome outcome, const job_kind::Outcome* waited) {
  {
    const std::lock_guard lock(active.mutex);
    if (active.lost) {
      outcome.state = JobState::kFailed;
      outcome.message = "another process took this job over";
      return outcome;
    }
    if (outcome.state == JobState::kPaused && active.cancelled) outcome.state = JobState::kCancelled;
  }
  JobStore& jobs = project_.jobs();
  try {
    active.flushMetrics(project_);
    JobProgress progress;
    {
      const std::lock_guard lock(active.mutex);
      progress = active.progress;
    }
    jobs.heartbeat(active.job, progress);
    switch (outcome.state) {
      case JobState::kSucceeded:
        jobs.succeed(active.job, outcome.result);
        break;
      case JobState::kWaiting:
        jobs.waitFor(active.job, waited->wait->queries, waited->wait->answers);
        break;
      case JobState::kCancelled:
        jobs.cancelled(active.job);
        break;
      case JobState::kPaused:
        jobs.paused(active.job);
        break;
      default:
        jobs.fail(active.job, outcome.message);
        break;
    }
    if (active.run) {
      project_.runs().setState(*active.run, outcome.state);
    }
  } catch (const Error& error) {
    outcome.state = JobState::kFailed;
    outcome.kind = error.kind();
    outcome.message = error.message();
  }
  return outcome;
}

Json JobRunner::resultOf(const JobOutcome& outcome, std::int64_t job) const {
  const std::string again = "plumbline run " + project_.folder().string() + " --job " + std::to_string(job);
  switch (outcome.state) {
    case JobState::kSucceeded:
      return outcome.result;
    case JobState::kPaused:
      throw Error(ErrorKind::kCancelled, "stopped; go on with: " + again);
    case JobState::kCancelled:
      throw Error(ErrorKind::kCancelled, "cancelled; start again with: " + again);
    case JobState::kWaiting:
      throw Error(ErrorKind::kCancelled, "waits for answers; once they are given, go on with: " + again);
    default:
      throw Error(outcome.kind, outcome.message);
  }
}

Json JobRunner::runNow(const std::string& kind, const Json& spec, const std::string& title,
                       ProgressSink& sink, std::stop_token stop) {
  const std::int64_t job = enqueue(kind, spec, title);
  return resultOf(run(job, sink, std::move(stop)), job);
}

void JobRunner::cancel(std::int64_t job) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = active_.find(job); found != active_.end()) {
      const std::lock_guard inner(found->second->mutex);
      found->second->cancelled = true;
      found->second->stop.request_stop();
      return;
    }
  }
  project_.jobs().requestCancel(job);
}

void JobRunner::pause(std::int64_t job) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = active_.find(job); found != active_.end()) {
      found->second->pause();
      return;
    }
  }
  project_.jobs().requestPause(job);
}

bool JobRunner::finish(std::int64_t job) {
  const std::lock_guard lock(mutex_);
  const auto found = active_.find(job);
  if (found == active_.end()) return false;
  found->second->finishWanted = true;
  return true;
}

void JobRunner::beat() {
  const std::stop_token stop = heart_.get_stop_token();
  while (!stop.stop_requested()) {
    std::vector<std::shared_ptr<Active>> all;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, 1s, [] { return false; });
      if (stop.stop_requested()) return;
      for (const auto& [job, active] : active_) all.push_back(active);
    }
    for (const auto& active : all) beatOnce(*active);
  }
}

void JobRunner::beatOnce(Active& active) {
  JobProgress progress;
  {
    const std::lock_guard lock(active.mutex);
    progress = active.progress;
  }
  try {
    active.flushMetrics(project_);
    const JobRequests requests = project_.jobs().heartbeat(active.job, progress);
    if (!requests.cancel && !requests.pause && !requests.lost) return;
    const std::lock_guard lock(active.mutex);
    active.cancelled = active.cancelled || requests.cancel;
    active.lost = active.lost || requests.lost;
    if (active.cancelled || active.lost) {
      active.stop.request_stop();
    } else {
      active.pause();
    }
  } catch (const Error&) {
    // A busy or full disk must not stop the work; the next beat tries again.
  }
}

}  // namespace plumbline
