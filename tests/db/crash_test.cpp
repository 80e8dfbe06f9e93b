// Real processes, really killed.
#include <QElapsedTimer>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>
#include <map>
#include <set>

#include "db/check.h"
#include "tests/db/project_fixture.h"

using namespace plumbline;
using namespace plumbline::testing;

class CrashTest : public QObject {
  Q_OBJECT

  static QString writer() { return qEnvironmentVariable("PLUMBLINE_BINARY_DIR") + "/tests/db/answer_writer"; }

  static void start(QProcess& process, const ProjectFixture& f, const QString& annotator, int count) {
    process.setReadChannel(QProcess::StandardOutput);
    process.start(writer(), {QString::fromStdString(f.path().string()), annotator, QString::number(count)});
    QVERIFY2(process.waitForStarted(), qPrintable(process.errorString()));
  }

  // Complete lines only: the last one may have been cut by the kill.
  static std::map<std::int64_t, std::int64_t> acknowledged(const QByteArray& output) {
    std::map<std::int64_t, std::int64_t> answers;
    const QList<QByteArray> lines = output.left(output.lastIndexOf('\n') + 1).split('\n');
    for (const QByteArray& line : lines) {
      const QList<QByteArray> fields = line.split(' ');
      if (fields.size() == 2) answers[fields[0].toLongLong()] = fields[1].toLongLong();
    }
    return answers;
  }

 private Q_SLOTS:
  void initTestCase() {
    if (qEnvironmentVariable("PLUMBLINE_BINARY_DIR").isEmpty()) {
      const QString built = QCoreApplication::applicationDirPath() + "/../..";
      qputenv("PLUMBLINE_BINARY_DIR", built.toUtf8());
    }
    QVERIFY2(QFile::exists(writer()), qPrintable(writer()));
  }

  void killedWhileWritingLosesNothingAcknowledged() {
    ProjectFixture f;
    const std::string a = f.image(), b = f.image();
    QueryRow query;
    query.type = "pair";
    query.images = {a, b};
    f.project->queries().enqueue(std::vector<QueryRow>(8000, query));
    std::map<std::int64_t, std::int64_t> promised;
    for (int round = 0; round < 12; ++round) {
      QProcess process;
      start(process, f, "victim", 1000000);
      QVERIFY(process.waitForReadyRead(20000));
      QElapsedTimer timer;
      timer.start();
      const int moment = QRandomGenerator::global()->bounded(1, 120);
      while (timer.elapsed() < moment) process.waitForReadyRead(1);
      process.kill();  // SIGKILL
      QVERIFY(process.waitForFinished());
      QCOMPARE(process.exitStatus(), QProcess::CrashExit);
      promised.merge(acknowledged(process.readAllStandardOutput()));
    }
    QVERIFY2(promised.size() > 20, qPrintable(QString::number(promised.size())));
    for (const auto& [id, queryId] : promised) {
      const auto answer = f.project->answers().find(id);
      QVERIFY(answer);
      QCOMPARE(answer->query, queryId);
      QCOMPARE(answer->observations, queryId % 3 == 0 ? 3 : 1);
    }
    SilentSink sink;
    const CheckReport report = checkProject(*f.project, false, sink, {});
    QVERIFY2(report.ok(), report.toJson().dump().c_str());
  }

  void twoProcessesWriteAtOnce() {
    ProjectFixture f;
    const std::string a = f.image(), b = f.image();
    QueryRow query;
    query.type = "pair";
    query.images = {a, b};
    f.project->queries().enqueue(std::vector<QueryRow>(300, query));
    QProcess first, second;
    start(first, f, "first", 150);
    start(second, f, "second", 150);
    // This process keeps writing too, as the window does.
    for (int i = 0; i < 50; ++i) f.project->events().append("noise", std::to_string(i));
    QVERIFY(first.waitForFinished(60000) && second.waitForFinished(60000));
    QVERIFY2(first.exitCode() == 0, first.readAllStandardError().constData());
    QVERIFY2(second.exitCode() == 0, second.readAllStandardError().constData());
    const auto one = acknowledged(first.readAllStandardOutput()),
               two = acknowledged(second.readAllStandardOutput());
    QCOMPARE(one.size() + two.size(), 300u);
    std::set<std::int64_t> queries;
    for (const auto& answers : {one, two}) {
      for (const auto& entry : answers) queries.insert(entry.second);
    }
    QCOMPARE(queries.size(), 300u);  // leases kept them apart
    QCOMPARE(f.project->answers().counts().total, 300);
    QCOMPARE(f.project->queries().counts().open, 0);
  }
};

QTEST_GUILESS_MAIN(CrashTest)
#include "crash_test.moc"
