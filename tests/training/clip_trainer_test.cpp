#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <set>

#include "core/nn/clip_grounding.h"
#include "core/nn/clip_model.h"
#include "core/reward/clip_answers.h"
#include "core/scenes/training/caption_pairs.h"
#include "core/scenes/training/caption_reading.h"
#include "core/scenes/training/clip_batch.h"
#include "core/scenes/training/clip_trainer.h"
#include "core/scenes/training/prepared_clip_batch.h"
#include "core/scenes/training/training_batch.h"
#include "core/scenes/training/training_state.h"
#include "core/scenes/training_sample.h"
#include "core/text/clip_tokenizer.h"
#include "core/text/vocabulary_trainer.h"

using namespace plumbline;
using scenes::parsePrompt;
using training::mayFit;

namespace {

class LastMetrics : public SilentSink {
 public:
  void metric(const std::string& name, std::int64_t, double value) override { values[name].push_back(value); }
  std::map<std::string, std::vector<double>> values;
};

std::string tokenizerIn(const QTemporaryDir& dir) {
  std::vector<std::string> captions;
  for (std::uint64_t i = 0; i < 2000; ++i) captions.push_back(scenes::trainingSample(3, i, 32).caption);
  const std::string folder = dir.filePath("tokenizer").toStdString();
  trainVocabulary(captions, folder);
  return folder;
}

nlohmann::json tinyConfig(const std::string& tokenizer) {
  auto config = training::defaultClipConfig(64, tokenizer);
  for (const char* tower : {"text_config", "vision_config"}) {
    config[tower].update({{"hidden_size", 32},
                          {"intermediate_size", 64},
                          {"num_attention_heads", 2},
                          {"num_hidden_layers", 1},
                          {"projection_dim", 32}});
  }
  config["projection_dim"] = 32;
  return config;
}

training::ClipSettings tinySettings(const std::string& tokenizer, std::int64_t steps) {
  training::ClipSettings settings;
  settings.pictures.tokenizerFolder = tokenizer;
  settings.clusters = 8;
  settings.steps = steps;
  settings.learningRate = 3e-3;
  return settings;
}

}  // namespace

class ClipTrainerTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void knowsWhatMayFit() {
    const auto fit = [](const char* drawn, const char* asked) {
      return mayFit(parsePrompt(drawn), parsePrompt(asked));
    };
    QVERIFY(fit("a red star", "a red star"));
    QVERIFY(fit("a small red star", "a red star"));
    QVERIFY(fit("a red star on white", "a red star"));
    QVERIFY(!fit("a red star", "a blue star"));
    QVERIFY(!fit("a small red star", "a large red star"));
    QVERIFY(!fit("a red star on grey", "a red star on dark"));
    QVERIFY(!fit("two red stars", "a red star"));
    QVERIFY(fit("a red star left of a blue circle", "a blue circle right of a red star"));
    QVERIFY(fit("a red star left of a blue circle", "a red star above a blue circle"));
    QVERIFY(!fit("a red star left of a blue circle", "a red star right of a blue circle"));
    QVERIFY(!fit("a red star left of a blue circle", "a blue star left of a red circle"));
  }

  void knowsHowMuchIsShown() {
    const auto share = [](const char* drawn, const char* asked) {
      return training::shownShare(parsePrompt(drawn), parsePrompt(asked));
    };
    QCOMPARE(share("a red star", "a red star"), 1.0);
    QCOMPARE(share("a small red star on white", "a red star"), 1.0);
    QCOMPARE(share("a red star left of a blue circle", "a blue circle right of a red star"), 1.0);
    // Nothing extra, background, and four of the group; wrong are two and three of these six.
    QCOMPARE(share("a red star", "a blue star"), 4.0 / 6);
    QCOMPARE(share("a red star", "a blue circle"), 3.0 / 6);
    QCOMPARE(share("two red stars", "three red stars"), 5.0 / 6);
    QCOMPARE(share("three red stars", "two red stars"), 4.0 / 6);
    QVERIFY(share("two red stars, a blue circle and a green heart", "two red stars") < 1);
    QVERIFY(share("a red star", "a red star left of a blue circle") <
            share("a red star left of a red circle", "a red star left of a blue circle"));
    // What is not said may or may not be so.
    const double unsaid = share("a red star", "a red star on dark");
    QVERIFY(unsaid < 1 && unsaid > share("a red star on grey", "a red star on dark"));
    QVERIFY(share("a red star", "a red star with a hazard sign") < 1);
    QVERIFY(share("a red star right of a blue circle", "a red star left of a blue circle") <
            share("a red star above a blue circle", "a red star left of a blue circle"));
  }

  void knowsWhatIsLeftWithoutOneObject() {
    const auto share = [](const char* drawn, const char* asked) {
      return training::shownShareWithOneMangled(parsePrompt(drawn), parsePrompt(asked));
    };
    QCOMPARE(share("a red star", "a red star"), 2.0 / 6);
    QCOMPARE(share("two red stars", "two red stars"), 5.0 / 6);
    QCOMPARE(share("two red stars", "a red star"), 1.0);
    // Three times of four it is one of the circles.
    QCOMPARE(share("three blue circles left of a red star", "three blue circles left of a red star"),
             (3 * 10.0 / 11 + 6.0 / 11) / 4);
  }

  void changesOneThingThatShows() {
    scenes::SceneRng rng(5, 1);
    std::set<int> groups;
    for (int i = 0; i < 300; ++i) {
      const auto prompt = scenes::sampleTrainingPrompt(rng);
      const auto changed = training::changedPrompt(prompt, rng);
      QVERIFY(!scenes::isHeldOut(changed));
      QVERIFY(changed != prompt);
      QVERIFY(!mayFit(prompt, changed) && !mayFit(changed, prompt));
      groups.insert(int(changed.groups.size()) - int(prompt.groups.size()));
    }
    QVERIFY((groups == std::set<int>{-1, 0, 1}));
  }

  void batchesArePureAndComplete() {
    training::ClipBatchShape shape{.clusters = 3, .pictureSize = 64};
    const auto a = training::clipBatch(7, 4, shape), b = training::clipBatch(7, 4, shape);
    const auto other = training::clipBatch(7, 5, shape);
    QVERIFY(at::equal(a.pictures, b.pictures) && a.captions == b.captions &&
            at::equal(a.corrupted, b.corrupted));
    QVERIFY(!at::equal(a.pictures, other.pictures));
    QCOMPARE(a.shown.diagonal().min().item<double>(), 1.0);
    for (std::size_t i = 0; i < a.captions.size(); ++i)
      QVERIFY(at::equal(a.told[std::int64_t(i)], training::toldOfSides(a.captions[i])));
    QVERIFY(a.shown.min().item<double>() >= 0 && a.shown.max().item<double>() <= 1);
    // A neighbour in the cluster differs in one thing, a picture of another cluster in more.
    QVERIFY(a.shown.slice(0, 0, 4).slice(1, 0, 4).mean().item<double>() >
            a.shown.slice(0, 0, 4).slice(1, 4, 12).mean().item<double>());
    QCOMPARE(a.pictures.size(0), int64_t{12});
    QCOMPARE(a.captions.size(), std::size_t{12});
    QVERIFY(a.pictures.abs().max().item<double>() <= 1.0);
    QCOMPARE(a.unclear.diagonal().sum().item<double>(), 0.0);
    double corrupted = 0;
    for (std::uint64_t i = 0; i < 10; ++i)
      corrupted += training::clipBatch(7, i, shape).corrupted.sum().item<double>();
    QVERIFY(corrupted > 5);  // about 48 corrupted pictures of some patches each
  }

  // A bent picture shows the same things in the same places.
  void bendsOutlines() {
    const training::ClipBatchShape straight{
        .clusters = 3, .pictureSize = 64, .corruptShare = 0, .degradeShare = 0, .bendShare = 0};
    auto bent = straight;
    bent.bendShare = 1;
    const auto a = training::clipBatch(7, 4, straight), b = training::clipBatch(7, 4, bent);
    QCOMPARE(a.bent.sum().item<double>(), 0.0);
    QCOMPARE(b.bent.sum().item<double>(), 12.0);
    QVERIFY(a.captions == b.captions);
    const auto change = (a.pictures - b.pictures).abs().mean({1, 2, 3});
    QVERIFY(change.min().item<double>() > 1e-4);
    QVERIFY2(change.max().item<double>() < 0.15, qPrintable(QString::number(change.max().item<double>())));
    const auto coarse = [](const at::Tensor& pictures) { return at::avg_pool2d(pictures, {16, 16}); };
    const auto moved = (coarse(a.pictures) - coarse(b.pictures)).abs().mean().item<double>();
    QVERIFY2(moved < 0.02, qPrintable(QString::number(moved)));
  }

  void usesABatchSeveralTimes() {
    QTemporaryDir dir;
    const training::ClipPictures settings{.tokenizerFolder = tokenizerIn(dir), .uses = 3};
    const training::ClipBatchShape shape{.clusters = 2, .pictureSize = 64};
    training::PreparedClipBatches batches(settings, shape, 5), again(settings, shape, 5);
    std::vector<training::PreparedClipBatch> seen;
    for (std::int64_t i = 0; i < 6; ++i) {
      seen.push_back(batches.next(i));
      QVERIFY(at::equal(seen.back().batch.pictures, again.next(i).batch.pictures));
    }
    const auto same = [&](std::size_t i, std::size_t j) {
      return at::equal(seen[i].batch.pictures, seen[j].batch.pictures) &&
             seen[i].batch.captions == seen[j].batch.captions;
    };
    QVERIFY(same(0, 1) && same(0, 2) && !same(0, 3));
    QVERIFY(same(4, 0) || same(4, 3));
    QVERIFY(
        at::allclose(seen[0].batch.pictures, training::clipBatch(settings.seed, 5, shape).pictures, 0, 1e-3));
    const auto part = training::partOf(seen[3], 4, 8);
    QVERIFY(at::equal(part.batch.pictures, seen[3].batch.pictures.slice(0, 4)));
    QVERIFY(at::equal(part.batch.shown, seen[3].batch.shown.slice(0, 4).slice(1, 4)));
    QVERIFY(part.batch.captions[0] == seen[3].batch.captions[4]);
    QCOMPARE(seen[3].drawn.sum().item<double>(), 0.0);  // without a model
  }

  void wordsKnowTheirPatch() {
    // Two groups with one picture of three patches and one caption of two words in a plane.
    const auto patches =
        torch::tensor({1.F, 0.F, 0.F, 1.F, -1.F, 0.F, 0.6F, 0.8F, 0.8F, 0.6F, 0.F, -1.F}).view({2, 1, 3, 2});
    const auto words = torch::tensor({0.F, 1.F, 1.F, 0.F, 1.F, 0.F, 0.F, -1.F}).view({2, 1, 2, 2});
    const auto best = nn::bestPatchOfWords(patches, words).flatten();
    QVERIFY(at::allclose(best, torch::tensor({1.F, 1.F, 0.8F, 1.F})));
    const auto ids = torch::tensor({0, 5, 6, 1, 1, 0, 7, 1, 9, 9}, at::kLong).view({2, 5});
    const auto isWord = nn::clipIsWord(ids, 0, 1);
    QVERIFY(
        at::equal(isWord, torch::tensor({0.F, 1.F, 1.F, 0.F, 0.F, 0.F, 1.F, 0.F, 0.F, 0.F}).view({2, 5})));
  }

  void learnsAndWritesALoadableModel() {
    QTemporaryDir dir;
    const auto tokenizer = tokenizerIn(dir);
    const auto config = tinyConfig(tokenizer);
    LastMetrics metrics;
    const std::string folder = dir.filePath("clip").toStdString();
    training::trainClip(config, folder, tinySettings(tokenizer, 120), false, metrics, {});
    const auto& losses = metrics.values["clip_loss"];
    QVERIFY(losses.size() >= 3);
    QVERIFY2(losses.back() < losses.front() - 0.3,
             qPrintable(QString("%1 to %2").arg(losses.front()).arg(losses.back())));
    nn::ClipModel clip(config);
    training::loadParameters(*clip, training::readState(folder + "/model.safetensors"));
    const auto batch = training::clipBatch(9, 0, {.clusters = 2, .pictureSize = 64});
    QVERIFY(clip->imageEmbeds(batch.pictures).isfinite().all().item<bool>());
    // And beside it what rewards read, in the same words for pictures and captions.
    reward::ClipAnswers answers(folder, *clip);
    QVERIFY((answers.questions() ==
             std::vector<std::int64_t>(training::kAnswerCounts.begin(), training::kAnswerCounts.end())));
    const auto shown = answers.shown(clip->visionFeatures(batch.pictures).patches);
    const auto b = batch.pictures.size(0), questions = std::int64_t(training::kAnswerCounts.size());
    QVERIFY((shown.sizes() == at::IntArrayRef({b, training::kSides, training::kTold})));
    QVERIFY(at::allclose(shown.exp().sum(-1), at::full({b, training::kSides}, double(questions))));
    auto narrow = config;
    narrow["vision_config"]["hidden_size"] = 16;
    QVERIFY_EXCEPTION_THROWN(reward::ClipAnswers(folder, *nn::ClipModel(narrow)), Error);
    QVERIFY(reward::ClipAnswers(dir.path().toStdString(), *clip).questions().empty());
  }

  void resumesAndRepeatsExactly() {
    QTemporaryDir dir;
    const auto tokenizer = tokenizerIn(dir);
    const auto config = tinyConfig(tokenizer);
    LastMetrics metrics;
    const std::string a = dir.filePath("a").toStdString(), b = dir.filePath("b").toStdString();
    training::trainClip(config, a, tinySettings(tokenizer, 6), false, metrics, {});
    training::trainClip(config, b, tinySettings(tokenizer, 6), false, metrics, {});
    const auto wa = training::readState(a + "/training.safetensors"),
               wb = training::readState(b + "/training.safetensors");
    for (const auto& [name, tensor] : wa) QVERIFY2(at::equal(tensor, wb.at(name)), name.c_str());
    training::trainClip(config, a, tinySettings(tokenizer, 4), true, metrics, {});
    QCOMPARE(training::readState(a + "/training.safetensors").at("steps").item<int64_t>(), int64_t{10});
  }
};

QTEST_GUILESS_MAIN(ClipTrainerTest)
#include "clip_trainer_test.moc"
