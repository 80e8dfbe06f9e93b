// Win rates against arithmetic by hand, and an evaluation of a tiny model whose contenders are known.
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <set>

#include "core/align/diffusion_align_model.h"
#include "core/eval/evaluation.h"
#include "core/image/png.h"
#include "core/models/tiny_model.h"
#include "core/scenes/prompt.h"
#include "core/types/coco_rle.h"
#include "core/types/error.h"

using namespace plumbline;

namespace {

// Marks the upper left quarter of every picture; likes bright ones.
class QuarterReward : public PictureReward {
 public:
  at::Tensor score(const at::Tensor& pictures, const std::vector<std::string>&) override {
    return pictures.flatten(1).mean(1);
  }
  at::Tensor heldOutScore(const at::Tensor& p, const std::vector<std::string>& t) override {
    return score(p, t);
  }
  bool hasRegions() const override { return true; }
  at::Tensor regionMap(const at::Tensor& pictures, const std::vector<std::string>&) override {
    at::Tensor map = torch::zeros({pictures.size(0), 4, pictures.size(2), pictures.size(3)});
    map.narrow(2, 0, pictures.size(2) / 2).narrow(3, 0, pictures.size(3) / 2).fill_(0.9);
    return map;
  }
};

class EvaluationTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { at::set_num_threads(1); }

  void winRateByHand() {
    const std::vector<double> a{1, 2, 3, 4}, b{0, 2.01, 4, 3};
    const std::vector<std::string> prompts{"p", "q", "r", "s"};
    const WinRate w = winRate(a, b, prompts, 0.05, 4000, 1);
    QCOMPARE(w.rate.value, (1 + 0.5 + 0 + 1) / 4.0);
    QCOMPARE(w.ties, std::int64_t(1));
    QCOMPARE(w.rate.n, std::int64_t(4));
    QVERIFY(w.rate.low < w.rate.value && w.rate.value < w.rate.high);
    QCOMPARE(winRate(a, a, prompts, 0, 100, 1).rate.value, 0.5);
    QCOMPARE(winRate(a, a, prompts, 0, 100, 1).rate.low, 0.5);
    QVERIFY_THROWS_EXCEPTION(Error, winRate(a, {1}, prompts, 0, 100, 1));
  }

  // The bootstrap's interval has the width that theory gives: 1.96 standard errors on each side.
  void intervalWidth() {
    std::vector<double> values;
    std::vector<std::string> alone, shared;
    for (int i = 0; i < 400; ++i) {
      values.push_back(i % 2);
      alone.push_back(std::to_string(i));
      shared.push_back(
          std::to_string(i / 2 % 2 * 1000 + i % 2 * 100 + i / 40));  // ten equal values in a cluster
    }
    const Interval single = meanInterval(values, alone, 4000, 3);
    QVERIFY(std::abs((single.high - single.low) / (2 * 1.96 * 0.5 / 20) - 1) < 0.1);
    // Alike items of one prompt say less than as many independent ones.
    const Interval clustered = meanInterval(values, shared, 4000, 3);
    QVERIFY(clustered.high - clustered.low > 2.5 * (single.high - single.low));
    QVERIFY(meanInterval(values, alone, 500, 3).low == meanInterval(values, alone, 500, 3).low);
  }

  void heldOutPrompts() {
    const std::vector<DrawItem> items = heldOutScenes(64, 1);
    std::set<std::string> texts;
    for (const DrawItem& item : items) {
      QVERIFY(scenes::isHeldOut(item.prompt));
      texts.insert(item.prompt);
    }
    QCOMPARE(texts.size(), std::size_t(64));
    QCOMPARE(heldOutScenes(8, 1)[7].seed, items[7].seed);
    QVERIFY(heldOutScenes(8, 2)[0].prompt != items[0].prompt || heldOutScenes(8, 2)[0].seed != items[0].seed);
  }

  void contenders() {
    QTemporaryDir models, out;
    writeTinyModel(models.path().toStdString(), 4);
    const auto model = loadModel(models.path().toStdString());
    DiffusionAlignModel align(model);
    align.addAdapter({"same"}, 1);
    align.addAdapter({"other"}, 2);
    torch::NoGradGuard guard;
    for (auto& [name, tensor] : align.parameters("other")) {
      at::Tensor t = tensor;
      if (name.ends_with(".up")) t.fill_(0.3);
    }
    QuarterReward reward;
    EvaluationSettings settings;
    settings.draw = {3, 3.0, "ddim", 0};
    settings.masks = {{0, 1}, 0.5, 2, 4};
    settings.bootstrap = 100;
    const std::vector<DrawItem> items = heldOutScenes(5, 7);
    SilentSink sink;
    const Evaluation e = evaluateContenders(align.generator(), {{"tuned", "same"}, {"draft", "other"}}, items,
                                            reward, settings, out.path().toStdString(), sink, {});
    const Json& f = e.figures;
    QCOMPARE(f.at("n").get<int>(), 5);
    // A quarter of 32 x 32 and two pixels more to the right and below (the corner is round).
    const double share = f.at("mask_share").get<double>();
    QVERIFY(share > 0.25 && share < 18.0 * 18.0 / 1024.0);
    QCOMPARE(f.at("masked").get<double>(), 1.0);
    // An adapter that does nothing changes nothing, and ties everywhere.
    QCOMPARE(f.at("tuned").at("outside_change").get<double>(), 0.0);
    QCOMPARE(f.at("tuned").at("win_rate").get<double>(), 0.5);
    QCOMPARE(f.at("tuned").at("correct"), f.at("base").at("correct"));
    // One that does something changes both sides of the mask, as the files say.
    const auto base = readPicture((out.path() + "/base/0003.png").toStdString());
    const auto draft = readPicture((out.path() + "/draft/0003.png").toStdString());
    std::ifstream lines((out.path() + "/prompts.jsonl").toStdString());
    std::string line;
    for (int i = 0; i < 4; ++i) std::getline(lines, line);
    const Json item = Json::parse(line);
    QCOMPARE(item.at("prompt").get<std::string>(), items[3].prompt);
    const Mask mask = cocoDecode(item.at("mask"));
    double sum = 0, count = 0;
    for (int y = 0; y < base.height; ++y) {
      for (int x = 0; x < base.width; ++x) {
        if (mask.at(x, y)) continue;
        for (int c = 0; c < 3; ++c) sum += std::abs(int(base.at(x, y)[c]) - int(draft.at(x, y)[c]));
        count += 3;
      }
    }
    QVERIFY(sum > 0);
    QVERIFY(std::abs(item.at("draft").at("outside_change").get<double>() - sum / count) < 1e-3);
    QVERIFY(f.at("draft").at("inside_change").get<double>() > 0);
  }
};

}  // namespace

QTEST_GUILESS_MAIN(EvaluationTest)
#include "evaluation_test.moc"
