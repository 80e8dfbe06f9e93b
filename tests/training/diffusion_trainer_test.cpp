// A U-Net goes on deeper than it was trained, and what does not fit is refused before anything is written.
#include "core/scenes/training/diffusion_trainer.h"

#include <torch/torch.h>

#include <QTemporaryDir>
#include <QtTest>

#include "core/models/diffusion_model.h"
#include "core/scenes/training/base_model.h"
#include "core/scenes/training/training_batch.h"
#include "core/scenes/training/training_state.h"
#include "core/types/error.h"

using namespace plumbline;
using nlohmann::json;

class DiffusionTrainerTest : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  std::string folder_, config_, weights_;

  json deeper(const json& layers) const {
    json config = training::readConfig(config_);
    config["layers_per_block"] = layers;
    return config;
  }
  training::DiffusionSettings settings(const json& unet) const {
    return {.pictureSize = 64, .batch = 4, .seconds = 1, .unet = unet, .seed = 3};
  }

 private Q_SLOTS:
  void initTestCase() {
    folder_ = dir_.filePath("model").toStdString();
    config_ = folder_ + "/unet/config.json", weights_ = folder_ + "/unet/diffusion_pytorch_model.safetensors";
    SilentSink silent;
    for (const char* stage : {"vocabulary", "autoencoder"}) {
      training::trainBase(folder_, {.size = "mini", .stage = stage, .hours = 2.0 / 3600, .seed = 1}, silent,
                          {});
    }
    training::trainDiffusion(folder_, settings(nullptr), false, silent, {});
    QCOMPARE(training::readConfig(config_).at("layers_per_block"), json(1));
  }

  void whatHasAnotherFormIsRefused() {
    const auto before = training::readState(weights_);
    json wider = deeper(1);
    wider["block_out_channels"] = {64, 128};
    SilentSink silent;
    QVERIFY_THROWS_EXCEPTION(Error, training::trainDiffusion(folder_, settings(wider), true, silent, {}));
    const auto after = training::readState(weights_);
    QVERIFY(at::equal(before.at("conv_in.weight"), after.at("conv_in.weight")));
    QCOMPARE(training::readConfig(config_).at("layers_per_block"), json(1));
  }

  void goesOnDeeper() {
    const auto before = training::readState(weights_);
    SilentSink silent;
    training::trainDiffusion(folder_, settings(deeper({2, 1})), true, silent, {});
    QCOMPARE(training::readConfig(config_).at("layers_per_block"), json({2, 1}));
    const auto after = training::readState(weights_);
    QVERIFY(after.size() > before.size());
    const auto moved = (after.at("conv_in.weight") - before.at("conv_in.weight")).to(at::kFloat).abs().max();
    QVERIFY(moved.item<double>() > 0);
    QVERIFY2(moved.item<double>() < 0.05, qPrintable(QString::number(moved.item<double>())));
    QVERIFY(loadModel(folder_));

    // From its own state from now on.
    const auto steps = [&] {
      return training::readState(folder_ + "/training.safetensors").at("steps").item<std::int64_t>();
    };
    const auto first = steps();
    training::trainDiffusion(folder_, settings(nullptr), true, silent, {});
    QVERIFY(steps() > first);
    QVERIFY_THROWS_EXCEPTION(Error, training::trainDiffusion(folder_, settings(deeper(1)), true, silent, {}));
  }
};

QTEST_GUILESS_MAIN(DiffusionTrainerTest)
#include "diffusion_trainer_test.moc"
