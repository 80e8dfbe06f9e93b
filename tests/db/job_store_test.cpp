#include <sys/wait.h>
#include <unistd.h>

#include <QTest>
#include <mutex>
#include <set>
#include <thread>

#include "db/database.h"
#include "tests/db/project_fixture.h"

using namespace plumbline;
using namespace plumbline::testing;

namespace {

JobRow jobOf(const std::string& kind, JobPriority priority = JobPriority::kTraining) {
  JobRow job;
  job.kind = kind;
  job.spec = {{"steps", 20}};
  job.priority = priority;
  return job;
}

// As if another process had claimed it.
void giveTo(Project& project, std::int64_t job, const std::string& host, std::int64_t pid, std::int64_t start,
            std::int64_t heartbeat) {
  Statement(project.database(),
            "UPDATE job SET host = ?, pid = ?, process_start = ?, heartbeat_ms = ? WHERE id = ?")
      .bind(host)
      .bind(pid)
      .bind(start)
      .bind(heartbeat)
      .bind(job)
      .run();
}

}  // namespace

class JobStoreTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void urgentFirstThenOldest() {
    ProjectFixture f;
    JobStore& jobs = f.project->jobs();
    const auto training = jobs.enqueue(jobOf("align"));
    const auto first = jobs.enqueue(jobOf("generate", JobPriority::kQueries));
    const auto second = jobs.enqueue(jobOf("generate", JobPriority::kQueries));
    JobClaimFilter urgent;
    urgent.atLeast = JobPriority::kPreview;
    QVERIFY(!jobs.claim(urgent));
    QCOMPARE(jobs.claim()->id, first);
    JobClaimFilter aligns;
    aligns.kinds = {"align"};
    const auto claimed = jobs.claim(aligns);
    QCOMPARE(claimed->id, training);
    QVERIFY(claimed->spec == nlohmann::json({{"steps", 20}}));
    QCOMPARE(claimed->pid, getpid());
    QCOMPARE(claimed->attempts, 1);
    QCOMPARE(jobs.claim()->id, second);
    QVERIFY(!jobs.claim());
  }

  void deviceIsRespected() {
    ProjectFixture f;
    JobRow job = jobOf("align");
    job.device = "cuda:0";
    f.project->jobs().enqueue(job);
    JobClaimFilter cpu, gpu;
    cpu.device = "cpu";
    gpu.device = "cuda:0";
    QVERIFY(!f.project->jobs().claim(cpu));
    QVERIFY(f.project->jobs().claim(gpu));
  }

  void runsThroughItsStates() {
    ProjectFixture f;
    JobStore& jobs = f.project->jobs();
    const auto id = jobs.enqueue(jobOf("align"));
    jobs.claimJob(id);
    QVERIFY(!jobs.heartbeat(id, {"sampling", 3, 10}).cancel);
    QCOMPARE(jobs.find(id)->progress.done, 3);
    jobs.requestPause(id);
    QVERIFY(jobs.heartbeat(id, {}).pause);
    jobs.paused(id);
    QCOMPARE(jobs.find(id)->state, JobState::kPaused);
    QVERIFY(!jobs.find(id)->pauseRequested);
    jobs.resume(id);
    QCOMPARE(jobs.claim()->attempts, 2);
    jobs.fail(id, "no memory: choose a smaller batch");
    QCOMPARE(jobs.find(id)->error, "no memory: choose a smaller batch");
    QVERIFY(jobs.find(id)->finishedMs);
    jobs.resume(id);
    QVERIFY(!jobs.find(id)->finishedMs);
    jobs.claim();
    QCOMPARE(jobs.find(id)->error, "");
    jobs.succeed(id, {{"accuracy", 0.9}});
    QVERIFY(jobs.find(id)->result["accuracy"] == 0.9);
    QCOMPARE(errorOf([&] { jobs.resume(id); }), ErrorKind::kInvalidInput);
    QCOMPARE(errorOf([&] { jobs.claimJob(id); }), ErrorKind::kInvalidInput);
    QCOMPARE(errorOf([&] { jobs.succeed(id, {}); }), ErrorKind::kInvalidInput);
  }

  void cancelRequestReachesTheOwnerOrActsAtOnce() {
    ProjectFixture f;
    JobStore& jobs = f.project->jobs();
    const auto running = jobs.enqueue(jobOf("align")), queued = jobs.enqueue(jobOf("align"));
    jobs.claimJob(running);
    jobs.requestCancel(running);
    jobs.requestCancel(queued);
    QCOMPARE(jobs.find(queued)->state, JobState::kCancelled);
    QCOMPARE(jobs.find(running)->state, JobState::kRunning);
    QVERIFY(jobs.heartbeat(running, {}).cancel);
    jobs.cancelled(running);
    QCOMPARE(jobs.find(running)->state, JobState::kCancelled);
    jobs.requestCancel(running);  // once more does no harm
    QCOMPARE(jobs.count(JobState::kCancelled), 2);
  }

  void onlyTheOwnerMayFinish() {
    ProjectFixture f;
    JobStore& jobs = f.project->jobs();
    const auto id = jobs.enqueue(jobOf("align"));
    jobs.claimJob(id);
    giveTo(*f.project, id, "elsewhere", 1, 1, 0);
    QVERIFY(jobs.heartbeat(id, {}).lost);
    QCOMPARE(errorOf([&] { jobs.succeed(id, {}); }), ErrorKind::kInvalidInput);
  }

  void aJobWhoseProcessDiedIsInterrupted() {
    ProjectFixture f;
    JobStore& jobs = f.project->jobs();
    const auto dead = jobs.enqueue(jobOf("align")), mine = jobs.enqueue(jobOf("align")),
               reused = jobs.enqueue(jobOf("align"));
    for (const auto id : {dead, mine, reused}) jobs.claimJob(id);
    const std::string host = jobs.find(mine)->host;
    const pid_t child = fork();
    if (child == 0) _exit(0);
    // Before it is reaped it is a zombie: kill(pid, 0) still finds it, but it will never work again.
    siginfo_t info;
    waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
    giveTo(*f.project, dead, host, child, 0, 0);
    giveTo(*f.project, reused, host, getpid(), 12345, 0);  // our number, but started at another time
    QCOMPARE(jobs.markInterrupted(), (std::vector<std::int64_t>{dead, reused}));
    waitpid(child, nullptr, 0);
    QCOMPARE(jobs.find(mine)->state, JobState::kRunning);
    QCOMPARE(jobs.find(dead)->state, JobState::kInterrupted);
    jobs.resume(dead);
    QCOMPARE(jobs.claim()->id, dead);
    QCOMPARE(jobs.find(dead)->attempts, 2);
  }

  void otherHostsAreJudgedByTheirHeartbeat() {
    ProjectFixture f;
    JobStore& jobs = f.project->jobs();
    const auto fresh = jobs.enqueue(jobOf("align")), silent = jobs.enqueue(jobOf("align"));
    for (const auto id : {fresh, silent}) jobs.claimJob(id);
    giveTo(*f.project, fresh, "node7", 1, 1, nowMs() - 1000);
    giveTo(*f.project, silent, "node7", 1, 1, nowMs() - 120000);
    QCOMPARE(jobs.markInterrupted(60000), std::vector<std::int64_t>{silent});
  }

  void waitsForPeople() {
    ProjectFixture f;
    JobStore& jobs = f.project->jobs();
    const auto first = f.pairQuery(), second = f.pairQuery(), third = f.pairQuery();
    const auto id = jobs.enqueue(jobOf("align"));
    jobs.claimJob(id);
    QCOMPARE(errorOf([&] { jobs.waitFor(id, {first}, 2); }), ErrorKind::kInvalidInput);
    jobs.waitFor(id, {first, second, third}, 2);
    QCOMPARE(jobs.find(id)->state, JobState::kWaiting);
    QCOMPARE(jobs.find(id)->waitQueries.size(), 3u);
    f.choose(first, "a");
    f.choose(second, "skip");  // says nothing
    QVERIFY(jobs.wakeReady().empty());
    f.choose(third, "both_bad");
    QCOMPARE(jobs.wakeReady(), std::vector<std::int64_t>{id});
    QCOMPARE(jobs.claim()->id, id);
  }

  void aClaimIsGivenToOneOnly() {
    ProjectFixture f;
    constexpr int kJobs = 60;
    for (int i = 0; i < kJobs; ++i) f.project->jobs().enqueue(jobOf("align"));
    std::mutex mutex;
    std::multiset<std::int64_t> claimed;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        while (const auto job = f.project->jobs().claim()) {
          const std::lock_guard lock(mutex);
          claimed.insert(job->id);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    QCOMPARE(claimed.size(), std::size_t{kJobs});
    QCOMPARE(std::set<std::int64_t>(claimed.begin(), claimed.end()).size(), std::size_t{kJobs});
  }

  void everyTransitionIsTheOneTheTypeAllows() {
    ProjectFixture f;
    JobStore& jobs = f.project->jobs();
    for (int from = 0; from <= static_cast<int>(JobState::kInterrupted); ++from) {
      const auto state = static_cast<JobState>(from);
      const auto id = jobs.enqueue(jobOf("align"));
      Statement(f.project->database(), "UPDATE job SET state = ? WHERE id = ?")
          .bind(jobStateName(state))
          .bind(id)
          .run();
      const bool mayRun = jobTransitionAllowed(state, JobState::kRunning);
      QCOMPARE(!errorOf([&] { jobs.claimJob(id); }), mayRun);
      if (!mayRun) QCOMPARE(jobs.find(id)->state, state);
    }
  }
};

QTEST_GUILESS_MAIN(JobStoreTest)
#include "job_store_test.moc"
