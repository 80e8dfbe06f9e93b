#include <QTest>

#include "core/types/coco_rle.h"
#include "db/atomic_file.h"
#include "db/database.h"
#include "tests/db/project_fixture.h"

using namespace plumbline;
using namespace plumbline::testing;

class AnswerStoreTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void recordsAnswerWithItsObservations() {
    ProjectFixture f;
    const auto query = f.pairQuery();
    const auto images = f.project->queries().find(query)->images;
    const AnswerRow answer = f.choose(query, "b");
    QCOMPARE(answer.observations, 1);
    QCOMPARE(answer.revision, 0);
    QCOMPARE(answer.queryType, "pair");
    const auto rows = f.project->observations().current();
    QCOMPARE(rows.size(), 1u);
    const auto comparison = std::get<Comparison>(rows[0].observation);
    QCOMPARE(comparison.winner, images[1]);
    QCOMPARE(comparison.loser, images[0]);
    QVERIFY(!comparison.tie);
    QCOMPARE(rows[0].promptText, "a red circle");
    QCOMPARE(rows[0].acquisition, "random");
    QCOMPARE(f.project->queries().find(query)->state, "done");
  }

  void bothBadIsATieAndTwoLevels() {
    ProjectFixture f;
    f.choose(f.pairQuery(), "both_bad");
    ObservationFilter levels;
    levels.kind = "level";
    const auto rows = f.project->observations().current(levels);
    QCOMPARE(rows.size(), 2u);
    QCOMPARE(std::get<Level>(rows[0].observation).value, 0.0);
    ObservationFilter comparisons;
    comparisons.kind = "comparison";
    QVERIFY(std::get<Comparison>(f.project->observations().current(comparisons).at(0).observation).tie);
  }

  void masksComeBackAsTheyWerePainted() {
    ProjectFixture f;
    const auto query = f.oneImageQuery("mask");
    Mask mask(8, 6);
    mask.at(3, 2) = mask.at(4, 2) = 1;
    f.answer(query,
             {{"choice", "done"}, {"regions", {{{"category", "unsafe"}, {"mask", cocoEncode(mask)}}}}});
    const auto regions = f.project->observations().regionsOf(f.project->queries().find(query)->images[0]);
    QCOMPARE(regions.size(), 1u);
    QCOMPARE(regions[0].category, "unsafe");
    QVERIFY(cocoDecode(regions[0].mask) == mask);
    const auto clean = f.oneImageQuery("mask");
    f.choose(clean, "nothing");
    const auto none = f.project->observations().regionsOf(f.project->queries().find(clean)->images[0]);
    QCOMPARE(none.size(), 1u);
    QCOMPARE(none[0].category, "");
    QVERIFY(none[0].mask.is_null());
  }

  void refusesWhatTheTypeCannotMean() {
    ProjectFixture f;
    const auto query = f.pairQuery();
    QCOMPARE(errorOf([&] { f.choose(query, "left"); }), ErrorKind::kInvalidInput);
    QCOMPARE(errorOf([&] { f.answer(query, {{"choice", 7}}); }), ErrorKind::kInvalidInput);
    QCOMPARE(errorOf([&] { f.choose(999, "a"); }), ErrorKind::kNotFound);
    QCOMPARE(f.project->answers().counts().total, 0);
    QCOMPARE(f.project->queries().find(query)->state, "open");
  }

  void oneAnswerPerAnnotatorAndQuery() {
    ProjectFixture f;
    const auto query = f.pairQuery();
    const AnswerRow first = f.choose(query, "a");
    QCOMPARE(errorOf([&] { f.choose(query, "b"); }), ErrorKind::kInvalidInput);
    AnswerDraft edit;
    edit.query = query;
    edit.annotator = f.annotator;
    edit.value = {{"choice", "b"}};
    edit.supersedes = first.id;
    const AnswerRow second = f.project->answers().record(edit);
    QCOMPARE(second.revision, 1);
    QCOMPARE(second.supersedes, first.id);
    QCOMPARE(errorOf([&] { f.project->answers().record(edit); }), ErrorKind::kInvalidInput);  // stale edit
    QCOMPARE(f.project->answers().counts().total, 1);
    QCOMPARE(f.project->observations().count(), 1);
    QVERIFY(f.project->answers().find(first.id)->value == nlohmann::json({{"choice", "a"}}));  // still there
  }

  void databaseKeepsTheChainAChain() {
    ProjectFixture f;
    const AnswerRow first = f.choose(f.pairQuery(), "a");
    const auto insert = [&](int revision, std::optional<std::int64_t> supersedes) {
      return errorOf([&] {
        Statement(f.project->database(),
                  "INSERT INTO answer (query_id, annotator_id, value_json, source, revision, supersedes, "
                  "created_ms) "
                  "VALUES (?, ?, '{}', 'person', ?, ?, 0)")
            .bind(first.query)
            .bind(first.annotator)
            .bind(revision)
            .bind(supersedes)
            .run();
      });
    };
    QCOMPARE(insert(0, std::nullopt), ErrorKind::kInvalidInput);
    QCOMPARE(insert(1, std::nullopt), ErrorKind::kInvalidInput);
    QCOMPARE(insert(1, 999), ErrorKind::kInvalidInput);
    QCOMPARE(insert(1, first.id), std::nullopt);
    QCOMPARE(insert(2, first.id), ErrorKind::kInvalidInput);
  }

  void undoGoesBackAcrossAnswers() {
    ProjectFixture f;
    std::vector<std::int64_t> queries;
    for (int i = 0; i < 3; ++i) queries.push_back(f.pairQuery());
    for (const auto query : queries) f.choose(query, "a");
    AnswerStore& answers = f.project->answers();
    QCOMPARE(answers.undo(f.annotator)->query, queries[2]);
    QCOMPARE(answers.undo(f.annotator)->query, queries[1]);
    QCOMPARE(answers.counts().total, 1);
    QCOMPARE(f.project->observations().count(), 1);
    QCOMPARE(f.project->queries().find(queries[1])->state, "open");
    QCOMPARE(f.project->queries().next(f.annotator, 1, 0).at(0).id, queries[1]);  // asked again, in its place

    const AnswerRow again = f.choose(queries[1], "b");
    QCOMPARE(again.revision, 2);  // answer, undo, answer
    const auto chain = answers.chain(again.id);
    QCOMPARE(chain.size(), 3u);
    QCOMPARE(chain[1].state, "retracted");
    QCOMPARE(answers.undo(f.annotator)->id, again.id);
    QCOMPARE(answers.undo(f.annotator)->query, queries[0]);
    QVERIFY(!answers.undo(f.annotator));
    QCOMPARE(answers.counts().total, 0);
    QCOMPARE(f.project->observations().count(), 0);
  }

  void undoStaysWithinTheSession() {
    ProjectFixture f;
    const auto earlier = f.pairQuery();
    f.choose(earlier, "a");
    const auto session = f.project->annotators().startSession(f.annotator);
    QVERIFY(!f.project->answers().undo(f.annotator, session));
    QCOMPARE(f.project->answers().history(f.annotator, 10, session).size(), 0u);
    QCOMPARE(f.project->answers().history(f.annotator, 10).size(), 1u);
  }

  void skipCountsButSaysNothing() {
    ProjectFixture f;
    const auto query = f.pairQuery();
    f.choose(query, "skip");
    const AnswerCounts counts = f.project->answers().counts(f.annotator);
    QCOMPARE(counts.total, 1);
    QCOMPARE(counts.skipped, 1);
    QCOMPARE(f.project->queries().find(query)->state, "open");      // for others
    QVERIFY(f.project->queries().next(f.annotator, 5, 0).empty());  // not for the one who skipped
    const auto other = f.project->annotators().ensure({.name = "other"});
    QCOMPARE(f.project->queries().next(other, 5, 0).size(), 1u);
  }

  void observationsAtASnapshot() {
    ProjectFixture f;
    const auto first = f.pairQuery(), second = f.pairQuery();
    const AnswerRow one = f.choose(first, "a");
    f.choose(second, "b");
    f.project->answers().retract(one.id);
    QCOMPARE(f.project->observations().count(), 1);
    ObservationFilter then;
    then.upToAnswer = one.id;
    const auto rows = f.project->observations().current(then);
    QCOMPARE(rows.size(), 1u);
    QCOMPARE(rows[0].answer, one.id);
    QCOMPARE(errorOf([&] { f.project->answers().retract(one.id); }), ErrorKind::kInvalidInput);
  }

  void databaseRefusesToChangeOrDeleteAnswers() {
    ProjectFixture f;
    const AnswerRow answer = f.choose(f.pairQuery(), "both_good");
    Database& database = f.project->database();
    for (const char* sql :
         {"UPDATE answer SET value_json = '{\"choice\": \"b\"}'", "DELETE FROM answer",
          "UPDATE answer SET state = 'tombstone'", "UPDATE observation SET value = 0.5",
          "DELETE FROM observation",
          "INSERT OR REPLACE INTO answer SELECT id, query_id, annotator_id, session_id, '{}', "
          "reasons_json, 0, source, revision, supersedes, state, 0, 0 FROM answer",
          "INSERT OR REPLACE INTO observation SELECT * FROM observation"}) {
      QVERIFY2(errorOf([&] { Statement(database, sql).run(); }) == ErrorKind::kInvalidInput, sql);
    }
    QVERIFY(f.project->answers().find(answer.id)->value == nlohmann::json({{"choice", "both_good"}}));
    QCOMPARE(f.project->observations().count(), 3);
  }

  void erasedWordsAreInNoFile() {
    ProjectFixture f;
    const auto query = f.pairQuery();
    AnswerDraft draft;
    draft.query = query;
    draft.annotator = f.annotator;
    draft.value = {{"choice", "a"}};
    draft.reasons = {"told-in-confidence"};
    f.project->answers().record(draft);
    const auto isAnywhere = [&] {
      for (const char* name : {"project.db", "project.db-wal"}) {
        if (readWhole(f.path() / name).find("told-in-confidence") != std::string::npos) return true;
      }
      return false;
    };
    QVERIFY(isAnywhere());
    f.project->answers().erase(f.annotator);
    QVERIFY(!isAnywhere());
  }

  void eraseLeavesBlankTombstones() {
    ProjectFixture f;
    const auto masked = f.oneImageQuery("mask");
    Mask mask(8, 6);
    mask.at(0, 0) = 1;
    f.answer(masked, {{"choice", "done"}, {"regions", {{{"category", "ugly"}, {"mask", cocoEncode(mask)}}}}});
    const AnswerRow pair = f.choose(f.pairQuery(), "a");
    f.project->answers().undo(f.annotator);
    QCOMPARE(f.project->answers().erase(f.annotator), 3);  // mask, pair, its undo
    f.project->annotators().anonymise(f.annotator);
    const AnswerRow blank = *f.project->answers().find(pair.id);
    QCOMPARE(blank.state, "tombstone");
    QVERIFY(blank.value.is_null());
    QCOMPARE(f.project->observations().count(), 0);
    Statement masks(f.project->database(), "SELECT COUNT(*) FROM mask");
    masks.next();
    QCOMPARE(masks.int64(0), 0);
    QCOMPARE(f.project->queries().find(masked)->state, "open");
    QVERIFY(f.project->annotators().find(f.annotator)->name != "ann");
  }
};

QTEST_GUILESS_MAIN(AnswerStoreTest)
#include "answer_store_test.moc"
