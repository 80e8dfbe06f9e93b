#include <QTest>
#include <QThread>
#include <set>
#include <thread>

#include "tests/db/project_fixture.h"

using namespace plumbline;
using namespace plumbline::testing;

class QueryStoreTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void comesInRankThenInOrderOfArrival() {
    ProjectFixture f;
    const auto first = f.pairQuery("p", 1, 1.0), second = f.pairQuery("p", 1, 1.0),
               urgent = f.pairQuery("p", 1, 0.0);
    const auto rows = f.project->queries().next(f.annotator, 10);
    QCOMPARE(rows.size(), 3u);
    QCOMPARE(rows[0].id, urgent);
    QCOMPARE(rows[1].id, first);
    QCOMPARE(rows[2].id, second);
    QCOMPARE(rows[0].promptText, "p");
    QCOMPARE(rows[0].images.size(), 2u);
    QCOMPARE(rows[0].acquisition, "random");
  }

  void filtersByType() {
    ProjectFixture f;
    f.pairQuery();
    const auto binary = f.oneImageQuery("binary");
    const auto rows = f.project->queries().next(f.annotator, 10, 0, {"binary", "mask"});
    QCOMPARE(rows.size(), 1u);
    QCOMPARE(rows[0].id, binary);
    QCOMPARE(f.project->queries().openFor(f.annotator), 2);
    QCOMPARE(f.project->queries().openFor(f.annotator, {"mask"}), 0);
    QCOMPARE(f.project->queries().counts().openByType.at("binary"), 1);
  }

  void leaseKeepsOthersAwayUntilItExpires() {
    ProjectFixture f;
    const auto query = f.pairQuery();
    const auto other = f.project->annotators().ensure({.name = "other"});
    QueryStore& queries = f.project->queries();
    QCOMPARE(queries.next(f.annotator, 1, 150).size(), 1u);
    QCOMPARE(queries.next(f.annotator, 1, 150).size(), 1u);  // his own lease does not stand in his way
    QVERIFY(queries.next(other, 1).empty());
    QTRY_COMPARE_WITH_TIMEOUT(queries.next(other, 1, 0).size(), 1u, 2000);
    QCOMPARE(queries.next(f.annotator, 1, 60000).at(0).id, query);
    queries.releaseLeases(f.annotator);
    QCOMPARE(queries.next(other, 1).size(), 1u);
  }

  void overlapWantsSeveralAnnotators() {
    ProjectFixture f;
    const auto query = f.pairQuery("p", 2);
    const auto second = f.project->annotators().ensure({.name = "second"});
    const auto third = f.project->annotators().ensure({.name = "third"});
    f.choose(query, "a");
    QVERIFY(f.project->queries().next(f.annotator, 1, 0).empty());
    QCOMPARE(f.project->queries().next(second, 1).size(), 1u);
    QVERIFY(f.project->queries().next(third, 1).empty());  // one answer and one lease make two
    AnswerDraft draft;
    draft.query = query;
    draft.annotator = second;
    draft.value = {{"choice", "b"}};
    f.project->answers().record(draft);
    QCOMPARE(f.project->queries().find(query)->state, "done");
  }

  void damagedPicturesAreNotAsked() {
    ProjectFixture f;
    const auto query = f.pairQuery();
    f.project->images().setState(f.project->queries().find(query)->images[1], ImageState::kCorrupt);
    QVERIFY(f.project->queries().next(f.annotator, 1).empty());
    QCOMPARE(f.project->queries().openFor(f.annotator), 0);
  }

  void withdrawnIsNotAskedAndNotReopened() {
    ProjectFixture f;
    const auto query = f.pairQuery();
    f.project->queries().withdraw({query});
    QVERIFY(f.project->queries().next(f.annotator, 1).empty());
    QCOMPARE(f.project->queries().counts().withdrawn, 1);
  }

  void refusesUnknownPictures() {
    ProjectFixture f;
    QueryRow query;
    query.type = "binary";
    query.images = {std::string(64, 'a')};
    QCOMPARE(errorOf([&] { f.project->queries().enqueue(query); }), ErrorKind::kInvalidInput);
    query.images = {};
    QCOMPARE(errorOf([&] { f.project->queries().enqueue(query); }), ErrorKind::kInvalidInput);
    QCOMPARE(f.project->queries().counts().open, 0);
  }

  void twoAnnotatorsAtOnceNeverGetTheSame() {
    ProjectFixture f;
    for (int i = 0; i < 40; ++i) f.pairQuery();
    const std::int64_t annotators[] = {f.annotator, f.project->annotators().ensure({.name = "other"})};
    std::set<std::int64_t> seen[2];
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 10; ++i) {
          for (const auto& query : f.project->queries().next(annotators[t], 1 + i)) seen[t].insert(query.id);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    for (const auto id : seen[0]) QVERIFY(!seen[1].count(id));
    QVERIFY(seen[0].size() >= 10 && seen[1].size() >= 10);
  }

  void aLongQueueIsServedInOrder() {
    ProjectFixture f;
    const std::string a = f.image(), b = f.image();
    std::vector<QueryRow> many(8000);
    for (QueryRow& query : many) {
      query.type = "pair";
      query.images = {a, b};
    }
    const auto ids = f.project->queries().enqueue(many);
    for (int i = 0; i < 300; ++i) f.choose(ids[static_cast<std::size_t>(i)], "a");
    for (int i = 0; i < 50; ++i) QCOMPARE(f.project->queries().next(f.annotator, 3).at(0).id, ids[300]);
  }
};

QTEST_GUILESS_MAIN(QueryStoreTest)
#include "query_store_test.moc"
