#include <QTemporaryDir>
#include <QtTest>

#include "core/lora/lora.h"
#include "core/models/diffusion_model.h"
#include "core/models/tiny_model.h"
#include "core/reward/denoising.h"
#include "core/sampling/noise_schedule.h"
#include "core/tensor/noise.h"

using namespace plumbline;
using reward::kDenoisingFeatures;

class DenoisingTest : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir folder_;
  std::shared_ptr<DiffusionModel> model_;
  at::Tensor images_ = at::rand({3, 3, 32, 32}, at::detail::createCPUGenerator(2), at::kFloat) * 2 - 1;
  std::vector<std::string> prompts_{"a red circle", "two blue stars", ""};

  at::Tensor features() const { return reward::Denoising(model_).features(images_, prompts_); }

 private Q_SLOTS:
  void initTestCase() {
    writeTinyModel(folder_.path().toStdString(), 5);
    model_ = loadModel(folder_.path().toStdString());
  }

  // The errors as the training loss has them.
  void isTheErrorOfWhatTheGeneratorPredicts() {
    torch::NoGradGuard noGrad;
    const NoiseSchedule schedule(model_->schedulerConfig);
    const auto latents = model_->encodePictures(images_);
    const auto t = at::full({3}, schedule.trainSteps() * 15 / 100, at::kLong);
    const auto context = model_->encodePrompts(prompts_);
    auto loss = at::zeros({3});
    for (std::uint64_t draw = 0; draw < 2; ++draw) {
      const auto noise = noiseFor(0, draw, std::uint64_t(t[0].item<std::int64_t>()),
                                  NoisePurpose::kForwardNoise, latents.sizes().slice(1))
                             .expand_as(latents);
      const auto predicted = model_->unet->forward(schedule.addNoise(latents, noise, t), t, context);
      loss += (predicted - schedule.trainingTarget(latents, noise, t)).square().mean({1, 2, 3}) / 2;
    }
    const auto seen = features();
    QCOMPARE(seen.sizes().vec(), (std::vector<int64_t>{3, kDenoisingFeatures}));
    QVERIFY(at::allclose(seen.select(1, 2).exp(), loss, 1e-3, 2e-4));
    // The worst cells are worse than all of them.
    for (int64_t k = 0; k < kDenoisingFeatures; k += 2)
      QVERIFY((seen.select(1, k + 1) > seen.select(1, k)).all().item<bool>());
  }

  void itIsAboutThePrompt() {
    const auto own = features();
    const auto other = reward::Denoising(model_).features(images_, {"", "a green heart", ""});
    for (int picture : {0, 1}) QVERIFY(!at::allclose(own[picture], other[picture], 1e-5, 1e-6));
    QVERIFY(at::allclose(own[2], other[2], 1e-4, 1e-5));
  }

  void theBaseIsAskedWhateverAdaptersSay() {
    const auto before = features();
    LoraSet adapters(model_);
    adapters.inject("policy", {.rank = 2});
    torch::NoGradGuard noGrad;
    for (const at::Tensor& p : adapters.parameters("policy")) at::Tensor(p).add_(0.3);
    adapters.setOnly({{"policy", 1.0}});
    const auto latents = model_->encodePictures(images_);
    const auto context = model_->encodePrompts(prompts_);
    const auto tuned = model_->unet->forward(latents, at::full({3}, 100, at::kLong), context);
    QVERIFY(at::equal(features(), before));
    QCOMPARE(adapters.strength("policy"), 1.0);
    QVERIFY(at::equal(model_->unet->forward(latents, at::full({3}, 100, at::kLong), context), tuned));
    adapters.setOnly({});
    QVERIFY(!at::allclose(model_->unet->forward(latents, at::full({3}, 100, at::kLong), context), tuned));
  }

  void picturesOfAnotherSizeAreBroughtToItsOwn() {
    const auto larger = at::upsample_nearest2d(images_, {64, 64});
    const auto seen = reward::Denoising(model_).features(larger, prompts_);
    QVERIFY(at::allclose(seen, features(), 1e-3, 1e-4));
  }
};

QTEST_GUILESS_MAIN(DenoisingTest)
#include "denoising_test.moc"
