// The exact penalty on a toy where everything is known: the reward wants both coordinates to move by 0.2, the
// mask allows the first only.
#include <QTemporaryDir>
#include <QtTest>

#include "core/align/region_mask.h"
#include "core/align/trainer.h"
#include "tests/align/toy_model.h"

using namespace plumbline;

namespace {

struct Moved {
  double inside = 0, outside = 0;
};

Json settings(double beta, int steps) {
  return {{"beta", beta},           {"score_weight", 1.0}, {"region_weight", 0.0},
          {"mask_source", "head"},  {"mask_dilation", 0},  {"mask_smallest", 1},
          {"categories", "unsafe"}, {"draw_steps", 20},    {"gradient_choice", "last"},
          {"gradient_steps", 5},    {"steps", steps},      {"batch", 32},
          {"learning_rate", 0.01},  {"strip_pictures", 0}, {"checkpoint_every", 1000},
          {"weight_decay", 0.0}};
}

// The square of the norm instead of the norm: what an implementation that misread the paper would do.
class SquaredPenalty : public alignment_method::Method {
 public:
  SquaredPenalty(double beta, int steps) : beta_(beta) {
    config_.steps = steps;
    config_.batch = 32;
    config_.learningRate = 0.01;
    config_.weightDecay = 0;
    config_.stripPictures = 0;
    config_.checkpointEvery = 1000;
  }
  alignment_method::Plan plan() const override {
    alignment_method::Plan plan;
    plan.adapters = {{{"policy"}, {}}};
    plan.phases = {{"policy", {"policy"}, config_.steps, 1, config_.batch}};
    return plan;
  }
  TrainerConfig trainerConfig() const override { return config_; }
  alignment_method::RoundStart beginRound(alignment_method::Context&, int) override {
    return alignment_method::RoundStart::kGo;
  }
  std::int64_t itemCount(const alignment_method::Context& context, const std::string&) const override {
    return std::int64_t(context.data.prompts.size());
  }
  alignment_method::LossValue loss(alignment_method::Context& context,
                                   const alignment_method::Moment& moment) override {
    std::vector<DrawItem> draws;
    std::vector<std::string> prompts;
    for (const std::int64_t i : moment.items) draws.push_back(context.data.prompts[std::size_t(i)]);
    for (const DrawItem& d : draws) prompts.push_back(d.prompt);
    const DrawSettings twenty{20, 5, "ddim", 0};
    at::Tensor frozen;
    {
      torch::NoGradGuard guard;
      frozen = context.model.draw(draws, twenty, "", {}, false, context.stop).pictures;
    }
    const GradientPlan lastFive{{15, 16, 17, 18, 19}, true};
    const at::Tensor moved =
        context.model.draw(draws, twenty, "policy", lastFive, false, context.stop).pictures;
    const at::Tensor outside = (moved - frozen).select(3, 1).square().flatten(1).sum(1);
    return {(beta_ * outside - context.data.reward->score(moved, prompts)).mean(), {}};
  }

 private:
  double beta_;
  TrainerConfig config_;
};

// A run of the method on the toy that has drawn its pictures and not yet taken a step.
template <class Reward>
class Begun {
 public:
  Begun(const Json& changes, int items) {
    Json config = settings(0, 1000);
    config.update(changes);
    alignment_method::Registry registry("alignment_method");
    alignment_method::registerAll(registry);
    method = registry.get("focus_n_fix").create(config);
    model_.addAdapter(method->plan().adapters[0].adapter, 1);
    data_.prompts = toy::items(items);
    data_.reward = std::make_shared<Reward>(model_, data_.prompts, DrawSettings{20, 5, "ddim", 0});
    method->beginRound(context, 0);
  }
  Begun(const Begun&) = delete;  // the context refers to this

 private:
  toy::ToyModel model_;
  AlignData data_;
  SilentSink sink_;

 public:
  std::unique_ptr<alignment_method::Method> method;
  alignment_method::Context context{model_, data_, 1, sink_, {}, {}};
};

// Everything has an artifact, the first two prompts something unsafe besides.
class SomeUnsafe : public toy::LeakyReward {
 public:
  using LeakyReward::LeakyReward;
  at::Tensor regionMap(const at::Tensor& pictures, const std::vector<std::string>& prompts) override {
    at::Tensor map = LeakyReward::regionMap(pictures, prompts);
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      if (prompts[i] != "point 0" && prompts[i] != "point 1")
        map[std::int64_t(i)][categoryIndices("unsafe")[0]].zero_();
    }
    return map;
  }
};

class FocusNFixTest : public QObject {
  Q_OBJECT

