// The device host's protocol, as the window speaks it.
#include <signal.h>
#include <QJsonArray>
#include <QtTest>

#include "db/project.h"
#include "tests/system/host_session.h"

using namespace plumbline;

class ServeTest : public QObject {
  Q_OBJECT

 private:
  Workshop workshop_;

  static std::int64_t addJob(const QString& folder, const nlohmann::json& spec) {
    const auto project = Project::open(folder.toStdString());
    JobRow row;
    row.kind = "generate";
    row.spec = spec;
    row.priority = JobPriority::kQueries;
    return project->jobs().enqueue(row);
  }
  static std::string stateOf(const QString& folder, std::int64_t job) {
    return jobStateName(Project::open(folder.toStdString())->jobs().find(job)->state);
  }
  static nlohmann::json slowJob() {
    return {{"queries", 400}, {"steps", 50}, {"pair", 1}, {"acquisition", "random"}};
  }
  static QByteArray request(int id, const char* command, std::int64_t job) {
    return QJsonDocument(QJsonObject{{"id", id}, {"command", command}, {"job", qint64(job)}})
        .toJson(QJsonDocument::Compact);
  }

 private Q_SLOTS:
  void greetsAndAnswersStatus() {
    HostSession host(workshop_.project("greeting"));
    const QJsonObject hello = host.waitForEvent("hello");
    QCOMPARE(hello["protocol"].toInt(), 1);
    QVERIFY(!hello["version"].toString().isEmpty());
    QVERIFY(!hello["engine"].toString().isEmpty());
    host.send(R"({"id": 3, "command": "status", "not known": [1, 2]})");
    const QJsonObject status = host.waitForEvent("status");
    QCOMPARE(status["request"].toInt(), 3);
    QVERIFY(status["jobs"].toArray().isEmpty());
  }

  void nonsenseIsAnsweredWithAnError() {
    HostSession host(workshop_.project("nonsense"));
    host.waitForEvent("hello");
    const QList<QByteArray> lines{"nonsense",
                                  "[1]",
                                  "{\"command\": \"dance\", \"id\": 1}",
                                  "{\"id\": 1}",
                                  "{\"command\": \"run\", \"id\": 1}",
                                  "{\"command\": \"run\", \"id\": 1, \"job\": \"seven\"}",
                                  "{\"command\": \"run\", \"id\": 1, \"job\": 12345}",
                                  "{\"command\": \"preview\"}",
                                  "{\"command\": \"preview\", \"prompt\": \"a\", \"steps\": -1}",
                                  "{\"command\": \"queue\", \"target\": -5}",
                                  "{\"command\": 17}"};
    for (const QByteArray& line : lines) {
      host.send(line);
      const QJsonObject error = host.waitForEvent("error", 10000);
      QVERIFY2(!error["message"].toString().isEmpty(), line);
    }
    host.send("{\"command\": \"status\"}");
    QVERIFY(!host.waitForEvent("status").isEmpty());
  }

  void aJobRunsToItsEnd() {
    const QString project = workshop_.project("runs");
    const std::int64_t job = addJob(project, {{"queries", 4}, {"steps", 2}, {"binary", 1}});
    HostSession host(project);
    host.waitForEvent("hello");
    host.send(request(1, "run", job));
    const QJsonObject end = host.waitForEnd(1);
    QCOMPARE(end["event"].toString(), QString("succeeded"));
    QCOMPARE(end["result"]["queries"].toInt(), 4);
    QCOMPARE(host.countOf("accepted", 1), 1);
    QVERIFY(host.countOf("progress", 1) > 0);
    QCOMPARE(stateOf(project, job), std::string("succeeded"));
    host.send(request(2, "run", job));
    QVERIFY(host.waitForEvent("error")["message"].toString().contains("succeeded"));
  }

