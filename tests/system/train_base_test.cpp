// `plumbline train-base` from outside: every stage for a few seconds, gone on with, and what each leaves
// alone.
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include "core/weights/safetensors.h"
#include "tests/system/program.h"

using namespace plumbline;

class TrainBaseTest : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir folder_;

  QString path(const QString& name) const { return folder_.filePath(name); }
  // Going on with another seed: anew it would end elsewhere.
  Ran train(const QString& stage, const QString& out, int seed = 1) const {
    return runProgram({"train-base", "--size", "mini", "--stage", stage, "--hours", "0.001", "--out", out,
                       "--seed", QString::number(seed), "--progress", "none"},
                      120000);
  }
  using NamedTensors = std::map<std::string, at::Tensor>;
  static NamedTensors weights(const QString& file) {
    return SafetensorsFile::open(file.toStdString()).tensors();
  }
  static std::int64_t steps(const QString& folder) {
    return weights(folder + "/training.safetensors").at("steps").item<std::int64_t>();
  }
  // Mean squared difference over the mean square.
  static double change(const NamedTensors& before, const NamedTensors& after) {
    double moved = 0, size = 0;
    for (const auto& [name, tensor] : after) {
      if (!tensor.is_floating_point()) continue;
      const at::Tensor start = before.at(name).to(at::kFloat);
      moved += (tensor.to(at::kFloat) - start).square().sum().item<double>();
      size += start.square().sum().item<double>();
    }
    return moved / size;
  }
  static double scalingFactor(const QString& vae) {
    QFile file(vae + "/config.json");
    if (!file.open(QIODevice::ReadOnly)) return 0;
    return QJsonDocument::fromJson(file.readAll()).object().value("scaling_factor").toDouble();
  }

 private Q_SLOTS:
  void aStageNeedsTheOnesBefore() {
    const Ran decoder = train("decoder", path("nothing"));
    QVERIFY(decoder.code != 0);
    QVERIFY2(decoder.err.contains("after the autoencoder"), decoder.err);
    const Ran diffusion = train("diffusion", path("nothing"));
    QVERIFY(diffusion.code != 0);
    QVERIFY2(diffusion.err.contains("earlier stages"), diffusion.err);
    const Ran match = train("match", path("nothing"));
    QVERIFY(match.code != 0);
    QVERIFY2(match.err.contains("earlier stages"), match.err);
  }

  void theStagesMakeAModelThatDraws() {
    const QString out = path("model");
    for (const char* stage : {"vocabulary", "autoencoder", "diffusion", "clip", "match"}) {
      const Ran ran = train(stage, out);
      QVERIFY2(ran.code == 0, ran.why());
    }
    const Ran drawn =
        runProgram({"sample", "--model", out, "--prompt", "a red star", "--steps", "2", "--out", path("x")});
    QVERIFY2(drawn.code == 0, drawn.why());
  }

  // The CLIP comes after the U-Net, so that it sees what the model itself draws.
  void theClipLearnsWhatTheModelDraws() {
    const auto tasks = weights(path("model/clip/patch_tasks.safetensors"));
    QVERIFY(tasks.at("drawn.weight").abs().max().item<double>() > 0);
    QVERIFY(tasks.at("corrupted.weight").abs().max().item<double>() > 0);
  }

  void trainingGoesOnWhereItStopped() {
    const QString out = path("model");
    const std::int64_t before = steps(out);
    QVERIFY(before > 0);
    const Ran ran = train("diffusion", out);
    QVERIFY2(ran.code == 0, ran.why());
    QVERIFY(steps(out) > before);
  }

  // A shipped model has no training state.
  void finishedWeightsAreGoneOnWith() {
    const QString out = path("model"), file = out + "/unet/diffusion_pytorch_model.safetensors";
    const auto before = weights(file);
    QVERIFY(QFile::remove(out + "/training.safetensors"));
    const Ran ran = train("diffusion", out, 2);
    QVERIFY2(ran.code == 0, ran.why());
    const double moved = change(before, weights(file));
    QVERIFY(moved > 0);
    QVERIFY2(moved < 0.05, qPrintable(QString::number(moved)));
  }

  void theClipGoesOnFromFinishedWeights() {
    const QString clip = path("model/clip");
    const auto before = weights(clip + "/model.safetensors"),
               tasks = weights(clip + "/patch_tasks.safetensors");
    QVERIFY(QFile::remove(clip + "/training.safetensors"));
    const Ran ran = train("clip", path("model"), 2);
    QVERIFY2(ran.code == 0, ran.why());
    for (const double moved : {change(before, weights(clip + "/model.safetensors")),
                               change(tasks, weights(clip + "/patch_tasks.safetensors"))}) {
      QVERIFY(moved > 0);
      QVERIFY2(moved < 0.01, qPrintable(QString::number(moved)));
    }
  }

  void theReaderGoesOnAndLeavesTheClipAlone() {
    const QString clip = path("model/clip");
    const auto before = weights(clip + "/model.safetensors"),
               reader = weights(clip + "/match_reader.safetensors");
    QVERIFY(QFile::remove(clip + "/match_training.safetensors"));
    const Ran ran = train("match", path("model"), 2);
    QVERIFY2(ran.code == 0, ran.why());
    QCOMPARE(change(before, weights(clip + "/model.safetensors")), 0.0);
    const double moved = change(reader, weights(clip + "/match_reader.safetensors"));
    QVERIFY(moved > 0);
    QVERIFY2(moved < 0.02, qPrintable(QString::number(moved)));
  }

  // What a U-Net was trained on is not scaled anew.
  void theAutoencoderGoesOnUnderAUNet() {
    const QString out = path("model/vae"), file = out + "/diffusion_pytorch_model.safetensors";
    const auto before = weights(file);
    const double scale = scalingFactor(out);
    QVERIFY(QFile::remove(out + "/training.safetensors"));
    const Ran ran = train("autoencoder", path("model"), 2);
    QVERIFY2(ran.code == 0, ran.why());
    QCOMPARE(scalingFactor(out), scale);
    const double moved = change(before, weights(file));
    QVERIFY(moved > 0);
    QVERIFY2(moved < 0.3, qPrintable(QString::number(moved)));
  }

  // The loss is of the velocity: going on with a network that predicts noise would ruin it.
  void aNetworkThatPredictsNoiseIsLeftAlone() {
    const QString file = path("model/scheduler/scheduler_config.json");
    QFile config(file);
    QVERIFY(config.open(QIODevice::ReadOnly));
    const QByteArray before = config.readAll();
    config.close();
    QVERIFY(before.contains("v_prediction"));
    const auto write = [&](const QByteArray& text) {
      QFile out(file);
      return out.open(QIODevice::WriteOnly) && out.write(text) == text.size();
    };
    QVERIFY(write(QByteArray(before).replace("v_prediction", "epsilon")));
    const std::int64_t steps = this->steps(path("model"));
    const Ran ran = train("diffusion", path("model"));
    QVERIFY(write(before));
    QVERIFY(ran.code != 0);
    QVERIFY2(ran.err.contains("predicts noise"), ran.err);
    QCOMPARE(this->steps(path("model")), steps);
  }

  // A U-Net knows the latents of one encoder: the stage that betters the decoder must not touch it.
  void theDecoderStageLeavesTheEncoder() {
    const QString file = path("model/vae/diffusion_pytorch_model.safetensors");
    const auto before = weights(file);
    const Ran ran = train("decoder", path("model"));
    QVERIFY2(ran.code == 0, ran.why());
    const auto after = weights(file);
    QCOMPARE(after.size(), before.size());
    bool decoderMoved = false;
    for (const auto& [name, tensor] : before) {
      const bool same = at::equal(tensor, after.at(name));
      if (name.starts_with("encoder.") || name.starts_with("quant_conv.")) QVERIFY2(same, name.c_str());
      decoderMoved = decoderMoved || !same;
    }
    QVERIFY(decoderMoved);
  }
};

QTEST_GUILESS_MAIN(TrainBaseTest)
#include "train_base_test.moc"
