// What the trainer promises to every method, shown on toys that train in milliseconds.
#include <QTemporaryDir>
#include <QtTest>
#include <chrono>
#include <limits>
#include <thread>

#include "core/align/checkpoint.h"
#include "core/align/trainer.h"
#include "tests/align/toy_model.h"

using namespace plumbline;
using alignment_method::Context;
using alignment_method::LossValue;
using alignment_method::Method;
using alignment_method::Moment;
using alignment_method::Phase;
using alignment_method::Plan;
using alignment_method::RoundStart;

namespace {

// Pulls what is drawn towards the reward; two rounds, two phases, a net beside the adapter and a reference
// adapter that moves at the end of each round: everything that later methods need of the trainer.
class RoundsMethod : public Method {
 public:
  TrainerConfig config;
  int waitAtRound = -1;
  double poisonFrom = -1, poisonTo = -1;  // steps whose loss is not finite

  RoundsMethod() {
    config.steps = 5;
    config.batch = 4;
    config.learningRate = 0.01;
    config.checkpointEvery = 3;
    config.stripPictures = 0;
    config.emaDecay = 0.9;
  }
  Plan plan() const override {
    Plan plan;
    plan.needs = {DataNeed::kPrompts, DataNeed::kReward};
    plan.adapters = {{{"policy"}, {}}, {{"previous", 16, 16, "attention", false}, {}}};
    plan.nets = {{"critic",
                  [](std::uint64_t seed) {
                    auto net = std::make_shared<torch::nn::LinearImpl>(2, 1);
                    torch::NoGradGuard guard;
                    net->weight.copy_(toy::gaussian(seed, 7, {1, 2}));
                    net->bias.zero_();
                    return std::shared_ptr<torch::nn::Module>(net);
                  },
                  {0.02, 0}}};
    plan.phases = {{"policy", {"policy"}, config.steps, 2, config.batch},
                   {"critic", {"critic"}, 2, 1, config.batch}};
    plan.rounds = 2;
    return plan;
  }
  TrainerConfig trainerConfig() const override { return config; }
  RoundStart beginRound(Context&, int round) override {
    return round == waitAtRound ? RoundStart::kWaitForPeople : RoundStart::kGo;
  }
  std::int64_t itemCount(const Context& context, const std::string&) const override {
    return std::int64_t(context.data.prompts.size());
  }
  LossValue loss(Context& context, const Moment& moment) override {
    seen.push_back(moment.items);
    std::vector<DrawItem> draws;
    std::vector<std::string> prompts;
    for (const std::int64_t i : moment.items) draws.push_back(context.data.prompts[std::size_t(i)]);
    for (const DrawItem& d : draws) prompts.push_back(d.prompt);
    const bool policy = moment.phase == "policy";
    const at::Tensor x =
        context.model
            .draw(draws, {10, 5, "ddim", 0}, "policy", {policy ? std::vector<int>{8, 9} : std::vector<int>{}},
                  false, context.stop)
            .pictures;
    const at::Tensor score = context.data.reward->score(x, prompts);
    if (policy) {
      const bool poison = double(moment.step) >= poisonFrom && double(moment.step) <= poisonTo;
      return {(-score).mean() * (poison ? std::numeric_limits<double>::quiet_NaN() : 1.0), {{"score", 1.0}}};
    }
    auto* critic = dynamic_cast<torch::nn::LinearImpl*>(context.nets.at("critic").get());
    return {(critic->forward(x.flatten(1)).squeeze(1) - score).square().mean(), {}};
  }
  void endRound(Context& context, int) override {
    torch::NoGradGuard guard;
    const NamedTensors from = context.model.parameters("policy"), to = context.model.parameters("previous");
    for (std::size_t i = 0; i < to.size(); ++i) to[i].second.copy_(from[i].second);
  }
  std::vector<std::vector<std::int64_t>> seen;
};

struct Bench {
  toy::ToyModel model;
  AlignData data;
  QTemporaryDir folder;
  SilentSink sink;
  AlignRun run;
  RoundsMethod method;

