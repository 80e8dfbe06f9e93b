// The forward process: addNoise and its targets invert each other, timesteps are spaced as stated.
#include <torch/torch.h>

#include <QTest>

#include "core/sampling/noise_schedule.h"
#include "core/sampling/prediction.h"
#include "core/tensor/noise.h"
#include "core/types/error.h"

using namespace plumbline;

namespace {

const Json kConfig = {{"beta_start", 0.00085}, {"beta_end", 0.012}, {"beta_schedule", "scaled_linear"}};

}  // namespace

class NoiseScheduleTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void targetsInvertTheForwardProcess_data() {
    QTest::addColumn<QString>("type");
    for (const char* type : {"epsilon", "v_prediction", "sample"}) QTest::newRow(type) << type;
  }

  void targetsInvertTheForwardProcess() {
    QFETCH(QString, type);
    Json config = kConfig;
    config["prediction_type"] = type.toStdString();
    const NoiseSchedule schedule(config);
    const at::Tensor clean = noiseFor(1, 0, 0, NoisePurpose::kInitialLatent, {2, 3, 4, 4});
    const at::Tensor noise = noiseFor(1, 0, 0, NoisePurpose::kForwardNoise, {2, 3, 4, 4});
    const at::Tensor times = torch::tensor({30, 700}, at::kLong);
    const at::Tensor x = schedule.addNoise(clean, noise, times);
    const at::Tensor target = schedule.trainingTarget(clean, noise, times);
    QVERIFY(torch::allclose(schedule.predictedNoise(target, x, times), noise, 1e-3, 1e-4));
    for (int i = 0; i < 2; ++i) {
      const double bar = schedule.alphaBar(times[i].item<std::int64_t>());
      const Prediction p =
          readPrediction(schedule.predictionType(), target[i], x[i], std::sqrt(bar), std::sqrt(1 - bar));
      QVERIFY(torch::allclose(p.clean, clean[i], 1e-3, 1e-4));
      QVERIFY(torch::allclose(p.noise, noise[i], 1e-3, 1e-4));
    }
  }

  void signalFallsFromOneTowardsZero() {
    const NoiseSchedule schedule(kConfig);
    QCOMPARE(schedule.trainSteps(), std::int64_t(1000));
    QVERIFY(schedule.alphaBar(0) > 0.999 && schedule.alphaBar(999) < 0.006);
    for (std::int64_t t = 1; t < 1000; ++t) QVERIFY(schedule.alphaBar(t) < schedule.alphaBar(t - 1));
    Json zero = kConfig;
    zero["rescale_betas_zero_snr"] = true;
    QVERIFY(std::abs(NoiseSchedule(zero).alphaBar(999)) < 1e-7);
  }

  void spacesTimesteps() {
    using Times = std::vector<std::int64_t>;
    QCOMPARE(spacedTimesteps("leading", 1000, 4, 1, false), (Times{751, 501, 251, 1}));
    QCOMPARE(spacedTimesteps("trailing", 1000, 4, 0, false), (Times{999, 749, 499, 249}));
    QCOMPARE(spacedTimesteps("linspace", 1000, 4, 0, false), (Times{999, 666, 333, 0}));
    QCOMPARE(spacedTimesteps("linspace", 1000, 3, 0, true), (Times{999, 666, 333}));
    QVERIFY_EXCEPTION_THROWN(spacedTimesteps("leading", 1000, 0, 0, false), Error);
    QVERIFY_EXCEPTION_THROWN(spacedTimesteps("leading", 1000, 1001, 0, false), Error);
    QVERIFY_EXCEPTION_THROWN(spacedTimesteps("sideways", 1000, 4, 0, false), Error);
  }

  void refusesUnknownSettings() {
    Json config = kConfig;
    config["beta_schedule"] = "sigmoid";
    QVERIFY_EXCEPTION_THROWN(NoiseSchedule{config}, Error);
    config = kConfig;
    config["prediction_type"] = "flow";
    QVERIFY_EXCEPTION_THROWN(NoiseSchedule{config}, Error);
  }
};

QTEST_GUILESS_MAIN(NoiseScheduleTest)
#include "noise_schedule_test.moc"
