// The reader of captions and pictures is trained beside a CLIP, repeats and resumes, and rewards can load it.
#include "core/scenes/training/match_trainer.h"

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>

#include "core/nn/clip_grounding.h"
#include "core/nn/clip_model.h"
#include "core/reward/clip_answers.h"
#include "core/scenes/training/clip_trainer.h"
#include "core/scenes/training/training_batch.h"
#include "core/scenes/training/training_state.h"
#include "core/scenes/training_sample.h"
#include "core/text/clip_tokenizer.h"
#include "core/text/vocabulary_trainer.h"
#include "core/types/error.h"

using namespace plumbline;

namespace {

class LastMetrics : public SilentSink {
 public:
  void metric(const std::string& name, std::int64_t, double value) override { values[name].push_back(value); }
  std::map<std::string, std::vector<double>> values;
};

}  // namespace

class MatchTrainerTest : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  std::string tokenizer_, clip_;

  training::MatchSettings settings(std::int64_t steps) const {
    training::MatchSettings settings;
    settings.pictures.tokenizerFolder = tokenizer_;
    settings.shape.clusters = 4;
    settings.shape.clusterSize = 4;
    settings.shape.corruptShare = settings.shape.mangleShare = 0;
    settings.emaDecay = 0.9;
    settings.steps = steps;
    return settings;
  }
  // A CLIP folder of its own for each test.
  std::string clipFolder(const QString& name) const {
    const std::string folder = dir_.filePath(name).toStdString();
    std::filesystem::copy(clip_, folder);
    return folder;
  }

 private Q_SLOTS:
  void initTestCase() {
    std::vector<std::string> captions;
    for (std::uint64_t i = 0; i < 2000; ++i) captions.push_back(scenes::trainingSample(3, i, 32).caption);
    tokenizer_ = dir_.filePath("tokenizer").toStdString();
    trainVocabulary(captions, tokenizer_);
    auto config = training::defaultClipConfig(64, tokenizer_);
    for (const char* tower : {"text_config", "vision_config"}) {
      config[tower].update({{"hidden_size", 32},
                            {"intermediate_size", 64},
                            {"num_attention_heads", 2},
                            {"num_hidden_layers", 1},
                            {"projection_dim", 32}});
    }
    config["projection_dim"] = 32;
    config["vision_config"]["patch_size"] = 8;
    clip_ = dir_.filePath("clip").toStdString();
    training::ClipSettings clip;
    clip.pictures.tokenizerFolder = tokenizer_;
    clip.clusters = 8;
    clip.steps = 2;
    SilentSink silent;
    training::trainClip(config, clip_, clip, false, silent, {});
  }

  // A batch by heart: whatever the pictures, more would take hours.
  void learnsAndRewardsReadIt() {
    const auto folder = clipFolder("learns");
    auto once = settings(400);
    once.pictures.uses = 1000;
    once.learningRate = 1e-2;  // the first two hundred steps warm up
    LastMetrics metrics;
    training::trainMatchReader(folder, once, false, metrics, {});
    const auto& losses = metrics.values["match_loss"];
    QVERIFY2(losses.back() < losses.front() - 0.1,
             qPrintable(QString("%1 to %2").arg(losses.front()).arg(losses.back())));

    nn::ClipModel clip(training::readConfig(folder + "/config.json"));
    training::loadParameters(*clip, training::readState(folder + "/model.safetensors"));
    const reward::ClipAnswers answers(folder, *clip);
    auto shape = once.shape;
    shape.pictureSize = 64;
    shape.patchesPerSide = 8;
    const auto batch = training::clipBatch(once.pictures.seed, 0, shape);
    const auto tokens = ClipTokenizer::load(tokenizer_);
    const auto ids = training::tokensOf(tokens, batch.captions);
    const auto isWord = nn::clipIsWord(ids, tokens.startId(), tokens.endId());
    const auto b = ids.size(0);
    const auto shown = [&](std::int64_t apart) {
      torch::NoGradGuard noGrad;
      const auto rows = (at::arange(b, at::kLong) + apart).remainder(b);
      return answers.matched(batch.pictures, clip->visionFeatures(batch.pictures).patches,
                             clip->textFeatures(ids.index_select(0, rows)).lastHiddenState,
                             isWord.index_select(0, rows));
    };
    QVERIFY((shown(0).sizes() == at::IntArrayRef({b, nn::kMatchAnswers})));
    // Its own caption fits better than one of the next cluster.
    const double better = (shown(0) > shown(once.shape.clusterSize)).to(at::kFloat).mean().item<double>();
    QVERIFY2(better > 0.8, qPrintable(QString::number(better)));
  }

  void resumesAndRepeatsExactly() {
    const auto a = clipFolder("a"), b = clipFolder("b");
    SilentSink silent;
    for (const auto& folder : {a, b}) training::trainMatchReader(folder, settings(6), false, silent, {});
    const auto state = [](const std::string& folder) {
      return training::readState(folder + "/match_training.safetensors");
    };
    const auto wa = state(a), wb = state(b);
    for (const auto& [name, tensor] : wa) QVERIFY2(at::equal(tensor, wb.at(name)), name.c_str());
    training::trainMatchReader(a, settings(4), true, silent, {});
    QCOMPARE(state(a).at("steps").item<int64_t>(), int64_t{10});
  }

  void aReaderOfAnotherClipIsRefused() {
    const auto folder = clipFolder("other");
    SilentSink silent;
    training::trainMatchReader(folder, settings(1), false, silent, {});
    auto config = training::readConfig(folder + "/config.json");
    config["text_config"]["hidden_size"] = 16;
    QVERIFY_EXCEPTION_THROWN(reward::ClipAnswers(folder, *nn::ClipModel(config)), Error);
    QVERIFY_EXCEPTION_THROWN(
        training::trainMatchReader(dir_.filePath("none").toStdString(), settings(1), false, silent, {}),
        Error);
  }
};

QTEST_GUILESS_MAIN(MatchTrainerTest)
#include "match_trainer_test.moc"
