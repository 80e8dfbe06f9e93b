#include <QtTest>
#include <algorithm>
#include <cmath>
#include <set>

#include "core/reward/calibration.h"
#include "core/reward/clip_answers.h"
#include "core/reward/member_training.h"
#include "core/reward/observation_table.h"
#include "core/reward/region_net.h"
#include "core/reward/region_training.h"
#include "core/tensor/noise.h"
#include "core/types/coco_rle.h"

using namespace plumbline;

namespace {

reward::TrainingSet someAnswers() {
  reward::TrainingSet data;
  for (int i = 0; i < 40; ++i)
    data.pictures.push_back({"image" + std::to_string(i), "prompt " + std::to_string(i / 2)});
  for (int i = 0; i < 20; ++i) {
    data.observations.push_back(
        Comparison{"image" + std::to_string(2 * i), "image" + std::to_string(2 * i + 1), 1.0, i % 5 == 0});
    data.observations.push_back(Level{"image" + std::to_string(i), "overall", i % 2 ? 1.0 : 0.0});
  }
  return data;
}

reward::ObservationTable manyPictures(std::int64_t n) {
  reward::ObservationTable table;
  for (std::int64_t i = 0; i < n; ++i) {
    table.pictures.push_back({"image" + std::to_string(1000 + i), "prompt " + std::to_string(i / 2)});
    table.folds.push_back(int(i / 2 % 5));
  }
  return table;
}

at::Tensor noise(std::int64_t rows, std::int64_t columns, NoiseStream& random) {
  auto values = at::zeros({rows, columns});
  for (std::int64_t i = 0; i < values.numel(); ++i) values.view({-1})[i] = random.normal();
  return values;
}

// Of two parts, the second of two features; the weights one by one have no time to move.
reward::Members firstFit(const at::Tensor& features, const reward::ObservationTable& table) {
  const reward::PriorTerm prior{torch::tensor({0.5, -0.4, -0.2}).to(at::kFloat), at::ones(3),
                                torch::tensor({0, 1, 1}, at::kLong), 2};
  RewardConfig config;
  config.residual = 0;
  config.epochs = 1;
  config.answerNoise = 0;
  SilentSink silent;
  return reward::trainMembers(features, table, "overall", prior, config, silent, {}).members;
}

// One feature that is expected to count and 59 of which nothing is known; the answers follow feature `told`.
at::Tensor learntWeights(std::int64_t answers, std::int64_t told, double noiseLevel, int epochs) {
  NoiseStream random(6, 7, 8, NoisePurpose::kChoice);
  auto table = manyPictures(2 * answers);
  const auto features = noise(2 * answers, 60, random);
  for (std::int64_t i = 0; i < answers; ++i) {
    const double difference = features[2 * i][told].item<double>() - features[2 * i + 1][told].item<double>();
    const bool first = difference + noiseLevel * random.normal() > 0;
    table.comparisons.push_back({first ? 2 * i : 2 * i + 1, first ? 2 * i + 1 : 2 * i, false, 1});
  }
  reward::PriorTerm prior{at::zeros(60), at::full({60}, 0.3), at::zeros({60}, at::kLong), 1};
  prior.mean[0] = 0.5;
  RewardConfig config;
  config.epochs = epochs;
  SilentSink silent;
  return reward::trainMembers(features, table, "overall", prior, config, silent, {}).members.weight.mean(0);
}

}  // namespace

class RewardPartsTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void temperatureIsFoundAgain() {
    // Differences drawn so that sigma(d) is right, then shown three times too large.
    NoiseStream random(1, 2, 3, NoisePurpose::kChoice);
    std::vector<double> honest, loud;
    for (int i = 0; i < 4000; ++i) {
      const double d = 1.5 * random.normal();
      const bool agrees = random.uniform() < 1 / (1 + std::exp(-std::abs(d)));
      honest.push_back(agrees ? std::abs(d) : -std::abs(d));
      loud.push_back(3 * honest.back());
    }
    QVERIFY(std::abs(reward::bestTemperature(honest) - 1) < 0.12);
    QVERIFY(std::abs(reward::bestTemperature(loud) - 1.0 / 3) < 0.04);
    QVERIFY(reward::calibrationError(reward::reliability(honest)) < 0.03);
    QVERIFY(reward::calibrationError(reward::reliability(loud)) > 0.1);
  }

  // One picture, two sides, four questions of two answers each; all is asked for with certainty.
  void readingIsJudgedByQuestionAndSide() {
    const std::vector<std::int64_t> questions{2, 2, 2, 2};
    const auto asked = torch::tensor({1, 0, 1, 0, 1, 0, 1, 0}, at::kFloat).view({1, 1, 8}).expand({1, 2, 8});
    auto shown = at::full({1, 2, 8}, std::log(0.5));
    shown[0][1][0] = std::log(0.25);  // the first question is answered worse on the second side
    shown[0][1][1] = std::log(0.75);
    const auto features = reward::readingFeatures(shown, asked, questions)[0];
    const double even = std::log(2.0), worse = std::log(4.0);
    QVERIFY(std::abs(features[0].item<double>() + std::log1p((even + worse) / 2)) < 1e-4);
    QVERIFY(std::abs(features[1].item<double>() + std::log1p(worse)) < 1e-4);
    for (int i = 2; i < 8; ++i) QVERIFY(std::abs(features[i].item<double>() + std::log1p(even)) < 1e-4);
    // As asked: nothing is missing.
    const auto same = reward::readingFeatures((asked + 1e-9).log(), asked, questions);
    QVERIFY(same.abs().max().item<double>() < 1e-4);
    QVERIFY(reward::readingFeatures(at::zeros({3, 1, 0}), at::zeros({3, 1, 0}), {})
                .equal(at::zeros({3, 2 * reward::kQuestions})));
  }

  void reliabilityByHand() {
    const auto bins = reward::reliability({2.0, -2.0, 2.0, 0.1}, 2);
    QCOMPARE(bins.size(), std::size_t{2});
    const double high = 1 / (1 + std::exp(-2.0)), low = 1 / (1 + std::exp(-0.1));
    QCOMPARE(bins[1]["n"].get<int>(), 3);
    QVERIFY(std::abs(bins[1]["accuracy"].get<double>() - 2.0 / 3) < 1e-12);
    const double expected = (3 * std::abs(high - 2.0 / 3) + std::abs(low - 1)) / 4;
    QVERIFY(std::abs(reward::calibrationError(bins) - expected) < 1e-12);
    QCOMPARE(reward::agreement({1, -1, 0, 2}), 0.625);
    QCOMPARE(reward::bestTemperature({}), 1.0);
  }

  void foldsFollowPrompts() {
    const auto table = reward::observationTable(someAnswers(), 5, 1);
    std::set<int> used;
    for (std::size_t i = 0; i < table.pictures.size(); ++i) {
      used.insert(table.folds[i]);
      for (std::size_t j = 0; j < i; ++j) {
        if (table.pictures[i].prompt == table.pictures[j].prompt) QCOMPARE(table.folds[i], table.folds[j]);
      }
    }
    QVERIFY(used.size() >= 3);
    int64_t total = 0;
    for (int fold = 0; fold < 5; ++fold) {
      const auto inside = reward::comparisonTargets(table, fold, true),
                 outside = reward::comparisonTargets(table, fold, false);
      QCOMPARE(inside.winner.numel() + outside.winner.numel(), int64_t{20});
      total += inside.winner.numel();
    }
    QCOMPARE(total, int64_t{20});
  }

  void orderOfAnswersIsIrrelevant() {
    auto data = someAnswers(), turned = data;
    std::reverse(turned.observations.begin(), turned.observations.end());
    std::reverse(turned.pictures.begin(), turned.pictures.end());
    const auto a = reward::comparisonTargets(reward::observationTable(data, 5, 1), 0, false);
    const auto b = reward::comparisonTargets(reward::observationTable(turned, 5, 1), 0, false);
    QVERIFY(at::equal(a.winner, b.winner) && at::equal(a.loser, b.loser) && at::equal(a.tie, b.tie));
  }

  // However long the heads are trained, a step is as long as the answers say.
  void aStepMovesWhatTheAnswersSpeakOf() {
    const auto weight = learntWeights(1000, 7, 0.3, 1).abs();
    const double rest = at::cat({weight.slice(0, 1, 7), weight.slice(0, 8)}).max().item<double>();
    QVERIFY2(weight[7].item<double>() > 5 * rest,
             qPrintable(QString("%1 beside %2").arg(weight[7].item<double>()).arg(rest)));
  }

  void whatManyAnswersSayIsLearnt() {
    const auto weight = learntWeights(3000, 7, 0.3, 200);
    QVERIFY2(weight[7].item<double>() > 0.5, qPrintable(QString::number(weight[7].item<double>())));
    const double rest = at::cat({weight.slice(0, 1, 7), weight.slice(0, 8)}).norm().item<double>();
    QVERIFY2(rest < 0.2, qPrintable(QString::number(rest)));
  }

  void unknownPicturesAreRefused() {
    auto data = someAnswers();
    data.observations.push_back(Level{"nowhere", "overall", 1});
    QVERIFY_EXCEPTION_THROWN(reward::observationTable(data, 5, 1), Error);
  }

  void repeatsGiveTheCeiling() {
    reward::TrainingSet data;
    data.pictures = {{"a", "p"}, {"b", "p"}, {"c", "p"}};
    QVERIFY(!reward::repeatAgreement(reward::observationTable(data, 5, 1)));
    // a over b twice, b over a once: of three pairs of answers one agrees.
    data.observations = {Comparison{"a", "b"}, Comparison{"a", "b"}, Comparison{"b", "a"},
                         Comparison{"a", "c"}};
    QVERIFY(std::abs(*reward::repeatAgreement(reward::observationTable(data, 5, 1)) - 1.0 / 3) < 1e-12);
  }

  // 300 answers of people to whom the first part hardly matters and the second four times as much as
  // expected; its two features keep their proportion.
  void partsAreWeighedByTheAnswers() {
    constexpr std::int64_t kPictures = 600;
    NoiseStream random(4, 2, 3, NoisePurpose::kChoice);
    reward::ObservationTable table = manyPictures(kPictures);
    const auto features = noise(kPictures, 3, random);
    const auto utility = at::matmul(features, torch::tensor({0.05, -1.6, -0.8}).to(at::kFloat));
    for (std::int64_t i = 0; i < kPictures; i += 2) {
      const double d = (utility[i] - utility[i + 1]).item<double>();
      const bool first = random.uniform() < 1 / (1 + std::exp(-d));
      table.comparisons.push_back({first ? i : i + 1, first ? i + 1 : i, false, 1});
    }
    const auto weight = firstFit(features, table).weight.mean(0);
    const auto at = [&](int i) { return weight[i].item<double>(); };
    QVERIFY2(at(0) > 0 && at(0) < 0.25, qPrintable(QString::number(at(0))));
    QVERIFY2(at(1) < -1.1 && at(1) > -2.1, qPrintable(QString::number(at(1))));
    QVERIFY2(std::abs(at(1) / at(2) - 2) < 0.4, qPrintable(QString::number(at(1) / at(2))));
  }

  // Where all answers are alike the likeliest numbers are infinite.
  void oneSidedAnswersLeaveTheFirstFitNearItsStart() {
    NoiseStream random(4, 2, 3, NoisePurpose::kChoice);
    const auto features = noise(40, 3, random);
    for (const int kind : {0, 1, 2}) {
      reward::ObservationTable table = manyPictures(40);
      for (std::int64_t i = 0; i < (kind == 0 ? 1 : 40); ++i) {
        if (kind < 2)
          table.levels["overall"].push_back({i, 1});
        else if (i % 2)
          table.comparisons.push_back({i, i - 1, false, 1});
      }
      const auto members = firstFit(features, table);
      for (const auto& numbers : {members.weight, members.bar, members.slope, members.tie}) {
        QVERIFY(numbers.isfinite().all().item<bool>());
        QVERIFY(numbers.abs().max().item<double>() < 8);
      }
      QVERIFY(members.tie.min().item<double>() > 0.01);
    }
  }

  void overpaintIsDrawnIn() {
    auto mask = at::zeros({1, 16, 16});
    mask.slice(1, 4, 12).slice(2, 4, 12).fill_(1);
    QCOMPARE(reward::cellShares(mask, 4, 0).sum().item<double>(), 4.0);
    const auto drawnIn = reward::cellShares(mask, 16, 1);
    QCOMPARE(drawnIn.sum().item<double>(), 36.0);
    // The border of the picture is no edge of the mask.
    QCOMPARE(reward::cellShares(at::ones({1, 16, 16}), 16, 2).sum().item<double>(), 256.0);
  }

  void presenceIsTheStrongestCells() {
    auto logits = at::full({1, 1, 16, 16}, -5.0);
    QVERIFY(std::abs(reward::presenceLogit(logits).item<double>() + 5) < 1e-6);
    logits.slice(2, 0, 2).slice(3, 0, 2).fill_(3);  // four cells of 256: a 64th
    QVERIFY(std::abs(reward::presenceLogit(logits).item<double>() - 3) < 1e-6);
  }
};

QTEST_GUILESS_MAIN(RewardPartsTest)
#include "reward_parts_test.moc"
