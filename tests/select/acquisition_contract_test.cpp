#include <QtTest>
#include <algorithm>
#include <cmath>
#include <set>

#include "core/select/acquisition.h"

using namespace plumbline;
using acquisition::Candidate;
using acquisition::Pick;
using acquisition::Pool;

namespace {

double wave(int i) {
  return std::sin(12.9898 * i) * 2;
}

// Pairs, binary questions and masks about a few prompts, with four members that differ.
Pool somePool(int size) {
  Pool pool;
  pool.modelVersion = "model-7";
  pool.answers = {{0.4, 0.3, 0.5, 0.4}, {0.1, 0.0, -0.1, 0.2}};
  for (int i = 0; i < size; ++i) {
    Candidate c;
    c.id = "query-" + std::to_string(i);
    c.type = i % 3 == 0 ? "pair" : (i % 3 == 1 ? "binary" : "mask");
    c.prompt = "prompt " + std::to_string(i % 5);
    for (int side = 0; side < (c.type == "pair" ? 2 : 1); ++side) {
      PicturePosterior p;
      for (int m = 0; m < 4; ++m) {
        p.score.push_back(wave(7 * i + 3 * side + 31 * m));
        p.fault.push_back({0.5 + 0.2 * wave(i + m), 0.1});
      }
      c.pictures.push_back(p);
    }
    for (int f = 0; f < 6; ++f) c.features.push_back(float(wave(100 + 6 * i + f)));
    pool.candidates.push_back(c);
  }
  return pool;
}

std::vector<std::string> idsOf(const Pool& pool, const std::vector<Pick>& picks) {
  std::vector<std::string> ids;
  for (const Pick& p : picks) ids.push_back(pool.candidates.at(p.index).id);
  return ids;
}

}  // namespace

// What every acquisition must do, whichever are registered.
class AcquisitionContractTest : public QObject {
  Q_OBJECT

  acquisition::Registry registry_{"acquisition"};

  std::vector<Pick> choose(const acquisition::Acquisition& a, const Pool& pool, std::size_t count,
                           std::uint64_t seed = 3) {
    return a.choose(pool, count, a.descriptor.parameters.complete(Json::object()), seed, {});
  }

  void eachVariant() {
    QTest::addColumn<QString>("id");
    for (const auto& a : registry_.all()) {
      QTest::newRow(a->descriptor.id.c_str()) << QString::fromStdString(a->descriptor.id);
    }
  }
  const acquisition::Acquisition& variant() {
    const QString id = *static_cast<QString*>(QTest::qData("id", qMetaTypeId<QString>()));
    return registry_.get(id.toStdString());
  }

 private Q_SLOTS:
  void initTestCase() {
    acquisition::registerAll(registry_);
    QVERIFY(registry_.all().size() >= 3);
  }

  void distinct_data() { eachVariant(); }
  void distinct() {
    const auto& a = variant();
    const Pool pool = somePool(30);
    const auto picks = choose(a, pool, 12);
    QCOMPARE(picks.size(), std::size_t{12});
    std::set<std::size_t> seen;
    for (const Pick& p : picks) {
      QVERIFY(p.index < pool.candidates.size());
      QVERIFY(std::isfinite(p.score));
      QCOMPARE(p.acquisition, a.descriptor.id);
      QCOMPARE(p.modelVersion, std::string("model-7"));
      seen.insert(p.index);
    }
    QCOMPARE(seen.size(), picks.size());
  }

  void poolOrderIsIrrelevant_data() { eachVariant(); }
  void poolOrderIsIrrelevant() {
    const auto& a = variant();
    Pool pool = somePool(30), turned = pool;
    std::reverse(turned.candidates.begin(), turned.candidates.end());
    std::rotate(turned.candidates.begin(), turned.candidates.begin() + 11, turned.candidates.end());
    QCOMPARE(idsOf(turned, choose(a, turned, 9)), idsOf(pool, choose(a, pool, 9)));
  }

  void smallPools_data() { eachVariant(); }
  void smallPools() {
    const auto& a = variant();
    QCOMPARE(choose(a, somePool(3), 10).size(), std::size_t{3});
    QCOMPARE(choose(a, somePool(0), 10).size(), std::size_t{0});
    QCOMPARE(choose(a, somePool(5), 0).size(), std::size_t{0});
  }

  void equalPosteriors_data() { eachVariant(); }
  void equalPosteriors() {
    const auto& a = variant();
    Pool pool = somePool(20);
    for (Candidate& c : pool.candidates) {
      for (auto& p : c.pictures) p = {{1, 1, 1, 1}, {{0.2, 0.1}, {0.2, 0.1}, {0.2, 0.1}, {0.2, 0.1}}};
    }
    const auto picks = choose(a, pool, 8);
    QCOMPARE(picks.size(), std::size_t{8});
    for (const Pick& p : picks) QVERIFY(std::isfinite(p.score));
  }

  void extremesAndNoModel_data() { eachVariant(); }
  void extremesAndNoModel() {
    const auto& a = variant();
    Pool pool = somePool(12);
    for (Candidate& c : pool.candidates) {
      for (auto& p : c.pictures) p = {{1e6, -1e6, 0, 1e3}, {{0.0, 1.0}, {1.0, 0.0}, {0.5, 0.5}, {0.0, 0.0}}};
    }
    for (const Pick& p : choose(a, pool, 6)) QVERIFY(std::isfinite(p.score));
    for (Candidate& c : pool.candidates) c.pictures.clear();
    pool.answers = {};
    QCOMPARE(choose(a, pool, 6).size(), std::size_t{6});
  }

  void seeded_data() { eachVariant(); }
  void seeded() {
    const auto& a = variant();
    const Pool pool = somePool(30);
    QCOMPARE(idsOf(pool, choose(a, pool, 9, 5)), idsOf(pool, choose(a, pool, 9, 5)));
  }

  void stops_data() { eachVariant(); }
  void stops() {
    const auto& a = variant();
    std::stop_source source;
    source.request_stop();
    QVERIFY_EXCEPTION_THROWN(
        a.choose(somePool(5), 3, a.descriptor.parameters.complete(Json::object()), 1, source.get_token()),
        Error);
  }
};

QTEST_GUILESS_MAIN(AcquisitionContractTest)
#include "acquisition_contract_test.moc"
