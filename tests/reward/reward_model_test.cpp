#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <map>

#include "core/models/diffusion_model.h"
#include "core/models/tiny_model.h"
#include "core/nn/clip_grounding.h"
#include "core/reward/clip_answers.h"
#include "core/reward/reward_model.h"
#include "core/tensor/noise.h"
#include "core/tensor/picture_tensor.h"
#include "core/types/coco_rle.h"
#include "core/weights/safetensors.h"

using namespace plumbline;

namespace {

constexpr int kSize = 32;

// A grey picture with some texture; good ones are bright, bad ones carry a red block.
struct Toy {
  Picture picture;
  Mask block;
  double worth = 0;
};

Toy makeToy(int number) {
  NoiseStream random(11, std::uint64_t(number), 0, NoisePurpose::kChoice);
  Toy toy{Picture(kSize, kSize), Mask(kSize, kSize), 0};
  const int light = 60 + int(random.below(140));
  for (auto& v : toy.picture.rgb) v = std::uint8_t(light + int(random.below(20)));
  const bool bad = random.uniform() < 0.4;
  if (bad) {
    const int left = int(random.below(20)), top = int(random.below(20));
    for (int y = top; y < top + 12; ++y) {
      for (int x = left; x < left + 12; ++x) {
        auto* p = toy.picture.at(x, y);
        p[0] = 250, p[1] = 10, p[2] = 10;
        toy.block.at(x, y) = 1;
      }
    }
  }
  toy.worth = light / 70.0 - (bad ? 3 : 0);
  return toy;
}

// What a CLIP of ours has beside it: two sides, four questions.
void writeAnswers(const std::string& folder, std::int64_t vision, std::int64_t text, std::int64_t patchSize) {
  std::map<std::string, at::Tensor> all{{"questions", torch::tensor(std::vector<std::int64_t>{3, 2, 2, 2})}};
  const auto add = [&](const std::string& name, std::vector<std::int64_t> shape) {
    all[name] = 0.5 * noiseFor(8, all.size(), 0, NoisePurpose::kWeightInit, shape);
  };
  for (const char* task : {"corrupted", "drawn", "degraded"}) {
    const std::int64_t rows = std::string(task) == "degraded" ? 2 : 1;
    add(std::string(task) + ".weight", {rows, vision});
    add(std::string(task) + ".bias", {rows});
  }
  for (const auto& [reader, d] : {std::pair{"caption_reader", text}, std::pair{"picture_reader", vision}}) {
    add(std::string(reader) + ".side_embedding", {2, d});
    add(std::string(reader) + ".key.weight", {d, d});
    add(std::string(reader) + ".key.bias", {d});
    add(std::string(reader) + ".answer.weight", {9, d});
    add(std::string(reader) + ".answer.bias", {9});
  }
  writeSafetensors(folder + "/patch_tasks.safetensors", all);
  nn::MatchReader match(vision, text, patchSize);
  nn::initialise(*match, 8);
  std::map<std::string, at::Tensor> reader;
  for (const auto& item : match->named_parameters()) reader[item.key()] = item.value().detach();
  writeSafetensors(folder + "/match_reader.safetensors", reader);
}

class RewardModelTest : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  std::shared_ptr<const reward::FeatureExtractor> features_;
  std::map<std::string, Toy> toys_;
  RewardConfig config_;

  std::string name(int i) const { return "image" + std::to_string(1000 + i); }

  // 60 pairs, some binary answers and masks; shuffled: the winner is a coin's throw.
  reward::TrainingSet answers(bool shuffled) {
    reward::TrainingSet data;
    NoiseStream coin(5, 0, 0, NoisePurpose::kChoice);
    for (int i = 0; i < 160; ++i) {
      if (!toys_.contains(name(i))) toys_[name(i)] = makeToy(i);
      data.pictures.push_back({name(i), "prompt " + std::to_string(i / 4)});
    }
    for (int i = 0; i < 60; ++i) {
      const double d = toys_[name(2 * i)].worth - toys_[name(2 * i + 1)].worth;
      const bool first = shuffled ? coin.uniform() < 0.5 : d > 0;
      data.observations.push_back(first ? Comparison{name(2 * i), name(2 * i + 1)}
                                        : Comparison{name(2 * i + 1), name(2 * i)});
    }
    for (int i = 120; i < 140; ++i)
      data.observations.push_back(Level{name(i), "overall", toys_[name(i)].worth > 1 ? 1.0 : 0.0});
    for (int i = 140; i < 160 && !shuffled; ++i) {
      const Toy& toy = toys_[name(i)];
      data.observations.push_back(toy.block.area() > 0 ? Region{name(i), "artifact", cocoEncode(toy.block)}
                                                       : Region{name(i), "", nullptr});
    }
    data.picture = [this](const std::string& image) { return toys_.at(image).picture; };
    return data;
  }

