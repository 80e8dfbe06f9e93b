// The window's side of the device host's protocol against a scripted host: greeting, a job from row to
// success, nonsense on the line, death and restart, orderly end.
#include <QFile>
#include <QSignalSpy>
#include <QTest>

#include "tests/ui/demo_project.h"
#include "ui/data_hub.h"
#include "ui/jobs/host_bridge.h"
#include "ui/jobs/host_client.h"

using namespace plumbline;

namespace {

// A shell script that plays the host; it notes every line it is sent.
QString writeHost(const QTemporaryDir& folder, const QByteArray& body) {
  const QString path = folder.filePath("host.sh");
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write the script");
  file.write("#!/bin/sh\nHERE=$(dirname \"$0\")\n" + body);
  file.close();
  file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
  return path;
}

QString readAll(const QTemporaryDir& folder, const char* name) {
  QFile file(folder.filePath(name));
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

constexpr const char* kHello =
    "echo '{\"event\":\"hello\",\"protocol\":1,\"device\":\"cpu\",\"model\":\"scenes\",\"engine\":\"e\"}'\n";

}  // namespace

class HostClientTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void requestsWaitForTheGreeting() {
    QTemporaryDir folder;
    const QString host = writeHost(folder, QByteArray("sleep 0.3\n") + kHello +
                                               "while read line; do echo \"$line\" >> $HERE/seen; done\n");
    HostClient client({.program = host, .project = "/p", .patienceMs = 3000});
    QSignalSpy ready(&client, &HostClient::ready);
    client.start();
    client.run(12);
    client.setQueueTarget(5);
    QTRY_COMPARE(ready.size(), 1);
    QCOMPARE(ready[0][1].toString(), QString("scenes"));
    QTRY_COMPARE(readAll(folder, "seen").count('\n'), 2);
    const auto first = nlohmann::json::parse(readAll(folder, "seen").section('\n', 0, 0).toStdString());
    QCOMPARE(first.at("command").get<std::string>(), std::string("run"));
    QCOMPARE(first.at("job").get<int>(), 12);
    client.shutdown();
    QVERIFY(readAll(folder, "seen").contains("shutdown"));
  }

  void eventsBecomeSignalsAndNonsenseDoesNot() {
    QTemporaryDir folder;
    const QString host = writeHost(
        folder,
        QByteArray(kHello) +
            "echo 'not json'\necho '[1,2]'\necho '{\"event\":\"later\",\"job\":\"x\"}'\n"
            "echo '{\"event\":\"accepted\",\"request\":1,\"job\":3}'\n"
            "printf '{\"event\":\"progress\",\"job\":3,\"phase\":\"sampling\",'\nsleep 0.1\n"
            "echo '\"done\":5,\"total\":20,\"seconds_left\":2.8}'\n"
            "echo '{\"event\":\"metric\",\"job\":3,\"name\":\"loss\",\"step\":7,\"value\":0.5}'\n"
            "echo '{\"event\":\"succeeded\",\"job\":3,\"result\":{\"queries\":4}}'\ncat > /dev/null\n");
    HostClient client({.program = host, .project = "/p", .patienceMs = 3000});
    QSignalSpy progress(&client, &HostClient::progress), metric(&client, &HostClient::metric);
    QSignalSpy succeeded(&client, &HostClient::succeeded), failed(&client, &HostClient::failed);
    client.start();
    QTRY_COMPARE(succeeded.size(), 1);
    QCOMPARE(progress.size(), 1);
    QCOMPARE(progress[0][2].toLongLong(), 5);
    QCOMPARE(progress[0][4].toInt(), 2);
    QCOMPARE(metric[0][3].toDouble(), 0.5);
    QCOMPARE(succeeded[0][0].toLongLong(), 3);
    QCOMPARE(failed.size(), 0);
  }

  void aDeadHostIsStartedAgain() {
    QTemporaryDir folder;
    const QString host =
        writeHost(folder, QByteArray("echo x >> $HERE/starts\n") + kHello +
                              "if [ $(wc -l < $HERE/starts) -lt 2 ]; then exit 9; fi\ncat > /dev/null\n");
    HostClient client({.program = host, .project = "/p", .patienceMs = 3000});
    QSignalSpy ready(&client, &HostClient::ready);
    client.start();
    QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 2, 10000);
    QCOMPARE(readAll(folder, "starts").count('x'), 2);
  }

  void anAbsentProgramIsSaid() {
    HostClient client({.program = "/nowhere/plumbline", .project = "/p"});
    QSignalSpy lost(&client, &HostClient::lost);
    client.start();
    QTRY_COMPARE(lost.size(), 1);
    QVERIFY(lost[0][0].toString().contains("/nowhere/plumbline"));
  }

  void queuedRowsAreHandedOverOnce() {
    QTemporaryDir folder;
    const QString host =
        writeHost(folder, QByteArray(kHello) + "while read line; do echo \"$line\" >> $HERE/seen; done\n");
    const auto demo = test::makeDemoProject({"pair"});
    const auto studio = test::openStudio(*demo);
    JobRow row;
    row.kind = "generate";
    row.title = "New questions";
    const std::int64_t job = studio->context().project->jobs().enqueue(row);
    HostClient client({.program = host, .project = demo->path(), .patienceMs = 3000});
    studio->setHost(&client);
    HostBridge bridge(studio->context());
    client.start();
    QTRY_VERIFY(readAll(folder, "seen").contains("\"run\""));
    Q_EMIT studio->context().hub->jobsChanged();
    QTest::qWait(200);
    QCOMPARE(readAll(folder, "seen").count("\"run\""), 1);
    QVERIFY(readAll(folder, "seen").contains(QStringLiteral("\"job\":%1").arg(job)));
  }
};

QTEST_MAIN(HostClientTest)
#include "host_client_test.moc"
