// The jobs page on a real project: what stands in each row, the keys, what may be done to which job, the
// question before hours of work are lost, progress from a scripted host.
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QFile>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>

#include "db/database.h"
#include "tests/ui/room.h"
#include "tests/ui/scripted_host.h"
#include "ui/data_hub.h"
#include "ui/models/job_model.h"
#include "ui/models/job_text.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/job_chip.h"
#include "ui/widgets/job_details.h"
#include "ui/widgets/notice_bar.h"

using namespace plumbline;

namespace {

struct Room : test::Room {
  QTableView* table = page->findChild<QTableView*>("jobs");
  JobModel* model = qobject_cast<JobModel*>(table->model());

  explicit Room(std::function<void(Project&)> before = {}, const QString& hostProgram = {})
      : test::Room("jobs", {.queries = {"pair"},
                            .before =
                                [&before](Project& p, const test::DemoProject&) {
                                  if (before) before(p);
                                },
                            .hostProgram = hostProgram}) {}

  JobState state(std::int64_t job) { return project().jobs().find(job)->state; }
  QString cell(std::int64_t job, int column) {
    return model->indexOf(job).siblingAtColumn(column).data().toString();
  }
  void choose(std::int64_t job) {
    table->selectRow(model->indexOf(job).row());
    table->setFocus();
  }
};

std::int64_t add(Project& p, const std::string& kind, const std::string& title,
                 const nlohmann::json& spec = nlohmann::json::object()) {
  JobRow job;
  job.kind = kind;
  job.title = title;
  job.spec = spec;
  return p.jobs().enqueue(job);
}

std::int64_t addRunning(Project& p, const std::string& title) {
  const std::int64_t id = add(p, "align", title);
  p.jobs().claimJob(id);
  p.jobs().heartbeat(id, {"training", 12, 48});
  return id;
}

// Its process is gone: the next start finds it interrupted.
std::int64_t addOrphan(Project& p, const std::string& title) {
  const std::int64_t id = addRunning(p, title);
  Statement(p.database(), "UPDATE job SET pid = 999999999 WHERE id = ?").bind(id).run();
  return id;
}

void setStarted(Project& p, std::int64_t job, int hoursAgo) {
  const std::int64_t then = QDateTime::currentMSecsSinceEpoch() - std::int64_t(hoursAgo) * 3600 * 1000;
  Statement(p.database(), "UPDATE job SET started_ms = ? WHERE id = ?").bind(then).bind(job).run();
}

void setProcess(Project& p, std::int64_t job, std::int64_t process) {
  Statement(p.database(), "UPDATE job SET pid = ? WHERE id = ?").bind(process).bind(job).run();
}

void writeProgram(const QString& path, const QByteArray& body) {
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write the script");
  file.write("#!/bin/sh\necho '{\"event\":\"hello\",\"protocol\":1,\"device\":\"cpu\"}'\n" + body);
  file.close();
  file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

}  // namespace

class JobsTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void anEmptyQueueSaysWhatItIsFor() {
    Room room;
    auto* empty = room.page->findChild<EmptyState*>();
    QTRY_VERIFY(empty->isVisible());
    QTest::mouseClick(empty->button(), Qt::LeftButton);
    QCOMPARE(room.window->currentPage(), QString("annotate"));
  }

