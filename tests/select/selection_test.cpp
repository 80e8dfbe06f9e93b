#include <QtTest>
#include <cmath>
#include <map>
#include <set>

#include "core/select/information.h"
#include "core/select/selection.h"

using namespace plumbline;
using acquisition::Candidate;
using acquisition::Pick;
using acquisition::Pool;

namespace {

Candidate pairOf(const std::string& id, std::vector<double> a, std::vector<double> b,
                 const std::string& prompt = "p") {
  Candidate c;
  c.id = id;
  c.type = "pair";
  c.prompt = prompt;
  c.pictures = {{std::move(a), {}}, {std::move(b), {}}};
  return c;
}

class Warnings : public SilentSink {
 public:
  void warning(const std::string& message) override { all.push_back(message); }
  std::vector<std::string> all;
};

double binaryEntropy(double p) {
  return -p * std::log(p) - (1 - p) * std::log(1 - p);
}

}  // namespace

class SelectionTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void informationByHand() {
    // Two members, p = 0.9 and 0.5: H(0.7) less the mean of H(0.9) and H(0.5).
    const double expected = binaryEntropy(0.7) - 0.5 * (binaryEntropy(0.9) + binaryEntropy(0.5));
    QVERIFY(std::abs(mutualInformation({{0.9, 0.1}, {0.5, 0.5}}) - expected) < 1e-12);
    QCOMPARE(mutualInformation({{0.3, 0.7}, {0.3, 0.7}}), 0.0);
    // A binary question whose members sit at log odds ln 9 and 0 around the bar is the same.
    Candidate c;
    c.type = "binary";
    c.pictures = {{{std::log(9.0) + 0.5, 0.5}, {}}};
    QVERIFY(std::abs(expectedInformation(c, {{}, {0.5, 0.5}}) - expected) < 1e-9);
  }

  void pairsCountTies() {
    // Without ties a pair of members at +-d is p and 1 - p: ln 2 less H(p).
    const double d = 2, p = 1 / (1 + std::exp(-d));
    const auto c = pairOf("a", {d, 0}, {0, d});
    QVERIFY(std::abs(expectedInformation(c, {{0, 0}, {}}) - (std::log(2.0) - binaryEntropy(p))) < 1e-9);
    // Where everybody expects a tie there is little to learn.
    QVERIFY(expectedInformation(c, {{100, 100}, {}}) < 0.05);
  }

  void baldLeavesWhatNobodyCanAnswer() {
    acquisition::Registry registry("acquisition");
    acquisition::registerAll(registry);
    Pool pool;
    pool.answers = {{0.1, 0.1}, {}};
    pool.candidates = {pairOf("sure", {5, 5}, {0, 0}, "a"), pairOf("toss-up", {0, 0}, {0, 0}, "b"),
                       pairOf("disputed", {3, 0}, {0, 3}, "c")};
    const auto picks = registry.get("bald").choose(pool, 1, Json::object(), 1, {});
    QCOMPARE(pool.candidates[picks[0].index].id, std::string("disputed"));
  }

  void baldWeighsSeconds() {
    acquisition::Registry registry("acquisition");
    acquisition::registerAll(registry);
    Pool pool;
    pool.answers = {{0.1, 0.1}, {}};
    pool.candidates = {pairOf("slow", {3, 0}, {0, 3}, "a"), pairOf("quick", {2, 0}, {0, 2}, "b")};
    pool.candidates[0].seconds = 60;
    pool.candidates[1].seconds = 2;
    const auto& bald = registry.get("bald");
    QCOMPARE(bald.choose(pool, 1, Json::object(), 1, {})[0].index, std::size_t{1});
    QCOMPARE(bald.choose(pool, 1, {{"per_second", false}}, 1, {})[0].index, std::size_t{0});
  }

  // Members part alike about both faults; the one that was hardly painted yet teaches more.
  void baldAsksForRareFaults() {
    acquisition::Candidate rare, common;
    for (auto* c : {&rare, &common}) {
      c->type = "mask";
      c->pictures.resize(1);
    }
    rare.pictures[0].fault = {{0.1, 0.5}, {0.9, 0.5}};
    common.pictures[0].fault = {{0.5, 0.1}, {0.5, 0.9}};
    AnswerModel answers;
    QCOMPARE(expectedInformation(rare, answers), expectedInformation(common, answers));
    const double whether = expectedInformation(rare, answers);
    answers.painted = {3, 23};
    const double more = expectedInformation(rare, answers) - expectedInformation(common, answers);
    QVERIFY(std::abs(more - 5 * whether) < 1e-9);  // six times as much about one, as much about the other
  }

  // All members are sure: nothing is learnt about whether, but where is only learnt from the one that has it.
  void masksAreAskedForWhereFaultsAre() {
    acquisition::Candidate faulty, clean, disputed;
    for (auto* c : {&faulty, &clean, &disputed}) {
      c->type = "mask";
      c->pictures.resize(1);
    }
    faulty.pictures[0].fault = {{0.95}, {0.95}};
    clean.pictures[0].fault = {{0.02}, {0.02}};
    disputed.pictures[0].fault = {{0.02}, {0.4}};
    const AnswerModel answers{{}, {}, {4}};
    const auto worth = [&](const auto& c) { return expectedInformation(c, answers); };
    QVERIFY(worth(faulty) > worth(disputed));
    QVERIFY(worth(disputed) > 3 * worth(clean));
    // What was never painted nobody knows the look of.
    QVERIFY(expectedInformation(faulty, {}) < 1e-9);
  }

  void batchesSpread() {
    acquisition::Registry registry("acquisition");
    acquisition::registerAll(registry);
    Pool pool;
    pool.answers = {{0.1, 0.1}, {}};
    // Five near copies that are all a little better than five queries of other prompts.
    for (int i = 0; i < 10; ++i) {
      auto c = pairOf(std::to_string(i), {i < 5 ? 2.1 : 2.0, 0}, {0, i < 5 ? 2.1 : 2.0},
                      i < 5 ? "same" : std::to_string(i));
      c.features =
          i < 5 ? std::vector<float>{1, 0, 0} : std::vector<float>{0, float(i % 2), float(1 - i % 2)};
      pool.candidates.push_back(c);
    }
    std::set<std::string> prompts;
    for (const Pick& p : registry.get("bald").choose(pool, 4, {{"diversity", 0.9}}, 1, {})) {
      prompts.insert(pool.candidates[p.index].prompt);
    }
    QVERIFY(prompts.size() >= 3);
    for (const Pick& p : registry.get("bald").choose(pool, 4, {{"diversity", 0.0}}, 1, {}))
      QVERIFY(p.index < 5);
  }

  void keepsARandomShare() {
    acquisition::Registry registry("acquisition");
    acquisition::registerAll(registry);
    Pool pool;
    for (int i = 0; i < 60; ++i)
      pool.candidates.push_back(pairOf(std::to_string(i), {0.1 * i, 0}, {0, 1}, std::to_string(i)));
    Warnings sink;
    const auto picks = selectQueries(registry, pool, 20, {.randomShare = 0.2, .seed = 4}, sink, {});
    QCOMPARE(picks.size(), std::size_t{20});
    std::map<std::string, int> by;
    std::set<std::size_t> distinct;
    for (const Pick& p : picks) ++by[p.acquisition], distinct.insert(p.index);
    QCOMPARE(by["random"], 4);
    QCOMPARE(by["bald"], 16);
    QCOMPARE(distinct.size(), std::size_t{20});
    QVERIFY(sink.all.empty());
  }

  void neverNothingToLabel() {
    acquisition::Registry registry("acquisition");
    acquisition::registerAll(registry);
    acquisition::Acquisition broken;
    broken.descriptor = {"broken", "Broken", "Throws.", "none", 1, {}};
    broken.choose = [](const Pool&, std::size_t, const Json&, std::uint64_t,
                       const std::stop_token&) -> std::vector<Pick> {
      throw Error(ErrorKind::kInternal, "no");
    };
    registry.add(std::move(broken));
    acquisition::Acquisition empty;
    empty.descriptor = {"empty", "Empty", "Chooses nothing.", "none", 1, {}};
    empty.choose = [](const Pool&, std::size_t, const Json&, std::uint64_t, const std::stop_token&) {
      return std::vector<Pick>{};
    };
    registry.add(std::move(empty));
    Pool pool;
    for (int i = 0; i < 8; ++i) pool.candidates.push_back(pairOf(std::to_string(i), {0.1 * i, 0}, {0, 1}));
    for (const char* id : {"broken", "empty", "from_a_newer_version"}) {
      Warnings sink;
      QCOMPARE(selectQueries(registry, pool, 5, {.acquisition = id}, sink, {}).size(), std::size_t{5});
      QVERIFY(!sink.all.empty());
    }
    acquisition::Registry none("acquisition");
    Warnings sink;
    QCOMPARE(selectQueries(none, pool, 5, {}, sink, {}).size(), std::size_t{5});
    std::stop_source source;
    source.request_stop();
    QVERIFY_EXCEPTION_THROWN(selectQueries(registry, pool, 5, {}, sink, source.get_token()), Error);
  }
};

QTEST_GUILESS_MAIN(SelectionTest)
#include "selection_test.moc"