  reward::RewardModel train(const reward::TrainingSet& data) {
    SilentSink silent;
    return reward::RewardModel::train(features_, data, config_, silent, {});
  }

  // On pairs of pictures that no training saw.
  double accuracy(const reward::RewardModel& model) {
    std::vector<Picture> pictures;
    std::vector<double> worth;
    for (int i = 1000; i < 1120; ++i) {
      const Toy toy = makeToy(i);
      pictures.push_back(toy.picture);
      worth.push_back(toy.worth);
    }
    const auto scores = model.score(pictures, std::vector<std::string>(pictures.size(), "new"));
    double right = 0;
    for (std::size_t i = 0; i < pictures.size(); i += 2) {
      right += (scores[i].mean - scores[i + 1].mean) * (worth[i] - worth[i + 1]) > 0 ? 1 : 0;
    }
    return right / (double(pictures.size()) / 2);
  }

  // What the map says inside and outside of the blocks of six new pictures whose channels come in this order.
  std::pair<double, double> mapped(const reward::RewardModel& model, std::vector<std::int64_t> channels) {
    double inside = 0, outside = 0;
    for (int i = 1000, n = 0; n < 6; ++i) {
      const Toy toy = makeToy(i);
      if (toy.block.area() == 0) continue;
      ++n;
      const auto seen = toTensor(toy.picture).index_select(0, torch::tensor(channels));
      const auto map = model.regionMap(seen.unsqueeze(0), {"x"});
      const auto artifact = map.select(0, 0)[1], mask = maskTensor(toy.block)[0];
      inside += ((artifact * mask).sum() / mask.sum()).item<double>() / 6;
      outside += ((artifact * (1 - mask)).sum() / (1 - mask).sum()).item<double>() / 6;
    }
    return {inside, outside};
  }

 private Q_SLOTS:
  void initTestCase() {
    at::set_num_threads(1);
    const std::string folder = dir_.filePath("model").toStdString();
    writeTinyModel(folder, 3);
    const auto clip = loadModel(folder)->clip;
    writeAnswers(folder + "/clip", clip->visionHiddenSize(), clip->textHiddenSize(),
                 clip->imageSize() / clip->patchesPerSide());
    features_ = std::make_shared<reward::FeatureExtractor>(loadModel(folder));
    config_.members = 3;
    config_.epochs = 120;
    config_.regionEpochs = 25;
    config_.augmentations = 2;
    config_.overpaint = 0;
    config_.seed = 9;
  }

  // Readers written beside the CLIP answer for pictures and prompts, and the cache keeps what they say.
  void readersAnswer() {
    const std::vector<std::string> prompts{"a prompt", "another"};
    std::vector<Picture> pictures{makeToy(1).picture, makeToy(2).picture};
    const auto seen = features_->pictures(toTensor(pictures), prompts);
    const auto asked = features_->prompts(prompts);
    QVERIFY((seen.shown.sizes() == at::IntArrayRef({2, 2, 9})));
    QVERIFY((asked.questions == std::vector<int64_t>{3, 2, 2, 2}));
    for (const at::Tensor& shares : {seen.shown.exp(), asked.asked})
      QVERIFY(at::allclose(shares.sum(-1), at::full({2, 2}, 4.0)));
    QVERIFY(!at::allclose(seen.shown[0], seen.shown[1]));
    QVERIFY(!at::allclose(asked.asked[0], asked.asked[1]));
    SilentSink silent;
    const auto vectors = features_->compute(pictures, prompts, silent, {});
    const auto back = features_->fromVectors({&vectors[0], &vectors[1]});
    QVERIFY(at::allclose(back.shown, seen.shown, 1e-4, 1e-4));
    QVERIFY((seen.matched.sizes() == at::IntArrayRef({2, nn::kMatchAnswers})));
    QVERIFY(at::allclose(back.matched, seen.matched, 1e-4, 1e-4));
    const auto swapped = features_->pictures(toTensor(pictures), {prompts[1], prompts[0]});
    QVERIFY((swapped.matched - seen.matched).abs().min().item<double>() > 1e-4);
    QVERIFY(at::allclose(back.denoising, seen.denoising, 1e-4, 1e-4));
    QVERIFY(at::allclose(reward::alignmentFeatures(back, asked), reward::alignmentFeatures(seen, asked), 1e-4,
                         1e-4));
  }

