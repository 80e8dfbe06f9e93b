// A session of the real window and the real device host in which both are killed at random moments: what
// showed its tick is on disk, the project is whole, and every job ends with the bytes that an uninterrupted
// one gives. PLUMBLINE_KILLS says how many moments (5 unless set), PLUMBLINE_SEED which.
#include <signal.h>

#include <QElapsedTimer>
#include <QFile>
#include <QRandomGenerator>
#include <QtTest>
#include <filesystem>
#include <map>
#include <memory>

#include "db/project.h"
#include "tests/system/asked_queue.h"
#include "tests/system/one_core.h"
#include "tests/system/program.h"
#include "tests/system/scripted_answers.h"

using namespace plumbline;

namespace {

constexpr int kPhaseLimitMs = 120 * 1000;

QString driverPath() {
  return qEnvironmentVariable("PLUMBLINE_BINARY_DIR") + "/tests/system/studio_driver";
}

int wantedKills() {
  bool given = false;
  const int wanted = qEnvironmentVariableIntValue("PLUMBLINE_KILLS", &given);
  return given ? wanted : 5;
}

QByteArray bytesOf(const std::filesystem::path& path) {
  QFile file(QString::fromStdString(path.string()));
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// A running window and what it has promised so far.
class LiveSession {
 public:
  explicit LiveSession(const QString& project) {
    process_.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process_.start(driverPath(), {project, programPath()});
    process_.waitForStarted();
    clock_.start();
  }
  ~LiveSession() { killAll(); }

  // Reads what is there; complete lines only: the last one may have been cut by the kill.
  void listen(int milliseconds) {
    QElapsedTimer clock;
    clock.start();
    do {
      process_.waitForReadyRead(std::clamp(milliseconds - int(clock.elapsed()), 1, 20));
      while (process_.canReadLine()) take(process_.readLine().chopped(1));
    } while (clock.elapsed() < milliseconds && process_.state() != QProcess::NotRunning);
  }

  void killWindow() {
    if (process_.state() != QProcess::NotRunning) process_.kill();
    process_.waitForFinished();
    listen(0);
  }
  void killWorker() {
    if (worker_ > 0) ::kill(worker_, SIGKILL);
  }
  void killAll() {
    killWorker();
    killWindow();
  }
  bool endInOrder() {
    process_.closeWriteChannel();
    const bool ended = process_.waitForFinished(30000) && process_.exitCode() == 0;
    listen(0);
    worker_ = 0;
    return ended;
  }

  bool isRunning() const { return process_.state() == QProcess::Running; }
  int startupMs() const { return startupMs_; }  // until the host greeted; 0 if it has not
  const QStringList& promised() const { return promised_; }

 private:
  void take(const QByteArray& line) {
    if (line.startsWith("worker ")) {
      worker_ = pid_t(line.mid(7).toInt());
      if (startupMs_ == 0) startupMs_ = int(clock_.elapsed());
    }
    if (line.startsWith("saved ")) promised_ << QString::fromUtf8(line.mid(6));
  }

  QProcess process_;
  QElapsedTimer clock_;
  pid_t worker_ = 0;
  int startupMs_ = 0;
  QStringList promised_;
};

}  // namespace

class KillSessionTest : public QObject {
  Q_OBJECT

 private:
  Workshop workshop_;
  QRandomGenerator random_{quint32(qEnvironmentVariableIntValue("PLUMBLINE_SEED") + 20)};
  QString project_;
  QStringList promised_;
  int kills_ = 0, atWork_ = 0, startupMs_ = 2500;

  static std::int64_t addJob(const QString& folder, const char* kind, const nlohmann::json& spec,
                             JobPriority priority) {
    JobRow row;
    row.kind = kind;
    row.spec = spec;
    row.priority = priority;
    return Project::open(folder.toStdString())->jobs().enqueue(row);
  }

  static bool hasSucceeded(const QString& folder, std::int64_t job) {
    return Project::open(folder.toStdString())->jobs().find(job)->state == JobState::kSucceeded;
  }

  static bool allAnswered(const QString& folder) {
    return Project::open(folder.toStdString())->queries().counts().open == 0;
  }

  // "a PROMPT" of every current answer.
  static QStringList answers(const QString& folder) {
    const auto project = Project::open(folder.toStdString());
    QStringList list;
    for (const AnswerRow& answer : project->answers().listCurrent()) {
      const auto query = project->queries().find(answer.query);
      list << QString::fromStdString(answer.value.value("choice", "") + " " + query->promptText);
    }
    list.sort();
    return list;
  }

  // Kills `kills` times while the job runs and people answer, then lets one session end it.
  void live(std::int64_t job, int kills) {
    for (int i = 0; i < kills; ++i) {
      LiveSession session(project_);
      session.listen(100 + int(random_.bounded(startupMs_ + 1500)));
      const int whom = int(random_.bounded(4));
      if (whom == 0) {
        session.killWorker();  // the window starts another and goes on, until it is killed too
        session.listen(int(random_.bounded(2500)));
      }
      if (whom != 3) session.killAll();
      session.killWindow();  // alone: the worker sees its input end
      ++kills_;
      atWork_ += !hasSucceeded(project_, job);
      promised_ << session.promised();
      if (session.startupMs() > 0) startupMs_ = session.startupMs();
    }
    LiveSession last(project_);
    QElapsedTimer clock;
    clock.start();
    while (clock.elapsed() < kPhaseLimitMs && last.isRunning() &&
           !(hasSucceeded(project_, job) && allAnswered(project_))) {
      last.listen(200);
    }
    QVERIFY2(last.isRunning(), "the window ended by itself");
    QVERIFY(last.endInOrder());
    promised_ << last.promised();
    QVERIFY(hasSucceeded(project_, job));
    const Ran checked = runProgram({"check", project_});
    QVERIFY2(checked.code == 0, checked.err + checked.out);
  }