  void everyStateIsSaidAndInterruptedOnesAreOnTop() {
    std::int64_t orphan = 0, failed = 0, paused = 0, done = 0, queued = 0;
    Room room([&](Project& p) {
      orphan = addOrphan(p, "Old fine-tune");
      failed = add(p, "reward_train", "");
      p.jobs().claimJob(failed);
      p.jobs().fail(failed, "there are no answers yet; answer some questions first");
      paused = addRunning(p, "A pause");
      p.jobs().paused(paused);
      done = add(p, "generate", "New questions");
      p.jobs().claimJob(done);
      p.jobs().succeed(done, {{"queries", 32}, {"images", 50}});
      queued = add(p, "export_data", "Pairs");
    });
    QAbstractItemModelTester tester(room.model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QTRY_COMPARE(room.model->rowCount(), 5);
    QCOMPARE(room.model->indexOf(orphan).row(), 0);
    QCOMPARE(room.cell(orphan, JobModel::kState), QString("Interrupted"));
    QVERIFY(room.cell(orphan, JobModel::kProgress).contains("12 of 48"));
    QCOMPARE(room.cell(failed, JobModel::kWhat), QString("Train a reward"));
    QVERIFY(room.cell(failed, JobModel::kOutcome).contains("answer some questions first"));
    QCOMPARE(room.cell(paused, JobModel::kState), QString("Paused"));
    QCOMPARE(room.cell(done, JobModel::kOutcome), QString("32 questions, 50 new pictures"));
    QCOMPARE(room.cell(queued, JobModel::kState), QString("In the queue"));
    QVERIFY(room.model->indexOf(queued).row() < room.model->indexOf(done).row());
    auto* filter = room.page->findChild<QComboBox*>("filter");
    filter->setCurrentIndex(3);
    QCOMPARE(room.model->rowCount(), 1);
    QCOMPARE(room.model->item(room.model->index(0, 0))->row.id, failed);
    filter->setCurrentIndex(0);
    QVERIFY(!room.page->grab().isNull());
  }

  void interruptedPausedAndWaitingJobsResume() {
    std::int64_t orphan = 0, paused = 0, waiting = 0;
    Room room([&](Project& p) {
      orphan = addOrphan(p, "Old");
      paused = addRunning(p, "Paused");
      p.jobs().paused(paused);
      waiting = addRunning(p, "Waits");
      const std::int64_t query = p.queries().enqueue(
          QueryRow{.type = "binary", .images = {p.images().list().front().hash}, .acquisition = "random"});
      p.jobs().waitFor(waiting, {query}, 1);
    });
    QTRY_COMPARE(room.model->rowCount(), 3);
    QCOMPARE(room.cell(waiting, JobModel::kOutcome),
             QString("Goes on once 1 of its 1 questions are answered"));
    room.choose(orphan);
    QVERIFY(room.button("resume")->isEnabled());
    QVERIFY(!room.button("retry")->isEnabled());
    QTest::keyClick(room.table, Qt::Key_R);
    QTRY_COMPARE(room.state(orphan), JobState::kQueued);
    QTRY_COMPARE(room.cell(orphan, JobModel::kState), QString("In the queue"));
    for (const std::int64_t job : {paused, waiting}) {
      room.choose(job);
      QTest::mouseClick(room.button("resume"), Qt::LeftButton);
      QTRY_COMPARE(room.state(job), JobState::kQueued);
    }
  }

  void failedAndCancelledJobsAreTriedAgain() {
    std::int64_t failed = 0;
    Room room([&](Project& p) {
      failed = add(p, "reward_train", "Reward");
      p.jobs().claimJob(failed);
      p.jobs().fail(failed, "out of memory");
    });
    QTRY_COMPARE(room.model->rowCount(), 1);
    room.choose(failed);
    QVERIFY(!room.button("cancel")->isEnabled());
    QTest::keyClick(room.table, Qt::Key_T);
    QTRY_COMPARE(room.state(failed), JobState::kQueued);
    QTRY_VERIFY(room.button("cancel")->isEnabled());
    QTest::keyClick(room.table, Qt::Key_Delete);
    QTRY_COMPARE(room.state(failed), JobState::kCancelled);
    QTRY_VERIFY(room.button("retry")->isEnabled());
  }

  void aRunningJobPauses() {
    std::int64_t running = 0;
    Room room([&](Project& p) { running = addRunning(p, "Now"); });
    QTRY_COMPARE(room.model->rowCount(), 1);
    room.choose(running);
    QVERIFY(!room.button("finish")->isEnabled());  // no host of this window works on it
    QTest::keyClick(room.table, Qt::Key_P);
    QTRY_VERIFY(room.project().jobs().find(running)->pauseRequested);
    QTRY_COMPARE(room.cell(running, JobModel::kState), QString("Pausing..."));
    room.project().jobs().paused(running);  // as its worker would
    Q_EMIT room.studio->context().hub->jobsChanged();
    QTRY_COMPARE(room.cell(running, JobModel::kState), QString("Paused"));
  }

  void hoursOfWorkAreNotLostByASlip() {
    std::int64_t running = 0;
    Room room([&](Project& p) {
      running = addRunning(p, "Long");
      setStarted(p, running, 2);
    });
    QTRY_COMPARE(room.model->rowCount(), 1);
    room.choose(running);
    const auto box = [&] { return room.page->findChild<QMessageBox*>(); };
    QTest::keyClick(room.table, Qt::Key_Delete);
    QTRY_VERIFY(box());
    QVERIFY(box()->text().contains("2 h"));
    QTest::keyClick(box(), Qt::Key_Escape);
    QTRY_VERIFY(!box());
    QVERIFY(!room.project().jobs().find(running)->cancelRequested);
    room.table->setFocus();
    QTest::mouseClick(room.button("cancel"), Qt::LeftButton);
    QTRY_VERIFY(box());
    QTest::mouseClick(box()->findChild<QPushButton*>("pauseInstead"), Qt::LeftButton);
    QTRY_VERIFY(room.project().jobs().find(running)->pauseRequested);
    QTRY_VERIFY(!box());
    QTest::mouseClick(room.button("cancel"), Qt::LeftButton);
    QTRY_VERIFY(box());
    QTest::mouseClick(box()->findChild<QPushButton*>("reallyCancel"), Qt::LeftButton);
    QTRY_VERIFY(room.project().jobs().find(running)->cancelRequested);
  }

  void theHostMovesTheBarAndSavesOnRequest() {
    const test::ScriptedHost script(
        "{\"event\":\"accepted\",\"job\":1}\n"
        "{\"event\":\"progress\",\"job\":1,\"phase\":\"training\",\"done\":13,\"total\":48,\"seconds_left\":"
        "120}\n"
        "{\"event\":\"warning\",\"job\":1,\"message\":\"a spike was undone\"}\n");
    std::int64_t running = 0;
    Room room([&](Project& p) { running = addRunning(p, "Now"); }, script.program());
    QCOMPARE(running, 1);
    QTRY_COMPARE(room.model->rowCount(), 1);
    room.host->start();
    QTRY_VERIFY(room.cell(running, JobModel::kProgress).contains("13 of 48"));
    QVERIFY(room.cell(running, JobModel::kProgress).contains("2 min left"));
    room.choose(running);
    QTRY_VERIFY(room.button("finish")->isEnabled());
    QTest::keyClick(room.table, Qt::Key_S);  // too near to other keys to end anything
    QTest::qWait(200);
    QVERIFY(!script.seen().contains("\"finish\""));
    QTest::keyClick(room.table, Qt::Key_S, Qt::ControlModifier);
    QTRY_VERIFY(script.seen().contains("\"finish\""));
    QTest::keyClick(room.table, Qt::Key_Delete);
    QTRY_VERIFY(script.seen().contains("\"cancel\""));
    QVERIFY(room.project().jobs().find(running)->cancelRequested);
    room.host->shutdown();
  }

  void hoursOfWorkDoNotEndByASlip() {
    const test::ScriptedHost script("{\"event\":\"accepted\",\"job\":1}\n");
    std::int64_t running = 0;
    Room room(
        [&](Project& p) {
          running = addRunning(p, "Long");
          setStarted(p, running, 9);
        },
        script.program());
    QTRY_COMPARE(room.model->rowCount(), 1);
    room.host->start();
    room.choose(running);
    QTRY_VERIFY(room.button("finish")->isEnabled());
    const auto box = [&] { return room.page->findChild<QMessageBox*>(); };
    QTest::keyClick(room.table, Qt::Key_S, Qt::ControlModifier);
    QTRY_VERIFY(box());
    QVERIFY(box()->text().contains("9 h"));
    QTest::mouseClick(box()->findChild<QPushButton*>("pauseInstead"), Qt::LeftButton);
    QTRY_VERIFY(room.project().jobs().find(running)->pauseRequested);
    QTRY_VERIFY(!box());
    QVERIFY(!script.seen().contains("\"finish\""));
    QTest::mouseClick(room.button("finish"), Qt::LeftButton);
    QTRY_VERIFY(box());
    QTest::mouseClick(box()->findChild<QPushButton*>("reallyFinish"), Qt::LeftButton);
    QTRY_VERIFY(script.seen().contains("\"finish\""));
    room.host->shutdown();
  }

  void closingAsksWhileATrainingRuns() {
    const test::ScriptedHost script;
    std::int64_t training = 0;
    Room room([&](Project& p) { training = addRunning(p, "Focus"); }, script.program());
    room.host->start();
    QTRY_VERIFY(room.host->isReady());
    const auto question = [&] { return room.window->findChild<QMessageBox*>("closeQuestion"); };
    setProcess(room.project(), training, room.host->processId());
    Q_EMIT room.studio->context().hub->jobsChanged();
    QTest::qWait(300);
    QVERIFY(!room.window->close());
    QTRY_VERIFY(question());
    QVERIFY(question()->text().contains("Focus"));
    QVERIFY(!room.window->close());  // not a second question
    QTest::keyClick(question(), Qt::Key_Escape);
    QTRY_VERIFY(!question());
    QVERIFY(room.window->isVisible());
    QVERIFY(!room.window->close());
    QTRY_VERIFY(question());
    QTest::mouseClick(question()->findChild<QPushButton*>("pauseAndClose"), Qt::LeftButton);
    QTRY_VERIFY(!room.window->isVisible());
    room.host->shutdown();
  }

  void closingDoesNotAskForQuestionsOrForeignWork() {
    const test::ScriptedHost script;
    std::int64_t questions = 0;
    Room room(
        [&](Project& p) {
          questions = add(p, "generate", "New questions");
          p.jobs().claimJob(questions);
          addRunning(p, "Of another program");
        },
        script.program());
    room.host->start();
    QTRY_VERIFY(room.host->isReady());
    setProcess(room.project(), questions, room.host->processId());
    Q_EMIT room.studio->context().hub->jobsChanged();
    QTest::qWait(300);
    QVERIFY(room.window->close());
    room.host->shutdown();
  }

  void whenTheHostDiesNothingPretendsToGoOn() {
    const QTemporaryDir folder;
    const QString program = folder.filePath("plumbline");
    writeProgram(program,
                 "echo '{\"event\":\"accepted\",\"job\":1}'\n"
                 "echo '{\"event\":\"progress\",\"job\":1,\"phase\":\"training\",\"done\":13,\"total\":48,"
                 "\"seconds_left\":900}'\n"
                 "while [ ! -e \"$(dirname \"$0\")/die\" ]; do sleep 0.05; done\nexit 9\n");
    QString device;
    std::int64_t running = 0;
    Room room([&](Project& p) { running = addRunning(p, "Now"); }, program);
    connect(room.studio->context().hub, &DataHub::deviceChanged, this,
            [&device](const QString& name) { device = name; });
    room.host->start();
    auto* chip = room.window->findChild<JobChip*>();
    QTRY_VERIFY(chip->isVisible());
    QCOMPARE(device, QString("cpu"));
    room.choose(running);
    QTRY_VERIFY(room.button("finish")->isEnabled());
    setProcess(room.project(), running, 999999999);  // as if the host had claimed it, which is gone now
    QFile die(folder.filePath("die"));
    QVERIFY(die.open(QIODevice::WriteOnly));
    QTRY_VERIFY(!chip->isVisible());
    QCOMPARE(device, QString());
    QTRY_COMPARE(room.state(running), JobState::kInterrupted);
    QTRY_COMPARE(room.cell(running, JobModel::kState), QString("Interrupted"));
    room.choose(running);
    QVERIFY(!room.button("finish")->isEnabled());
    QVERIFY(room.button("resume")->isEnabled());
    room.host->shutdown();
  }

  void aLostHostIsStartedAgainFromTheNotice() {
    const QTemporaryDir folder;
    const QString program = folder.filePath("plumbline");
    Room room({}, program);
    room.host->start();
    auto* notice = room.window->findChild<NoticeBar*>();
    QTRY_VERIFY(notice->text().contains(program));
    auto* again = notice->findChild<QPushButton*>("noticeAction");
    QCOMPARE(again->text(), QString("Start again"));
    QTest::mouseClick(again, Qt::LeftButton);
    QTRY_VERIFY(again->isVisible());  // still not there
    writeProgram(program, "cat > /dev/null\n");
    QTest::mouseClick(again, Qt::LeftButton);
    QTRY_VERIFY(room.host->isReady());
    QVERIFY(!notice->isVisible());
    Q_EMIT room.studio->context().hub->failure("The disk is full; free some space.");
    QVERIFY(!again->isVisible());  // does not help here
    room.host->shutdown();
  }

  void detailsTellParametersMetricsAndLog() {
    std::int64_t job = 0;
    Room room([&](Project& p) {
      job = add(p, "align", "Focus", {{"method", "focus_n_fix"}, {"settings", {{"beta", 0.25}}}});
      p.jobs().claimJob(job);
      RunRow run;
      run.kind = "align";
      run.job = job;
      const std::int64_t id = p.runs().create(run);
      p.jobs().setRun(job, id);
      p.runs().addMetrics(id, {{"loss", 3, 0.5, 0}, {"loss", 4, 0.25, 0}});
    });
    QTRY_COMPARE(room.model->rowCount(), 1);
    auto* details = room.page->findChild<JobDetails*>();
    QTRY_COMPARE(details->shown(), job);
    const auto holds = [details](const QString& name, const QString& value) {
      for (const QTableWidget* table : details->findChildren<QTableWidget*>()) {
        for (int r = 0; r < table->rowCount(); ++r) {
          if (table->item(r, 0)->text() == name && table->item(r, table->columnCount() - 1)->text() == value)
            return true;
        }
      }
      return false;
    };
    QVERIFY(holds("settings.beta", "0.25"));
    QTRY_VERIFY(holds("loss", "0.25"));
    QTRY_VERIFY(details->findChild<QPlainTextEdit*>()->toPlainText().contains("Belongs to run 1"));
    QTest::keyClick(room.table, Qt::Key_Return);
    QVERIFY(!details->isVisible());
    QTest::keyClick(room.table, Qt::Key_D);
    QVERIFY(details->isVisible());
  }

  void paceIsOfOnePhase() {
    JobPace pace;
    pace.note("drawing", 0, 1000);
    pace.note("drawing", 10, 3000);
    QCOMPARE(pace.perSecond(), 5.0);
    pace.note("training", 1, 3100);
    QCOMPARE(pace.perSecond(), 0.0);
    QCOMPARE(job_text::duration(7200 * 1000), QString("2 h 0 min"));
  }
};

QTEST_MAIN(JobsTest)
#include "jobs_test.moc"
