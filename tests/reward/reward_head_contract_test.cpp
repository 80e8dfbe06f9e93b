#include <QtTest>
#include <cmath>

#include "core/reward/reward_head.h"

using namespace plumbline;
using reward_head::HeadInput;

namespace {

at::Tensor floats(std::vector<float> v) {
  return torch::tensor(v);
}
at::Tensor indices(std::vector<int64_t> v) {
  return torch::tensor(v, at::kLong);
}

// Six pictures whose truth falls with their number, and answers that say so; every kind of observation at
// once.
HeadInput toyAnswers() {
  HeadInput input;
  input.scores = torch::zeros({6}, at::requires_grad());
  input.logits = torch::zeros({6, 2, 4, 4}, at::requires_grad());
  input.comparisons = {indices({0, 1, 2, 3, 4}), indices({1, 2, 3, 4, 5}), floats({0, 0, 0, 0, 0}),
                       at::ones({5})};
  input.levels = {indices({0, 1, 4, 5}), floats({1, 1, 0, 0}), at::ones({4})};
  auto map = at::zeros({2, 2, 4, 4});
  map[0][0][1][1] = 1;
  input.regions = {indices({0, 1}), map, at::ones({2, 2})};
  return input;
}

}  // namespace

// What every head must do, whichever are registered, and the arithmetic of ours.
class RewardHeadContractTest : public QObject {
  Q_OBJECT

  reward_head::Registry registry_{"reward head"};

  const reward_head::RewardHead& variant() {
    const QString id = *static_cast<QString*>(QTest::qData("id", qMetaTypeId<QString>()));
    return registry_.get(id.toStdString());
  }
  std::shared_ptr<reward_head::HeadModule> make(const std::string& id,
                                                const Json& parameters = Json::object()) {
    const auto& head = registry_.get(id);
    return head.create(head.descriptor.parameters.complete(parameters));
  }
  void eachVariant() {
    QTest::addColumn<QString>("id");
    for (const auto& h : registry_.all())
      QTest::newRow(h->descriptor.id.c_str()) << QString::fromStdString(h->descriptor.id);
  }

 private Q_SLOTS:
  void initTestCase() {
    reward_head::registerAll(registry_);
    QVERIFY(registry_.all().size() >= 3);
  }

  void lossFallsWithTraining_data() { eachVariant(); }
  void lossFallsWithTraining() {
    const auto& head = variant();
    auto module = make(head.descriptor.id);
    HeadInput input = toyAnswers();
    auto parameters = module->parameters();
    parameters.push_back(input.scores);
    parameters.push_back(input.logits);
    torch::optim::Adam optimizer(parameters, torch::optim::AdamOptions(0.1));
    const double before = module->loss(input).item<double>();
    const double probabilityBefore = module->probability(input).mean().item<double>();
    for (int i = 0; i < 60; ++i) {
      optimizer.zero_grad();
      const auto loss = module->loss(input);
      QVERIFY(std::isfinite(loss.item<double>()));
      loss.backward();
      optimizer.step();
    }
    QVERIFY(module->loss(input).item<double>() < 0.7 * before);
    QVERIFY(module->probability(input).mean().item<double>() > probabilityBefore);
    // Each kind of observation teaches only what it is about.
    const bool scores = head.descriptor.extra.at("observation") != "region";
    QCOMPARE(input.scores.abs().max().item<double>() > 0.1, scores);
    QCOMPARE(input.logits.abs().max().item<double>() > 0.1, !scores);
  }

  void nothingToLearnIsZero_data() { eachVariant(); }
  void nothingToLearnIsZero() {
    HeadInput input = toyAnswers();
    input.comparisons = {};
    input.levels = {};
    input.regions = {};
    QCOMPARE(make(variant().descriptor.id)->loss(input).item<double>(), 0.0);
  }

  void extremesStayFinite_data() { eachVariant(); }
  void extremesStayFinite() {
    for (const float size : {1e4F, -1e4F}) {
      HeadInput input = toyAnswers();
      input.scores = (at::arange(6, at::kFloat) * size).requires_grad_(true);
      input.logits = at::full({6, 2, 4, 4}, size).requires_grad_(true);
      const auto loss = make(variant().descriptor.id)->loss(input);
      loss.backward();
      QVERIFY(std::isfinite(loss.item<double>()));
      for (const auto& x : {input.scores, input.logits}) {
        if (x.grad().defined()) QVERIFY(x.grad().isfinite().all().item<bool>());
      }
    }
  }

  void schemaGoesBothWays_data() { eachVariant(); }
  void schemaGoesBothWays() {
    const auto& parameters = variant().descriptor.parameters;
    const Json full = parameters.complete(Json::object());
    QVERIFY(parameters.complete(full) == full);
    QVERIFY(ParameterSchema::fromJson(parameters.toJson()).complete(Json::object()) == full);
  }

  void comparisonByHand() {
    auto module = make("comparison", {{"tie", 0.5}, {"noise", 0.0}});
    HeadInput input;
    input.scores = floats({1.0F, 0.0F});
    input.comparisons = {indices({0, 0}), indices({1, 1}), floats({0, 1}), floats({1, 3})};
    const double win = std::exp(0.5), lose = std::exp(-0.5), tie = 0.5, sum = win + lose + tie;
    const double expected = -(std::log(win / sum) + 3 * std::log(tie / sum)) / 4;
    QVERIFY(std::abs(module->loss(input).item<double>() - expected) < 1e-5);
    // A share of thoughtless answers: a third of it falls on each outcome.
    auto noisy = make("comparison", {{"tie", 0.5}, {"noise", 0.3}});
    QVERIFY(std::abs(noisy->probability(input)[0].item<double>() - (0.7 * win / sum + 0.1)) < 1e-5);
  }

  void levelByHand() {
    auto module = make("level", {{"noise", 0.0}});
    HeadInput input;
    input.scores = floats({2.0F, -1.0F});
    input.levels = {indices({0, 1}), floats({1, 0.25F}), at::ones({2})};
    const double a = 1 / (1 + std::exp(-2.0)), b = 1 / (1 + std::exp(1.0));
    const double expected = -(std::log(a) + 0.25 * std::log(b) + 0.75 * std::log(1 - b)) / 2;
    QVERIFY(std::abs(module->loss(input).item<double>() - expected) < 1e-5);
  }

  void regionByHand() {
    auto module = make("region", {{"overlap", 0.0}, {"fault_weight", 3.0}});
    HeadInput input;
    input.logits = at::zeros({1, 1, 1, 2});
    input.logits[0][0][0][0] = 1.0;
    auto map = at::zeros({1, 1, 1, 2});
    map[0][0][0][0] = 1;
    input.regions = {indices({0}), map, at::ones({1, 1})};
    const double painted = std::log1p(std::exp(-1.0)), other = std::log(2.0);
    QVERIFY(std::abs(module->loss(input).item<double>() - (3 * painted + other) / 4) < 1e-5);
    // A category nobody was asked about says nothing.
    input.regions.known = at::zeros({1, 1});
    QVERIFY(std::abs(module->loss(input).item<double>()) < 1e-9);
  }
};

QTEST_GUILESS_MAIN(RewardHeadContractTest)
#include "reward_head_contract_test.moc"
