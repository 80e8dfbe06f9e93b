#include <QSignalSpy>
#include <QTest>

#include "db/database.h"
#include "db/stores/async_answer_writer.h"
#include "tests/db/project_fixture.h"

using namespace plumbline;
using namespace plumbline::testing;

class AsyncAnswerWriterTest : public QObject {
  Q_OBJECT

  static AnswerDraft draftFor(const ProjectFixture& f, std::int64_t query, const char* choice) {
    AnswerDraft draft;
    draft.query = query;
    draft.annotator = f.annotator;
    draft.value = {{"choice", choice}};
    return draft;
  }

 private Q_SLOTS:
  void aReadyFutureMeansOnDisk() {
    ProjectFixture f;
    AsyncAnswerWriter writer(*f.project);
    auto future = writer.record(draftFor(f, f.pairQuery(), "a"));
    const AnswerRow row = future.result();
    const auto other = Project::open(f.path());  // another connection sees it: it is committed
    QVERIFY(other->answers().find(row.id)->value == nlohmann::json({{"choice", "a"}}));
    QCOMPARE(writer.undo(f.annotator).result()->id, row.id);
    QVERIFY(!writer.undo(f.annotator).result());
  }

  void orderIsKeptAndNothingIsLostAtTheEnd() {
    ProjectFixture f;
    std::vector<std::int64_t> queries;
    for (int i = 0; i < 40; ++i) queries.push_back(f.pairQuery());
    {
      AsyncAnswerWriter writer(*f.project);
      for (const auto query : queries) writer.record(draftFor(f, query, "b"));
    }
    const auto answers = f.project->answers().listCurrent();
    QCOMPARE(answers.size(), queries.size());
    for (std::size_t i = 0; i < queries.size(); ++i) QCOMPARE(answers[i].query, queries[i]);
  }

  void failureReachesTheFuture() {
    ProjectFixture f;
    AsyncAnswerWriter writer(*f.project);
    auto future = writer.record(draftFor(f, 999, "a"));
    QCOMPARE(errorOf([&] { future.waitForFinished(); }), ErrorKind::kNotFound);
    QVERIFY(writer.record(draftFor(f, f.pairQuery(), "a")).result().id > 0);  // the writer works on
  }

  void theCallerNeverWaitsForAnotherWriter() {
    ProjectFixture f;
    const auto query = f.pairQuery();
    AsyncAnswerWriter writer(*f.project);
    QFuture<AnswerRow> future;
    {
      Transaction busy(f.project->database());
      future = writer.record(draftFor(f, query, "a"));
      QVERIFY(!future.isFinished());  // had it waited, it would have failed or hung: the other goes on below
      QTest::qWait(150);
      QVERIFY(!future.isFinished());
      QCOMPARE(writer.pending(), 1);
    }
    QVERIFY(future.result().id > 0);
    writer.flush();
    QCOMPARE(writer.pending(), 0);
  }
};

QTEST_GUILESS_MAIN(AsyncAnswerWriterTest)
#include "async_answer_writer_test.moc"
