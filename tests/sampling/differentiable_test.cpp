// Gradients through sampling: equal to plain autograd and to finite differences, in every variant, and the
// picture is the one that the generator draws.
#include <torch/torch.h>

#include <QTemporaryDir>
#include <QTest>

#include "core/lora/lora.h"
#include "core/models/tiny_model.h"
#include "core/sampling/differentiable.h"
#include "core/tensor/noise.h"
#include "core/tensor/threads.h"
#include "core/types/error.h"

using namespace plumbline;

namespace {

constexpr int kSteps = 4;

double largestDifference(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  double worst = 0, scale = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    worst = std::max(worst, (a[i] - b[i]).abs().max().item<double>());
    scale = std::max(scale, b[i].abs().max().item<double>());
  }
  return worst / scale;
}

}  // namespace

class DifferentiableTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::shared_ptr<DiffusionModel> model_;
  std::shared_ptr<LoraSet> adapters_;
  std::unique_ptr<Generator> generator_;
  std::vector<SampleRequest> requests_;

  at::Tensor loss(const Trajectory& drawn) const {
    const at::Tensor weight = noiseFor(9, 0, 0, NoisePurpose::kChoice, drawn.pictures.sizes());
    return (drawn.pictures * weight).mean();
  }

  std::vector<at::Tensor> gradients(const GradientSettings& settings, int copies = 1) {
    const auto parameters = adapters_->parameters("policy");
    std::vector<SampleRequest> all;
    for (int i = 0; i < copies; ++i) all.insert(all.end(), requests_.begin(), requests_.end());
    const at::Tensor value = loss(sampleWithGradient(*generator_, all, parameters, settings));
    return torch::autograd::grad({value}, parameters);
  }

  double valueWithoutGradient() {
    return loss(sampleWithGradient(*generator_, requests_, {}, {})).item<double>();
  }

 private Q_SLOTS:
  void initTestCase() {
    useThreads(2);
    writeTinyModel(folder_.path().toStdString(), 21);
    model_ = loadModel(folder_.path().toStdString());
    for (at::Tensor& p : model_->unet->parameters()) p.requires_grad_(false);
    for (at::Tensor& p : model_->vae->parameters()) p.requires_grad_(false);
    adapters_ = std::make_shared<LoraSet>(model_);
    adapters_->inject("policy", {.rank = 2, .seed = 3});
    const auto parameters = adapters_->parameters("policy");
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      parameters[i].add_(0.2 * noiseFor(4, i, 0, NoisePurpose::kWeightInit, parameters[i].sizes()));
    }
    adapters_->setTrainable("policy", true);
    generator_ = std::make_unique<Generator>(model_, adapters_, 2);
    for (int i = 0; i < 2; ++i) {
      SampleRequest r;
      r.prompt = i == 0 ? "a red circle" : "two blue squares";
      r.seed = 7;
      r.imageIndex = std::uint64_t(i);
      r.steps = kSteps;
      r.guidance = 2;
      r.adapters["policy"] = 1;
      requests_.push_back(r);
    }
  }

  void drawsTheGeneratorsPicture() {
    SilentSink sink;
    const at::Tensor expected = generator_->sampleLatents(requests_, sink);
    GradientSettings settings;
    settings.steps = lastSteps(kSteps, 2);
    settings.keepPath = settings.keepEstimates = true;
    const Trajectory drawn =
        sampleWithGradient(*generator_, requests_, adapters_->parameters("policy"), settings);
    QVERIFY(torch::equal(drawn.latents.detach(), expected));
    QCOMPARE(drawn.path.size(), std::size_t(kSteps + 1));
    QCOMPARE(drawn.estimates.size(), std::size_t(kSteps));
    QVERIFY(torch::equal(drawn.path.back(), expected));
    QVERIFY(drawn.pictures.requires_grad());
    QVERIFY(!sampleWithGradient(*generator_, requests_, {}, {}).pictures.requires_grad());
  }

  void recomputationEqualsPlainAutograd_data() {
    QTest::addColumn<QList<int>>("steps");
    QTest::addColumn<bool>("throughInput");
    QTest::addColumn<int>("copies");  // of the two requests; eight rows are drawn in shards
    QTest::newRow("last two") << QList<int>{2, 3} << true << 1;
    QTest::newRow("all") << QList<int>{0, 1, 2, 3} << true << 1;
    QTest::newRow("some, with gaps") << QList<int>{0, 2} << true << 1;
    QTest::newRow("stopped inputs") << QList<int>{1, 3} << false << 1;
    QTest::newRow("in shards") << QList<int>{0, 2} << true << 4;
  }

  void recomputationEqualsPlainAutograd() {
    QFETCH(QList<int>, steps);
    QFETCH(bool, throughInput);
    QFETCH(int, copies);
    GradientSettings settings;
    settings.steps.assign(steps.begin(), steps.end());
    settings.throughInput = throughInput;
    settings.recompute = settings.recomputeDecode = true;
    const auto recomputed = gradients(settings, copies);
    settings.recompute = settings.recomputeDecode = false;
    const auto plain = gradients(settings, copies);
    QVERIFY(largestDifference(recomputed, plain) < 1e-4);
    double size = 0;
    for (const at::Tensor& g : plain) size += g.abs().sum().item<double>();
    QVERIFY(size > 0);
  }

  void equalsFiniteDifferences() {
    GradientSettings settings;
    settings.steps = lastSteps(kSteps, kSteps);
    const auto gradient = gradients(settings);
    const auto parameters = adapters_->parameters("policy");
    // Along one direction, because float32 differences of single entries drown in rounding.
    std::vector<at::Tensor> direction;
    double expected = 0;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      direction.push_back(gradient[i] / gradient[i].norm().clamp_min(1e-12));
      expected += (gradient[i] * direction[i]).sum().item<double>();
    }
    const auto shifted = [&](double by) {
      torch::NoGradGuard noGrad;
      for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i].add_(direction[i], by);
      const double value = valueWithoutGradient();
      for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i].sub_(direction[i], by);
      return value;
    };
    const double h = 2e-3;
    const double measured = (shifted(h) - shifted(-h)) / (2 * h);
    QVERIFY2(std::abs(measured - expected) < 0.03 * std::abs(expected),
             qPrintable(QString("%1 by differences, %2 by autograd").arg(measured).arg(expected)));
  }

  void stopsAndRefuses() {
    GradientSettings settings;
    settings.steps = {kSteps};
    QVERIFY_EXCEPTION_THROWN(gradients(settings), Error);
    settings.steps = {0};
    int calls = 0;
    settings.between = [&] {
      if (++calls == 2) throw Error(ErrorKind::kCancelled, "enough");
    };
    QVERIFY_EXCEPTION_THROWN(gradients(settings), Error);
    QCOMPARE(calls, 2);
    QCOMPARE(adapters_->strength("policy"), 0.0);
    QCOMPARE(lastSteps(20, 2), (std::vector<int>{18, 19}));
    QVERIFY(lastSteps(3, 0).empty());
  }
};

QTEST_GUILESS_MAIN(DifferentiableTest)
#include "differentiable_test.moc"
