// Contracts of the types layer: schema, registry, hash, masks, observations, job states, query types.
#include <QtTest>

#include "core/types/coco_rle.h"
#include "core/types/error.h"
#include "core/types/job.h"
#include "core/types/query_type.h"
#include "core/types/sha256.h"

using namespace plumbline;

namespace {

struct Config {
  std::int64_t rank = 8;
  double beta = 0.5;
  bool ema = true;
  std::string mode = "both";
};

ConfigSchema<Config> schema() {
  return ConfigSchema<Config>()
      .integer("rank", &Config::rank, 1, 256, "", "LoRA rank")
      .real("beta", &Config::beta, 0, 10, "", "Weight of the penalty")
      .boolean("ema", &Config::ema, "Average the weights")
      .choice("mode", &Config::mode, {"people", "head", "both"}, "Where masks come from");
}

template <class F>
std::string errorOf(F call) {
  try {
    call();
  } catch (const Error& e) {
    return e.message();
  }
  return {};
}

Mask rectangle(int w, int h, int x0, int y0, int x1, int y1) {
  Mask mask(w, h);
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) mask.at(x, y) = 1;
  }
  return mask;
}

}  // namespace

class TypesTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void schemaFillsDefaultsAndGoesRound() {
    const auto config = schema().fromJson(Json{{"rank", 4}});
    QCOMPARE(config.rank, 4);
    QCOMPARE(config.beta, 0.5);
    QCOMPARE(schema().toJson(config)["mode"].get<std::string>(), std::string("both"));
    const auto again = ParameterSchema::fromJson(schema().schema().toJson());
    QVERIFY(again.toJson() == schema().schema().toJson());
  }

  void schemaRefusesBadValuesByName() {
    QVERIFY(errorOf([] { schema().fromJson(Json{{"rank", 0}}); }).find("rank") != std::string::npos);
    QVERIFY(errorOf([] { schema().fromJson(Json{{"rank", 2.5}}); }).find("whole") != std::string::npos);
    QVERIFY(errorOf([] { schema().fromJson(Json{{"mode", "none"}}); }).find("people") != std::string::npos);
    QVERIFY(errorOf([] { schema().fromJson(Json{{"typo", 1}}); }).find("known are") != std::string::npos);
    QVERIFY(!errorOf([] { schema().schema().parseValue("beta", "much"); }).empty());
    QCOMPARE(schema().schema().parseValue("ema", "no").get<bool>(), false);
  }

  void registryRefusesDuplicatesAndNamesTheKnown() {
    query_type::Registry registry("query_type");
    query_type::registerAll(registry);
    QVERIFY(!errorOf([&] { query_type::registerAll(registry); }).empty());
    QVERIFY(errorOf([&] { registry.get("essay"); }).find("mask") != std::string::npos);
    QVERIFY(registry.find("essay") == nullptr);
  }

  void sha256OfKnownTexts() {
    QCOMPARE(sha256Hex(""), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    QCOMPARE(sha256Hex("abc"),
             std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    Sha256 parts;  // across a block boundary, fed in pieces
    const std::string text(1000, 'a');
    parts.update(text.data(), 61), parts.update(text.data(), 939);
    QCOMPARE(hexDigest(parts.finish()), sha256Hex(text));
  }

  void cocoVectorsOfTheFormat() {
    QCOMPARE(cocoCompress(cocoCounts(Mask(4, 3))), std::string("<"));
    QCOMPARE(cocoCompress(cocoCounts(rectangle(4, 3, 0, 0, 4, 3))), std::string("0<"));
    QCOMPARE(cocoCompress(cocoCounts(rectangle(4, 3, 2, 1, 3, 2))), std::string("714"));
    QCOMPARE(cocoCompress(cocoCounts(rectangle(5, 4, 0, 0, 2, 2))), std::string("0220<"));
    const auto large = rectangle(100, 100, 20, 10, 80, 50);
    const auto text = cocoCompress(cocoCounts(large));
    QVERIFY(text.starts_with("jn1X1l1000"));
    QCOMPARE(text.size(), std::size_t(127));
    QVERIFY(cocoDecode(cocoEncode(large)) == large);
  }

  void cocoDiscRoundTrip() {
    Mask disc(512, 512);
    for (int y = 0; y < 512; ++y) {
      for (int x = 0; x < 512; ++x) disc.at(x, y) = (x - 256) * (x - 256) + (y - 256) * (y - 256) <= 10000;
    }
    QCOMPARE(disc.area(), std::size_t(31417));
    QCOMPARE(cocoCompress(cocoCounts(disc)).size(), std::size_t(414));
    QVERIFY(cocoDecode(cocoEncode(disc)) == disc);
  }

  void cocoRefusesBrokenMasks() {
    QVERIFY(!errorOf([] { cocoDecode(Json{{"size", {3, 4}}, {"counts", "71"}}); }).empty());
    QVERIFY(!errorOf([] { cocoDecode(Json{{"size", {3, 4}}, {"counts", "\x01"}}); }).empty());
    QVERIFY(!errorOf([] { cocoDecode(Json{{"counts", "<"}}); }).empty());
    QVERIFY(!errorOf([] { cocoDecode(Json{{"size", {-1, 4}}, {"counts", "<"}}); }).empty());
  }

  void observationsGoRound() {
    const std::vector<Observation> list{Comparison{"x", "y", 0.5, true}, Level{"x", "safety", 1},
                                        Region{"x", "unsafe", cocoEncode(rectangle(4, 3, 1, 1, 2, 2))}};
    for (const auto& o : list) {
      const auto json = observationToJson(o);
      QVERIFY(observationToJson(observationFromJson(json)) == json);
    }
    QVERIFY(!errorOf([] { observationFromJson(Json{{"kind", "smell"}}); }).empty());
  }

  // The contract of the family: every type knows skip as an answer that states nothing, and refuses nonsense.
  void everyQueryTypeKeepsItsContract() {
    query_type::Registry registry("query_type");
    query_type::registerAll(registry);
    QVERIFY(registry.all().size() >= 3);
    for (const auto& type : registry.all()) {
      query_type::Query query{
          type->descriptor.id, std::vector<std::string>(std::size_t(type->images), "image"), {}};
      QVERIFY(type->observations(query, {{"choice", "skip"}}).empty());
      QVERIFY(!errorOf([&] { type->observations(query, {{"choice", "perhaps"}}); }).empty());
      query.images.clear();
      QVERIFY(!errorOf([&] { type->observations(query, {{"choice", "a"}}); }).empty());
      QVERIFY(!type->descriptor.help.empty());
    }
  }

  void answersMeanWhatTheySay() {
    query_type::Registry registry("query_type");
    query_type::registerAll(registry);
    const auto pair = registry.get("pair").observations({"pair", {"left", "right"}, {}}, {{"choice", "b"}});
    QCOMPARE(std::get<Comparison>(pair.at(0)).winner, std::string("right"));
    const auto tie =
        registry.get("pair").observations({"pair", {"left", "right"}, {}}, {{"choice", "both_bad"}});
    QVERIFY(std::get<Comparison>(tie.at(0)).tie);
    QCOMPARE(std::get<Level>(tie.at(2)).value, 0.0);
    const auto mask = cocoEncode(rectangle(8, 8, 1, 1, 3, 3));
    const auto regions = registry.get("mask").observations(
        {"mask", {"x"}, {}}, {{"choice", "done"}, {"regions", {{{"category", "unsafe"}, {"mask", mask}}}}});
    QCOMPARE(std::get<Region>(regions.at(0)).category, std::string("unsafe"));
    const auto nothing = registry.get("mask").observations({"mask", {"x"}, {}}, {{"choice", "nothing"}});
    QVERIFY(std::get<Region>(nothing.at(0)).mask.is_null());
  }

  void jobStatesFormOneMachine() {
    using enum JobState;
    for (int i = 0; i < 8; ++i) QCOMPARE(int(jobStateFromName(jobStateName(JobState(i)))), i);
    QVERIFY(jobTransitionAllowed(kRunning, kInterrupted) && jobTransitionAllowed(kInterrupted, kRunning));
    QVERIFY(!jobTransitionAllowed(kSucceeded, kRunning) && !jobTransitionAllowed(kCancelled, kSucceeded));
    QVERIFY(jobTransitionAllowed(kWaiting, kQueued) && !jobTransitionAllowed(kQueued, kSucceeded));
  }
};

QTEST_GUILESS_MAIN(TypesTest)
#include "types_test.moc"