  Bench() {
    data.prompts = toy::items(10);
    data.reward = std::make_shared<toy::LeakyReward>(model, data.prompts, DrawSettings{10, 5, "ddim", 0});
    run.folder = folder.path().toStdString();
  }
  AlignOutcome go(std::stop_token stop = {}) {
    return AlignTrainer(method, model, data, run, sink, stop).run();
  }
};

bool sameWeights(const toy::ToyModel& a, const toy::ToyModel& b, const std::string& adapter) {
  const NamedTensors pa = a.parameters(adapter), pb = b.parameters(adapter);
  for (std::size_t i = 0; i < pa.size(); ++i) {
    if (!torch::equal(pa[i].second, pb[i].second)) return false;
  }
  return true;
}

class TrainerTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { at::set_num_threads(1); }

  void resumeEqualsUninterrupted_data() {
    QTest::addColumn<int>("pauseAfter");
    for (const int n : {1, 3, 4, 5, 6, 7, 8, 13}) QTest::newRow(qPrintable(QString::number(n))) << n;
  }
  void resumeEqualsUninterrupted() {
    QFETCH(int, pauseAfter);
    Bench whole;
    QCOMPARE(whole.go().end, AlignEnd::kFinished);
    Bench first;
    AlignControl control;
    first.run.control = &control;
    int steps = 0;
    first.run.yield = [&] { control.pause = ++steps > pauseAfter * 3; };
    const AlignOutcome paused = first.go();
    if (paused.end == AlignEnd::kPaused) {
      Bench second;  // a fresh process: nothing but the folder survives
      second.run.folder = first.run.folder;
      second.run.resume = true;
      QVERIFY(paused.steps < 14);
      const AlignOutcome done = second.go();
      QCOMPARE(done.end, AlignEnd::kFinished);
      QCOMPARE(done.steps, std::int64_t(14));
      for (const char* name : {"policy", "previous", "ema"})
        QVERIFY(sameWeights(whole.model, second.model, name));
    } else {
      QVERIFY(pauseAfter > 8);  // only the last rows may finish before the pause is asked for
    }
  }

  void killedRunResumesFromItsLastCheckpoint() {
    Bench whole;
    whole.go();
    Bench first;
    std::stop_source stop;
    int calls = 0;
    first.run.yield = [&] {
      if (++calls == 150) stop.request_stop();
    };
    const int before = first.model.evaluations;
    QVERIFY_THROWS_EXCEPTION(Error, first.go(stop.get_token()));
    // Within one sampler step: nothing was evaluated after the request.
    QVERIFY(first.model.evaluations - before <= 150);
    QVERIFY(!checkpointSteps(first.run.folder).empty());
    Bench second;
    second.run.folder = first.run.folder;
    second.run.resume = true;
    second.go();
    QVERIFY(sameWeights(whole.model, second.model, "policy"));
  }

  void everyItemOncePerEpoch() {
    Bench bench;
    bench.go();
    std::vector<std::int64_t> flat;  // 10 items: the first round's 10 micro-batches of 4 are 4 epochs
    for (std::size_t m = 0; m < 10; ++m)
      flat.insert(flat.end(), bench.method.seen[m].begin(), bench.method.seen[m].end());
    for (int epoch = 0; epoch < 4; ++epoch) {
      std::vector<std::int64_t> one(flat.begin() + epoch * 10, flat.begin() + epoch * 10 + 10);
      std::sort(one.begin(), one.end());
      for (int i = 0; i < 10; ++i) QCOMPARE(one[std::size_t(i)], std::int64_t(i));
    }
    QVERIFY(std::vector<std::int64_t>(flat.begin(), flat.begin() + 10) !=
            std::vector<std::int64_t>(flat.begin() + 10, flat.begin() + 20));
  }

  // With nothing left at the end, the last step, which is the critic's, leaves its weights as they are.
  void rateFallsToItsEnd() {
    const auto lastMove = [](double finalRate) {
      Bench bench;
      bench.method.config.finalRate = finalRate;
      bench.method.config.checkpointEvery = 1;
      bench.go();
      const auto steps = checkpointSteps(bench.run.folder);
      const auto at = [&](std::size_t fromEnd) {
        return readCheckpoint(checkpointPath(bench.run.folder, steps[steps.size() - fromEnd])).tensors;
      };
      const auto last = at(1), before = at(2);
      double moved = 0;
      for (const auto& [name, tensor] : last) {
        if (name.starts_with("parameter/critic/"))
          moved = std::max(moved, (tensor - before.at(name)).abs().max().item<double>());
      }
      return moved;
    };
    QVERIFY(lastMove(1) > 1e-5);
    QCOMPARE(lastMove(0), 0.0);
  }

