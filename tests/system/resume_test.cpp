// A worker that is killed at any moment: what it left is whole, and going on gives what an uninterrupted one
// gives.
#include <signal.h>
#include <QRandomGenerator>
#include <QtTest>

#include <set>

#include "db/project.h"
#include "tests/system/asked_queue.h"
#include "tests/system/program.h"

using namespace plumbline;

namespace {

constexpr int kKills = 6;

std::int64_t addJob(const QString& folder) {
  const auto project = Project::open(folder.toStdString());
  JobRow row;
  row.kind = "generate";
  row.spec = {{"queries", 24},           {"steps", 5}, {"pair", 2}, {"binary", 1},
              {"acquisition", "random"}, {"seed", 3}};
  row.priority = JobPriority::kQueries;
  return project->jobs().enqueue(row);
}

}  // namespace

class ResumeTest : public QObject {
  Q_OBJECT

 private:
  Workshop workshop_;

 private Q_SLOTS:
  void aKilledGenerateEndsAsAnUninterruptedOne() {
    const QString whole = workshop_.project("whole");
    const std::int64_t wholeJob = addJob(whole);
    const Ran ran = runProgram({"run", whole, "--job", QString::number(wholeJob)});
    QVERIFY2(ran.code == 0, ran.why());

    const QString killed = workshop_.project("killed");
    const std::int64_t job = addJob(killed);
    QRandomGenerator random(11);
    for (int i = 0; i < kKills; ++i) {
      QProcess process;
      process.start(programPath(), {"run", killed, "--job", QString::number(job)});
      QVERIFY(process.waitForStarted());
      if (process.waitForFinished(100 + int(random.bounded(900)))) break;
      ::kill(pid_t(process.processId()), SIGKILL);
      process.waitForFinished();
      const Ran checked = runProgram({"check", killed});
      QVERIFY2(checked.code == 0, checked.err + checked.out);
    }
    const auto state = Project::open(killed.toStdString())->jobs().find(job)->state;
    if (state != JobState::kSucceeded) {
      const Ran last = runProgram({"run", killed, "--job", QString::number(job)});
      QVERIFY2(last.code == 0, last.why());
    }
    const QStringList asked = test::askedQueue(killed).split('\n'),
                      expected = test::askedQueue(whole).split('\n');
    QCOMPARE(asked.size(), expected.size());
    for (int i = 0; i < asked.size(); ++i) QCOMPARE(asked[i], expected[i]);
    QCOMPARE(expected.size(), 25);  // and the end of the last line
  }
};

QTEST_GUILESS_MAIN(ResumeTest)
#include "resume_test.moc"