  // What is read of a picture is the mean over the picture and over it moved by half a patch.
  void readsTwice() {
    const auto model = loadModel(dir_.filePath("model").toStdString());
    const std::int64_t size = model->clip->imageSize(), off = size / model->clip->patchesPerSide() / 2;
    const reward::ClipAnswers answers(model->path + "/clip", *model->clip);
    const std::vector<std::string> prompts{"a prompt", "another"};
    const auto pictures = noiseFor(5, 1, 0, NoisePurpose::kWeightInit, {2, 3, size, size}).clamp(-1, 1);
    auto moved = at::empty_like(pictures);
    for (std::int64_t y = 0; y < size; ++y) {
      for (std::int64_t x = 0; x < size; ++x) {
        moved.select(2, y).select(2, x).copy_(pictures.select(2, std::max<std::int64_t>(y - off, 0))
                                                  .select(2, std::max<std::int64_t>(x - off, 0)));
      }
    }
    torch::NoGradGuard noGrad;
    const auto ids = model->clipIds(prompts);
    const auto isWord = nn::clipIsWord(ids, model->clipTokenizer->startId(), model->clipTokenizer->endId());
    const auto patches = [&](const at::Tensor& seen) {
      return model->clip->visionFeatures(model->clipPreprocessing.apply(seen, size)).patches;
    };
    const auto matched = [&](const at::Tensor& seen) {
      return answers.matched(seen, patches(seen), model->clip->textFeatures(ids).lastHiddenState, isWord);
    };
    const auto shown = [&](const at::Tensor& seen) { return answers.shown(patches(seen)).exp(); };
    const auto seen = features_->pictures(pictures, prompts);
    QVERIFY(!at::allclose(matched(pictures), matched(moved), 1e-3, 1e-3));
    QVERIFY(!at::allclose(shown(pictures), shown(moved), 1e-3, 1e-3));
    QVERIFY(at::allclose(seen.matched, (matched(pictures) + matched(moved)) / 2, 1e-4, 1e-4));
    QVERIFY(at::allclose(seen.shown.exp(), (shown(pictures) + shown(moved)) / 2, 1e-4, 1e-4));
  }

  void vectorsRoundTripAndDoNotDependOnNeighbours() {
    SilentSink silent;
    std::vector<Picture> pictures;
    std::vector<std::string> prompts;
    for (int i = 0; i < 19; ++i) {
      pictures.push_back(makeToy(i).picture);
      prompts.push_back("prompt " + std::to_string(i));
    }
    const auto all = features_->compute(pictures, prompts, silent, {});
    const auto alone = features_->compute({pictures[17]}, {prompts[17]}, silent, {});
    QCOMPARE(int64_t(all[0].size()), features_->vectorSize());
    // To rounding: LibTorch's kernels add up in another order at another place in the batch.
    QCOMPARE(all[17].size(), alone[0].size());
    for (std::size_t i = 0; i < alone[0].size(); ++i) QVERIFY(std::abs(all[17][i] - alone[0][i]) < 1e-5F);
    const auto back = features_->fromVectors({&all[3]});
    QVERIFY(features_->toVector(back, 0) == all[3]);
    std::vector<float> wrong(5);
    QVERIFY_EXCEPTION_THROWN(features_->fromVectors({&wrong}), Error);
  }

  void learnsFromAnswersAndSavesExactly() {
    const auto data = answers(false);
    const auto model = train(data);
    QVERIFY2(accuracy(model) >= 0.8, qPrintable(QString::number(accuracy(model))));
    QVERIFY(model.hasRegions());
    const auto& report = model.report();
    QVERIFY(report["heldout"]["accuracy"].get<double>() > 0.6);
    QVERIFY(report["curve"].size() >= 10);
    QVERIFY(report["ece"].get<double>() >= 0);

    const std::string folder = dir_.filePath("reward").toStdString();
    model.save(folder);
    const auto loaded = reward::RewardModel::load(folder, features_);
    QCOMPARE(loaded.version(), model.version());
    const std::vector<Picture> pictures{makeToy(501).picture, makeToy(502).picture};
    const auto a = model.score(pictures, {"one", "two"}), b = loaded.score(pictures, {"one", "two"});
    for (std::size_t i = 0; i < 2; ++i) {
      QCOMPARE(a[i].mean, b[i].mean);
      QCOMPARE(a[i].std, b[i].std);
      double sum = 0;
      for (const auto& [part, value] : a[i].parts) sum += value;
      QVERIFY(std::abs(sum - a[i].mean) < 1e-6);
    }
    // The same answers in another order give the same model, to the bit.
    auto turned = data;
    std::reverse(turned.observations.begin(), turned.observations.end());
    std::reverse(turned.pictures.begin(), turned.pictures.end());
    QCOMPARE(train(turned).version(), model.version());
  }

  void mapsFindWhatWasPainted() {
    const auto model = train(answers(false));
    QCOMPARE(model.regionMap(at::zeros({2, 3, kSize, kSize}), {"x", "y"}).sizes().vec(),
             (std::vector<int64_t>{2, 4, kSize, kSize}));
    const auto [inside, outside] = mapped(model, {0, 1, 2});
    QVERIFY2(inside > 0.5 && outside < 0.2,
             qPrintable(QString("%1 inside, %2 outside").arg(inside).arg(outside)));
  }

