// Noise is a pure function of its address, is standard normal, and its values never change between versions.
#include <torch/torch.h>

#include <QTest>

#include "core/tensor/engine_fingerprint.h"
#include "core/tensor/noise.h"
#include "core/tensor/threads.h"

using namespace plumbline;

class NoiseTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void dependsOnEveryPartOfTheAddressAndOnNothingElse() {
    const std::vector<int64_t> shape = {4, 8, 8};
    const auto noise = [&](int seed, int image, int step, NoisePurpose purpose) {
      return noiseFor(seed, image, step, purpose, shape);
    };
    const at::Tensor base = noise(1, 2, 3, NoisePurpose::kSamplerStep);
    torch::manual_seed(99);
    (void)torch::randn({100});
    QVERIFY(torch::equal(base, noise(1, 2, 3, NoisePurpose::kSamplerStep)));
    for (const at::Tensor& other :
         {noise(2, 2, 3, NoisePurpose::kSamplerStep), noise(1, 3, 3, NoisePurpose::kSamplerStep),
          noise(1, 2, 4, NoisePurpose::kSamplerStep), noise(1, 2, 3, NoisePurpose::kInitialLatent)}) {
      const double correlation = (base * other).mean().item<double>();
      QVERIFY2(std::abs(correlation) < 0.25, qPrintable(QString::number(correlation)));
    }
  }

  void isStandardNormal() {
    const at::Tensor noise = noiseFor(7, 0, 0, NoisePurpose::kForwardNoise, {1000000});
    QVERIFY(std::abs(noise.mean().item<double>()) < 4e-3);
    QVERIFY(std::abs(noise.std().item<double>() - 1) < 3e-3);
    QVERIFY(std::abs(noise.pow(4).mean().item<double>() - 3) < 0.05);
    QVERIFY(std::abs((noise.abs() < 1).to(at::kDouble).mean().item<double>() - 0.6827) < 2e-3);
    const at::Tensor neighbours = (noise.slice(0, 1) * noise.slice(0, 0, -1)).mean();
    QVERIFY(std::abs(neighbours.item<double>()) < 4e-3);
  }

  // A picture's seed must mean the same picture in every later version.
  void keepsItsValues() {
    const at::Tensor noise = noiseFor(42, 3, 5, NoisePurpose::kInitialLatent, {2, 3});
    const float expected[] = {-0.558585525f, 0.400004625f, 0.8227368f,
                              0.341815382f,  0.898840368f, -0.897028565f};
    for (int i = 0; i < 6; ++i) QCOMPARE(noise.flatten()[i].item<float>(), expected[i]);
  }

  void streamDrawsWithoutBias() {
    NoiseStream stream(5, 0, 0, NoisePurpose::kShuffle);
    std::vector<int> seen(7, 0);
    for (int i = 0; i < 70000; ++i) ++seen[stream.below(7)];
    for (const int count : seen) QVERIFY(std::abs(count - 10000) < 500);
    double sum = 0;
    for (int i = 0; i < 10000; ++i) {
      const double u = stream.uniform();
      QVERIFY(u >= 0 && u < 1);
      sum += u;
    }
    QVERIFY(std::abs(sum / 10000 - 0.5) < 0.02);
    auto order = stream.permutation(50);
    QVERIFY(!std::is_sorted(order.begin(), order.end()));
    std::sort(order.begin(), order.end());
    for (int i = 0; i < 50; ++i) QCOMPARE(order[i], std::int64_t(i));
  }

  void fingerprintNamesTheEngine() {
    QVERIFY(useThreads(2) == 2);
    const std::string two = engineFingerprint(Precision::kFloat32);
    useThreads(1);
    const std::string one = engineFingerprint(Precision::kFloat32);
    QVERIFY(two != one);
    QVERIFY2(two.rfind("torch ", 0) == 0 && two.find("unknown") == std::string::npos, two.c_str());
    QVERIFY(engineFingerprint(Precision::kBFloat16) != one);
    QVERIFY(availableCores() >= 1);
  }
};

QTEST_GUILESS_MAIN(NoiseTest)
#include "noise_test.moc"