  void cancelTakesEffectWithinAStep() {
    const QString project = workshop_.project("cancel");
    const std::int64_t job = addJob(project, slowJob());
    HostSession host(project);
    host.waitForEvent("hello");
    host.send(request(1, "run", job));
    QVERIFY(!host.waitForEvent("progress").isEmpty());
    host.send(request(2, "cancel", job));
    const QJsonObject end = host.waitForEnd(1, 10000);
    QCOMPARE(end["event"].toString(), QString("cancelled"));
    QCOMPARE(end["state"].toString(), QString("cancelled"));
    QCOMPARE(stateOf(project, job), std::string("cancelled"));
  }

  void aPausedJobGoesOn() {
    const QString project = workshop_.project("pause");
    const std::int64_t job =
        addJob(project, {{"queries", 24}, {"steps", 6}, {"binary", 1}, {"acquisition", "random"}});
    HostSession host(project);
    host.waitForEvent("hello");
    host.send(request(1, "run", job));
    QVERIFY(
        !host.waitFor([](const QJsonObject& e) { return e["phase"] == "drawing" && e["done"].toInt() > 0; })
             .isEmpty());
    host.send(request(2, "pause", job));
    QCOMPARE(host.waitForEnd(1, 10000)["state"].toString(), QString("paused"));
    QCOMPARE(stateOf(project, job), std::string("paused"));
    host.send(request(3, "run", job));
    const QJsonObject end = host.waitForEnd(3);
    QCOMPARE(end["event"].toString(), QString("succeeded"));
    QCOMPARE(end["result"]["queries"].toInt(), 24);
  }

  void aPreviewComesWhileAJobRunsAndTheLatestWins() {
    const QString project = workshop_.project("preview");
    const std::int64_t job = addJob(project, slowJob());
    HostSession host(project);
    host.waitForEvent("hello");
    host.send(request(1, "run", job));
    QVERIFY(!host.waitForEvent("progress").isEmpty());
    for (int id = 11; id <= 13; ++id) {
      host.send("{\"command\":\"preview\",\"prompt\":\"a red star\",\"steps\":30,\"id\":" +
                QByteArray::number(id) + "}");
    }
    const QJsonObject end = host.waitForEnd(13, 20000);
    QCOMPARE(end["event"].toString(), QString("succeeded"));
    QVERIFY(QFile::exists(end["result"]["path"].toString()));
    QCOMPARE(host.countOf("cancelled", 11) + host.countOf("succeeded", 11), 1);
    QCOMPARE(host.countOf("cancelled", 12), 1);
    QCOMPARE(stateOf(project, job), std::string("running"));
  }

  void theQueueIsKeptFilled() {
    const QString project = workshop_.project("queue");
    HostSession host(project);
    host.waitForEvent("hello");
    host.send("{\"command\":\"queue\",\"target\":8,\"id\":5}");
    const QJsonObject full = host.waitFor(
        [](const QJsonObject& e) { return e["event"] == "queue" && e["ready"].toInt() >= 8; }, 60000);
    QCOMPARE(full["target"].toInt(), 8);
  }

  void endOfInputPausesAndEnds() {
    const QString project = workshop_.project("end");
    const std::int64_t job = addJob(project, slowJob());
    HostSession host(project);
    host.waitForEvent("hello");
    host.send(request(1, "run", job));
    QVERIFY(!host.waitForEvent("progress").isEmpty());
    host.process().closeWriteChannel();
    QVERIFY(host.process().waitForFinished(15000));
    QCOMPARE(host.process().exitCode(), 0);
    QCOMPARE(stateOf(project, job), std::string("paused"));
  }

  void aKilledHostLeavesAnInterruptedJob() {
    const QString project = workshop_.project("killed");
    const std::int64_t job = addJob(project, slowJob());
    {
      HostSession host(project);
      host.waitForEvent("hello");
      host.send(request(1, "run", job));
      QVERIFY(!host.waitForEvent("progress").isEmpty());
      ::kill(pid_t(host.process().processId()), SIGKILL);
      host.process().waitForFinished();
    }
    HostSession next(project);
    const QJsonArray interrupted = next.waitForEvent("hello")["interrupted"].toArray();
    QCOMPARE(interrupted.size(), 1);
    QCOMPARE(interrupted[0].toInt(), int(job));
  }
};

QTEST_GUILESS_MAIN(ServeTest)
#include "serve_test.moc"
