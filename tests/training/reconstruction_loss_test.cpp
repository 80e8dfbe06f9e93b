// What the autoencoder is asked for: objects before background, and of noise that it is noise, in colours as
// much as in strength, whatever its pixels are.
#include <QtTest>

#include "core/scenes/renderer.h"
#include "core/scenes/scene_rng.h"
#include "core/scenes/training/reconstruction_loss.h"
#include "core/tensor/picture_tensor.h"

using namespace plumbline;
using namespace plumbline::training;

namespace {

at::Tensor noise(std::uint64_t seed) {
  return at::rand({1, 3, 32, 32}, at::detail::createCPUGenerator(seed), at::kFloat) * 2 - 1;
}

double texture(const at::Tensor& made, const at::Tensor& x) {
  return textureLoss(made, x).item<double>();
}

at::Tensor drawn(const char* prompt) {
  scenes::SceneRng rng(3, 1);
  return toTensor(scenes::render(scenes::sampleScene(scenes::parsePrompt(prompt), rng, {}))).unsqueeze(0);
}

}  // namespace

class ReconstructionLossTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void nothingIsLostWhereAllComesBack() {
    const auto x = drawn("a red star on grass");
    QVERIFY(reconstructionLoss(x, x).item<double>() == 0);
    QVERIFY(reconstructionLoss(x + 0.1, x).item<double>() > 0.1);
  }

  void otherNoiseIsAsGoodAsTheSame() {
    const auto x = noise(1);
    const double other = texture(noise(2), x), flat = texture(at::zeros_like(x), x);
    QVERIFY2(other < 0.2 * flat, (std::to_string(other) + " " + std::to_string(flat)).c_str());
  }

  void mottledGreyIsNoColouredNoise() {
    const auto x = noise(1), grey = noise(2).select(1, 0).unsqueeze(1).expand_as(x);
    const double mottled = texture(grey, x), coloured = texture(noise(3), x);
    QVERIFY2(mottled > 3 * coloured, (std::to_string(mottled) + " " + std::to_string(coloured)).c_str());
  }

  void theGradientOfAFlatPictureIsFinite() {
    const auto made = at::zeros({1, 3, 32, 32}).requires_grad_(true);
    const auto gradient = torch::autograd::grad({reconstructionLoss(made, noise(1))}, {made})[0];
    QVERIFY(gradient.isfinite().all().item<bool>());
  }

  void objectsCountMoreThanBackgroundAndNoiseHardly() {
    const auto weight = foregroundWeight(drawn("a large red circle on white"));
    QCOMPARE(weight.amin().item<double>(), 1.0);
    QVERIFY(weight.amax().item<double>() >= 4);
    QVERIFY(foregroundWeight(drawn("a large green circle on dark")).amax().item<double>() <= 7);
    const auto inside = foregroundWeight(noise(1)).slice(2, 4, 28).slice(3, 4, 28);
    QVERIFY(inside.mean().item<double>() < 1);
  }
};

QTEST_GUILESS_MAIN(ReconstructionLossTest)
#include "reconstruction_loss_test.moc"