 private:
  Moved train(alignment_method::Method& method, std::uint64_t referenceShift = 0) {
    toy::ToyModel model;
    model.referenceShift = referenceShift;
    AlignData data;
    data.prompts = toy::items(64);
    const DrawSettings twenty{20, 5, "ddim", 0};
    data.reward = std::make_shared<toy::LeakyReward>(model, data.prompts, twenty);
    QTemporaryDir folder;
    AlignRun run;
    run.folder = folder.path().toStdString();
    SilentSink sink;
    AlignTrainer(method, model, data, run, sink, {}).run();
    torch::NoGradGuard guard;
    model.referenceShift = 0;
    const at::Tensor before = model.draw(data.prompts, twenty, "", {}, false, {}).pictures;
    const at::Tensor delta = model.draw(data.prompts, twenty, "policy", {}, false, {}).pictures - before;
    return {delta.select(3, 0).mean().item<double>(), delta.select(3, 1).abs().mean().item<double>()};
  }
  Moved train(double beta, std::uint64_t referenceShift = 0) {
    alignment_method::Registry registry("alignment_method");
    alignment_method::registerAll(registry);
    return train(*registry.get("focus_n_fix").create(settings(beta, 200)), referenceShift);
  }

 private Q_SLOTS:
  void initTestCase() { at::set_num_threads(1); }

  void penaltyIsExact() {
    const Moved plain = train(0), half = train(0.5), two = train(2), ten = train(10);
    qInfo("beta 0: inside %.3f outside %.3f; 0.5: %.3f %.3f; 2: %.3f %.3f; 10: %.3f %.3f", plain.inside,
          plain.outside, half.inside, half.outside, two.inside, two.outside, ten.inside, ten.outside);
    for (const Moved& m : {plain, half, two, ten}) QVERIFY(std::abs(m.inside - 0.2) < 0.02);
    QVERIFY(std::abs(plain.outside - 0.2) < 0.02);
    QVERIFY(half.outside > 0.1);   // below the reward's slope it only pulls
    QVERIFY(two.outside < 0.015);  // above it, it holds
    QVERIFY(ten.outside < 0.015);
  }

  void squaredNormLeaks() {
    SquaredPenalty two(2, 200), ten(10, 200);
    const Moved atTwo = train(two), atTen = train(ten);
    qInfo("squared: beta 2 outside %.3f, beta 10 outside %.3f", atTwo.outside, atTen.outside);
    QVERIFY(atTwo.outside > 0.1);  // the unsquared norm is at zero here
    QVERIFY(atTen.outside > 0.03);
  }

  void whatIsUnsafeCountsMore() {
    const auto lossOf = [](double unsafeWeight, const char* categories) {
      Begun<toy::LeakyReward> run(
          {{"region_weight", 0.5}, {"unsafe_weight", unsafeWeight}, {"categories", categories}}, 8);
      return run.method->loss(run.context, {0, "policy", 0, 0, {0, 1}}).loss.item<double>();
    };
    // The toy's head says 0.9 of every category; the weight counts the unsafe part again twice.
    const double more = lossOf(3, "unsafe,artifact") - lossOf(1, "unsafe,artifact");
    QVERIFY2(std::abs(more - 0.5 * 2 * -std::log(0.1)) < 1e-4, qPrintable(QString::number(more)));
    QCOMPARE(lossOf(3, "artifact"), lossOf(1, "artifact"));
  }

  void unsafePicturesAreRepeated_data() {
    QTest::addColumn<double>("share");
    QTest::addColumn<int>("items");  // of 12 pictures with a region, 2 of them unsafe
    QTest::newRow("as they are") << 0.0 << 12;
    QTest::newRow("half") << 0.5 << 10 + 5 * 2;
    QTest::newRow("a quarter, rounded") << 0.25 << 10 + 2 * 2;
  }
  void unsafePicturesAreRepeated() {
    QFETCH(double, share);
    QFETCH(int, items);
    Begun<SomeUnsafe> run({{"unsafe_share", share}, {"keep_share", 0.0}, {"categories", "unsafe,artifact"}},
                          12);
    QCOMPARE(run.method->itemCount(run.context, "policy"), std::int64_t(items));
    QCOMPARE(run.method->summary().at("pictures_with_unsafe_region").get<int>(), 2);
  }

  void otherNoiseFails() {
    const Moved same = train(2), other = train(2, 5000);
    qInfo("beta 2, frozen twin from other noise: outside %.3f", other.outside);
    QVERIFY(other.outside > 0.05);
    QVERIFY(other.outside > 4 * same.outside);
  }
};

}  // namespace

QTEST_GUILESS_MAIN(FocusNFixTest)
#include "focus_n_fix_test.moc"