  // The same job in a copy of the project, not interrupted; its folder, empty if it failed.
  QString undisturbed(const QString& name, const char* kind, const nlohmann::json& spec,
                      JobPriority priority) {
    const QString copy = workshop_.path(name);
    const Ran copied = runProgram({"backup", project_, "--out", copy});
    if (copied.code != 0) return qWarning("backup: %s", copied.err.constData()), QString();
    const std::int64_t job = addJob(copy, kind, spec, priority);
    const Ran ran = runProgram({"run", copy, "--job", QString::number(job)}, kPhaseLimitMs);
    if (ran.code != 0) return qWarning("%s: %s", kind, ran.err.constData()), QString();
    return copy;
  }

 private Q_SLOTS:
  void initTestCase() {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    test::useOneCore();
    project_ = workshop_.project("session");
  }

  void questionsAndAnswers() {
    const int kills = wantedKills() - 2 * (wantedKills() / 4);
    const nlohmann::json spec{
        {"queries", 24 + 4 * kills}, {"steps", 8}, {"pair", 3}, {"binary", 1}, {"mask", 1},
        {"acquisition", "random"},   {"seed", 3}};
    const QString whole = undisturbed("whole", "generate", spec, JobPriority::kQueries);
    QVERIFY(!whole.isEmpty());
    const std::int64_t job = addJob(project_, "generate", spec, JobPriority::kQueries);
    live(job, kills);
    if (QTest::currentTestFailed()) return;
    QCOMPARE(test::askedQueue(project_), test::askedQueue(whole));
    // Every promise was kept, and nothing was said twice.
    QStringList onDisk = answers(project_);
    QCOMPARE(onDisk.size(), test::askedQueue(project_).count('\n'));
    QVERIFY2(promised_.size() > onDisk.size() / 2, qPrintable(QString::number(promised_.size())));
    for (const QString& promise : std::as_const(promised_))
      QVERIFY2(onDisk.removeOne(promise), qPrintable(promise));
  }

  void rewardTraining() {
    const int kills = wantedKills() / 4;  // more of them need more work to fall into
    const nlohmann::json spec{{"epochs", 120}, {"region_epochs", 20 + 20 * kills}, {"seed", 2}};
    const QString whole = undisturbed("rewarded", "reward_train", spec, JobPriority::kScoring);
    QVERIFY(!whole.isEmpty());
    live(addJob(project_, "reward_train", spec, JobPriority::kScoring), kills);
    if (QTest::currentTestFailed()) return;
    const auto expected = Project::open(whole.toStdString())->rewardModels().latest();
    const auto found = Project::open(project_.toStdString())->rewardModels().latest();
    QVERIFY(expected && found);
    QCOMPARE(found->version, expected->version);
    const QByteArray bytes =
        bytesOf(std::filesystem::path(whole.toStdString()) / expected->path / "reward.safetensors");
    QVERIFY(!bytes.isEmpty());
    QCOMPARE(bytesOf(std::filesystem::path(project_.toStdString()) / found->path / "reward.safetensors"),
             bytes);
  }

  void fineTune() {
    const int kills = wantedKills() / 4;
    const nlohmann::json settings{{"mask_source", "people"}, {"trust_change", 255}, {"pictures", 4},
                                  {"mask_smallest", 0},      {"draw_steps", 4},     {"gradient_steps", 1},
                                  {"steps", 12 + 8 * kills}, {"batch", 2},          {"checkpoint_every", 2},
                                  {"strip_pictures", 0},     {"rank", 2},           {"seed", 5}};
    const nlohmann::json spec{{"method", "focus_n_fix"}, {"settings", settings}};
    const QString whole = undisturbed("tuned", "align", spec, JobPriority::kTraining);
    QVERIFY(!whole.isEmpty());
    const std::int64_t job = addJob(project_, "align", spec, JobPriority::kTraining);
    live(job, kills);
    if (QTest::currentTestFailed()) return;
    const auto adapter = [](const QString& folder) {
      const auto project = Project::open(folder.toStdString());
      const auto runs = project->runs().list("align");
      const std::filesystem::path path = runs.at(0).result.at("adapter").get<std::string>();
      QByteArray bytes;
      for (const auto& file : std::filesystem::directory_iterator(project->folder() / path)) {
        if (file.path().extension() == ".safetensors") bytes += bytesOf(file.path());
      }
      return bytes;
    };
    QVERIFY(!adapter(whole).isEmpty());
    QCOMPARE(adapter(project_), adapter(whole));
  }

  void cleanupTestCase() {
    qInfo("%d kills, %d of them before the job was done; %d ticks shown, %d answers on disk", kills_, atWork_,
          int(promised_.size()), int(answers(project_).size()));
  }
};

QTEST_GUILESS_MAIN(KillSessionTest)
#include "kill_session_test.moc"
