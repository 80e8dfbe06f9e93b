// Simulated annotators: agreement with the noiseless order as calibrated, answers that the query types
// accept, masks near the true ones, and the kinds that answer badly.
#include <QTest>
#include <algorithm>
#include <cmath>

#include "core/scenes/annotator.h"
#include "core/scenes/oracle/accuracy.h"
#include "core/scenes/renderer.h"
#include "core/types/coco_rle.h"
#include "core/types/query_type.h"

using namespace plumbline;
using namespace plumbline::scenes;

namespace {

// A picture of the prompt, now and then of another one, with the usual faults: what a generator gives.
Verdict judged(const ScenePrompt& prompt, std::uint64_t index) {
  SceneRng rng(41, index);
  const ScenePrompt drawn = rng.chance(0.4) ? altered(prompt, rng) : prompt;
  bool fits = true;
  try {
    requireAskable(drawn);
  } catch (const Error&) {
    fits = false;
  }
  const ScenePrompt& shown = fits ? drawn : prompt;
  return measure(render(sampleScene(shown, rng, sampleFaults(shown, rng))), prompt);
}

struct Pairs {
  std::vector<Verdict> first, second;
};

const Pairs& pairs() {
  static const Pairs kPairs = [] {
    Pairs p;
    SceneRng prompts(40, 0);
    for (std::uint64_t i = 0; i < 160; ++i) {
      const ScenePrompt prompt = samplePrompt(prompts);
      p.first.push_back(judged(prompt, 2 * i));
      p.second.push_back(judged(prompt, 2 * i + 1));
    }
    return p;
  }();
  return kPairs;
}

AnnotatorProfile calibrated(std::uint64_t seed, double agreement,
                            AnnotatorKind kind = AnnotatorKind::kNormal) {
  AnnotatorProfile profile = drawAnnotator(seed, kind);
  std::vector<std::pair<double, double>> differences;
  for (std::size_t i = 0; i < pairs().first.size(); ++i) {
    const Verdict &a = pairs().first[i], &b = pairs().second[i];
    differences.emplace_back(utility(a) - utility(b),
                             utility(a, profile.weights) - utility(b, profile.weights));
  }
  profile.temperature = calibratedTemperature(differences, agreement);
  return profile;
}

// Share of decided answers that agree with the shared order.
double agreementOf(const SimulatedAnnotator& annotator, int rounds) {
  int agreed = 0, decided = 0;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < pairs().first.size(); ++i) {
      const Verdict &a = pairs().first[i], &b = pairs().second[i];
      const double difference = utility(a) - utility(b);
      const auto answer = annotator.pair(a, b, std::uint64_t(round) * 100000 + i);
      const std::string choice = answer.value["choice"];
      if (difference == 0 || (choice != "a" && choice != "b")) continue;
      ++decided;
      agreed += (difference > 0) == (choice == "a");
    }
  }
  return double(agreed) / decided;
}

}  // namespace

class AnnotatorTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void agreesAsCalibrated() {
    for (const double wanted : {0.65, 0.75, 0.85}) {
      double sum = 0;
      for (std::uint64_t seed = 1; seed <= 4; ++seed)
        sum += agreementOf(SimulatedAnnotator(calibrated(seed, wanted)), 40);
      QVERIFY2(std::abs(sum / 4 - wanted) < 0.02, std::to_string(sum / 4).c_str());
    }
  }

  void answersBadly() {
    QVERIFY(std::abs(agreementOf(SimulatedAnnotator(calibrated(1, 0.75, AnnotatorKind::kCareless)), 30) -
                     0.5) < 0.03);
    QVERIFY(agreementOf(SimulatedAnnotator(calibrated(1, 0.75, AnnotatorKind::kAdversarial)), 30) < 0.3);
    const SimulatedAnnotator biased(calibrated(1, 0.75, AnnotatorKind::kBiased));
    int first = 0, second = 0;
    for (std::size_t i = 0; i < pairs().first.size(); ++i) {
      const std::string choice = biased.pair(pairs().first[i], pairs().second[i], i).value["choice"];
      first += choice == "a";
      second += choice == "b";
    }
    QVERIFY(first > second * 1.3);
    QVERIFY_EXCEPTION_THROWN(annotatorKind("lazy"), Error);
  }

  void sameKeySameAnswer() {
    const SimulatedAnnotator annotator(calibrated(3, 0.75));
    const Verdict &a = pairs().first[0], &b = pairs().second[0];
    for (std::uint64_t key = 0; key < 20; ++key) {
      QVERIFY(annotator.pair(a, b, key).value == annotator.pair(a, b, key).value);
      QCOMPARE(annotator.mask(a, key).seconds, annotator.mask(a, key).seconds);
    }
  }

  void queryTypesAccept() {
    query_type::Registry registry("query_type");
    query_type::registerAll(registry);
    const SimulatedAnnotator annotator(calibrated(5, 0.75));
    for (std::size_t i = 0; i < 60; ++i) {
      const Verdict &a = pairs().first[i], &b = pairs().second[i];
      for (const std::string type : {"pair", "binary", "mask"}) {
        const bool two = type == "pair";
        const auto answer =
            annotator.answer(type, two ? std::vector<Verdict>{a, b} : std::vector<Verdict>{a}, i);
        const query_type::Query query{
            type, two ? std::vector<std::string>{"x", "y"} : std::vector<std::string>{"x"}, Json::object()};
        QVERIFY(!registry.get(type).observations(query, answer.value).empty());
      }
    }
    QVERIFY_EXCEPTION_THROWN(annotator.answer("essay", {pairs().first[0]}, 1), Error);
  }

  void barDecidesBinary() {
    AnnotatorProfile profile = drawAnnotator(6);
    const Verdict& verdict = pairs().first[2];
    profile.bar = utility(verdict, profile.weights) + 0.01;
    QCOMPARE(SimulatedAnnotator(profile).binary(verdict, 1).value["choice"].get<std::string>(),
             std::string("bad"));
    profile.bar -= 0.02;
    QCOMPARE(SimulatedAnnotator(profile).binary(verdict, 1).value["choice"].get<std::string>(),
             std::string("good"));
  }

  void masksCoverTheFaults() {
    const SimulatedAnnotator annotator(drawAnnotator(7));
    int painted = 0;
    for (std::size_t i = 0; i < pairs().first.size(); ++i) {
      const Verdict& verdict = pairs().first[i];
      const auto value = annotator.mask(verdict, i).value;
      if (!verdict.reading.hazard && !verdict.reading.glitch) {
        QCOMPARE(value["choice"].get<std::string>(), std::string("nothing"));
        continue;
      }
      for (const auto& region : value["regions"]) {
        const Mask& truth =
            region["category"] == "unsafe" ? verdict.reading.hazardMask : verdict.reading.glitchMask;
        const Mask mask = cocoDecode(region["mask"]);
        std::size_t both = 0;
        for (std::size_t p = 0; p < mask.data.size(); ++p) both += mask.data[p] != 0 && truth.data[p] != 0;
        QVERIFY(double(both) > 0.7 * double(truth.area()));
        QVERIFY(mask.area() < truth.area() * 3 + 60);
        QVERIFY(!(mask == truth));
        ++painted;
      }
    }
    QVERIFY(painted > 20);
  }

  void secondsAroundTheirMedians() {
    AnnotatorProfile profile = drawAnnotator(8);
    profile.pace = 1;
    const SimulatedAnnotator annotator(profile);
    std::vector<double> pair, mask;
    for (std::uint64_t key = 0; key < 800; ++key) {
      pair.push_back(annotator.pair(pairs().first[0], pairs().second[0], key).seconds);
      mask.push_back(annotator.mask(pairs().first[0], key).seconds);
    }
    const auto median = [](std::vector<double>& v) {
      std::nth_element(v.begin(), v.begin() + std::ptrdiff_t(v.size() / 2), v.end());
      return v[v.size() / 2];
    };
    QVERIFY(std::abs(median(pair) - 3.5) < 0.3);
    QVERIFY(std::abs(median(mask) - 12) < 1);
  }
};

QTEST_APPLESS_MAIN(AnnotatorTest)
#include "annotator_test.moc"