  void notFiniteGoesBack() {
    Bench bench;
    bench.method.poisonFrom = bench.method.poisonTo = 4;
    const AlignOutcome outcome = bench.go();
    QCOMPARE(outcome.end, AlignEnd::kFinished);
    QCOMPARE(outcome.summary.at("rollbacks").get<int>(), 1);
    for (const auto& [name, p] : bench.model.parameters("policy"))
      QVERIFY(torch::isfinite(p).all().item<bool>());
  }

  void divergedRunFailsWithAdvice() {
    Bench bench;
    bench.method.poisonFrom = 0;
    bench.method.poisonTo = 1000;
    try {
      bench.go();
      QFAIL("a run whose every loss is not finite must fail");
    } catch (const Error& e) {
      QVERIFY(e.message().find("learning_rate") != std::string::npos);
    }
  }

  void waitingForPeopleGivesTheDeviceBack() {
    Bench bench;
    bench.method.waitAtRound = 1;
    const AlignOutcome waiting = bench.go();
    QCOMPARE(waiting.end, AlignEnd::kWaiting);
    QCOMPARE(waiting.steps, std::int64_t(7));
    Bench whole, later;
    whole.go();
    later.run.folder = bench.run.folder;
    later.run.resume = true;
    QCOMPARE(later.go().end, AlignEnd::kFinished);
    QVERIFY(sameWeights(whole.model, later.model, "policy"));
  }

  void finishSavesAnAdapter() {
    Bench bench;
    AlignControl control;
    control.finish = true;
    bench.run.control = &control;
    const AlignOutcome outcome = bench.go();
    QCOMPARE(outcome.end, AlignEnd::kFinished);
    QCOMPARE(outcome.steps, std::int64_t(1));
    QVERIFY(std::filesystem::exists(outcome.folder / "toy.safetensors"));
  }

  void rewardHackingStopsEarly() {
    Bench bench;
    static_cast<toy::LeakyReward&>(*bench.data.reward).sign = -1;
    bench.method.config.stripPictures = 4;
    bench.method.config.stripEvery = 1;
    bench.method.config.hackingPatience = 2;
    bench.run.stripSettings = {10, 5, "ddim", 0};
    const AlignOutcome outcome = bench.go();
    QCOMPARE(outcome.end, AlignEnd::kStoppedEarly);
    QVERIFY(outcome.steps < 14);
    QVERIFY(outcome.reason.find("held-out") != std::string::npos);
  }

  void distanceStopsEarly() {
    Bench bench;
    bench.method.config.stripPictures = 4;
    bench.method.config.stripEvery = 1;
    bench.method.config.maxDistance = 0.5;
    bench.run.stripSettings = {10, 5, "ddim", 0};
    QCOMPARE(bench.go().end, AlignEnd::kStoppedEarly);
  }

  void otherParametersAreNotResumed() {
    Bench bench;
    bench.go();
    Bench other;
    other.run.folder = bench.run.folder;
    other.run.resume = true;
    other.run.config = {{"beta", 3}};
    QVERIFY_THROWS_EXCEPTION(Error, other.go());
  }

  void spikesAreSeen() {
    SpikeGuard guard(5);
    for (int i = 0; i < 10; ++i) QVERIFY(guard.check(1, 1 + 0.1 * i).empty());
    QVERIFY(!guard.check(1, 20).empty());
    QVERIFY(!guard.check(std::nan(""), 1).empty());
    SpikeGuard again(5);
    again.restore(guard.toJson());
    QVERIFY(!again.check(1, 20).empty());
    QVERIFY(again.check(1, 2).empty());
  }

  void adamIsAdamW() {
    at::Tensor a = torch::tensor({1.0f, -2.0f, 3.0f}).set_requires_grad(true);
    at::Tensor b = a.detach().clone().set_requires_grad(true);
    Adam mine({{"a", a}}, 0.1);
    torch::optim::AdamW theirs({b}, torch::optim::AdamWOptions(0.05).weight_decay(0.1));
    for (int i = 0; i < 20; ++i) {
      mine.zeroGradients();
      theirs.zero_grad();
      (a.square() * a.sin()).sum().backward();
      (b.square() * b.sin()).sum().backward();
      mine.step(0.05);
      theirs.step();
    }
    QVERIFY(torch::allclose(a, b, 1e-5, 1e-6));
  }
};

}  // namespace

QTEST_GUILESS_MAIN(TrainerTest)
#include "trainer_test.moc"