  // A generator that is tuned against the map would otherwise recolour what is wrong.
  void whatIsWrongStaysWrongInOtherColours() {
    const RewardConfig before = config_;
    config_.augmentations = 8;
    const auto [inside, outside] = mapped(train(answers(false)), {1, 0, 2});
    config_.recolouredShare = 0;
    const double colourOnly = mapped(train(answers(false)), {1, 0, 2}).first;
    config_ = before;
    QVERIFY2(
        inside > 0.3 && inside > 3 * colourOnly && outside < 0.2,
        qPrintable(QString("%1 inside, %2 outside, by colour %3").arg(inside).arg(outside).arg(colourOnly)));
  }

  void scoresAreDifferentiable() {
    const auto model = train(answers(false));
    auto image = toTensor(makeToy(1003).picture).unsqueeze(0).clone().requires_grad_(true);
    const auto seen = features_->pictures(image, {"a prompt"});
    const auto score = model.scoreTensor(seen, {"a prompt"});
    QVERIFY(std::abs(score.item<double>() - model.score({makeToy(1003).picture}, {"a prompt"})[0].mean) <
            1e-3);
    score.sum().backward();
    const auto gradient = image.grad().clone();
    QVERIFY(gradient.isfinite().all().item<bool>());
    // Along the gradient the score rises as the gradient says, but for what the generator says, which has
    // none.
    torch::NoGradGuard noGrad;
    const auto scoreOf = [&](const at::Tensor& moved) {
      reward::PictureFeatures features = features_->pictures(moved, {"a prompt"});
      features.denoising = seen.denoising;
      return model.scoreTensor(features, {"a prompt"}).item<double>();
    };
    const auto step = 0.02 * gradient / gradient.norm();
    const double rise = scoreOf(image.detach() + step) - scoreOf(image.detach() - step);
    const double predicted = 2 * 0.02 * gradient.norm().item<double>();
    QVERIFY2(std::abs(rise - predicted) < 0.2 * predicted + 1e-5,
             qPrintable(QString("%1 %2").arg(rise).arg(predicted)));
  }

  void shuffledAnswersTeachNothing() {
    const auto model = train(answers(true));
    const double heldOut = model.report()["heldout"]["accuracy"].get<double>();
    QVERIFY2(heldOut < 0.72, qPrintable(QString::number(heldOut)));
    QVERIFY(!model.hasRegions());
    const auto map = model.regionMap(at::zeros({2, 3, kSize, kSize}), {"x", "y"});
    QCOMPARE(map.abs().max().item<double>(), 0.0);
  }

  void posteriorsFitTheAnswerModel() {
    const auto model = train(answers(false));
    SilentSink silent;
    const auto vectors = features_->compute({makeToy(7).picture}, {"p"}, silent, {});
    const auto posterior = model.posterior(features_->fromVectors({&vectors[0]}), {"p"});
    QCOMPARE(posterior.size(), std::size_t{1});
    QCOMPARE(posterior[0].score.size(), std::size_t{3});
    QCOMPARE(posterior[0].fault.size(), std::size_t{3});
    QCOMPARE(model.answerModel().tie.size(), std::size_t{3});
    QCOMPARE(model.answerModel().painted[0], 0.0);  // nothing of the toys is unsafe
    QVERIFY(model.answerModel().painted[1] > 0);
    double mean = 0;
    for (const double s : posterior[0].score) mean += s / 3;
    QVERIFY(std::abs(mean - model.score({makeToy(7).picture}, {"p"})[0].mean) < 1e-5);
  }

  void refusesWhatItCannotUse() {
    reward::TrainingSet none;
    QVERIFY_EXCEPTION_THROWN(train(none), Error);
    QVERIFY_EXCEPTION_THROWN(reward::RewardModel::load(dir_.filePath("nowhere").toStdString(), features_),
                             Error);
    const std::string folder = dir_.filePath("broken").toStdString();
    train(answers(true)).save(folder);
    std::ofstream(folder + "/reward.json") << "{\"format\": 1";
    QVERIFY_EXCEPTION_THROWN(reward::RewardModel::load(folder, features_), Error);
    train(answers(true)).save(folder);
    writeTinyModel(dir_.filePath("other").toStdString(), 4);
    const auto other =
        std::make_shared<reward::FeatureExtractor>(loadModel(dir_.filePath("other").toStdString()));
    QVERIFY(other->version() != features_->version());
    QVERIFY_EXCEPTION_THROWN(reward::RewardModel::load(folder, other), Error);
  }
};

}  // namespace

QTEST_GUILESS_MAIN(RewardModelTest)
#include "reward_model_test.moc"
