// Focus-N-Fix and the analyses on a real, if tiny and random, diffusion model.
#include <QTemporaryDir>
#include <QtTest>

#include "core/align/checkpoint.h"
#include "core/align/diffusion_align_model.h"
#include "core/align/region_analysis.h"
#include "core/align/trainer.h"
#include "core/models/tiny_model.h"
#include "core/types/error.h"

using namespace plumbline;

namespace {

// Wants every picture darker; marks the upper left quarter, as far as it is bright.
class DarkReward : public PictureReward {
 public:
  at::Tensor score(const at::Tensor& pictures, const std::vector<std::string>&) override {
    return -3 * pictures.flatten(1).mean(1);
  }
  at::Tensor heldOutScore(const at::Tensor& p, const std::vector<std::string>& t) override {
    return score(p, t);
  }
  bool hasRegions() const override { return true; }
  at::Tensor regionMap(const at::Tensor& pictures, const std::vector<std::string>&) override {
    const auto half = pictures.size(2) / 2;
    at::Tensor quarter = torch::zeros({pictures.size(2), pictures.size(3)});
    quarter.narrow(0, 0, half).narrow(1, 0, half).fill_(1.0);
    const at::Tensor bright = torch::sigmoid(20 * (pictures.flatten(1).mean(1) - level)).view({-1, 1, 1, 1});
    return (bright * quarter).expand({pictures.size(0), 4, pictures.size(2), pictures.size(3)});
  }
  double level = -2;  // by default every picture has the region
};

// Sees a region in so many pictures of each batch, batch after batch.
class CountingReward : public DarkReward {
 public:
  explicit CountingReward(std::vector<std::int64_t> counts) : counts_(std::move(counts)) {}
  at::Tensor regionMap(const at::Tensor& pictures, const std::vector<std::string>&) override {
    at::Tensor maps = torch::zeros({pictures.size(0), 4, pictures.size(2), pictures.size(3)});
    maps.narrow(0, 0, counts_.at(batch_++)).fill_(1.0);
    return maps;
  }

 private:
  std::vector<std::int64_t> counts_;
  std::size_t batch_ = 0;
};

class DiffusionAlignTest : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir folder_;
  std::shared_ptr<DiffusionModel> model_;

  std::vector<DrawItem> items(int n) const {
    const char* words[] = {"a red circle", "two blue stars", "a large green heart"};
    std::vector<DrawItem> list;
    for (int i = 0; i < n; ++i) list.push_back({words[i % 3], 40 + std::uint64_t(i), 0});
    return list;
  }

  Json settings(double beta) const {
    return {{"beta", beta},
            {"score_weight", 1.0},
            {"guidance", 5.0},
            {"mask_source", "head"},
            {"mask_dilation", 1},
            {"mask_smallest", 1},
            {"region_weight", 0.0},
            {"draw_steps", 4},
            {"guidance_start", 0.0},
            {"gradient_steps", 4},
            {"through_input", true},
            {"steps", 12},
            {"batch", 4},
            {"rank", 4},
            {"alpha", 8.0},
            {"learning_rate", 2.5e-3},
            {"keep_share", 0.0},
            {"strip_pictures", 0},
            {"checkpoint_every", 4}};
  }

  AlignOutcome train(DiffusionAlignModel& model, std::shared_ptr<PictureReward> reward, double beta,
                     const QString& out) const {
    alignment_method::Registry registry("alignment_method");
    alignment_method::registerAll(registry);
    const auto& variant = registry.get("focus_n_fix");
    const Json full = variant.descriptor.parameters.complete(settings(beta));
    const auto method = variant.create(full);
    AlignData data;
    data.prompts = items(8);
    data.reward = std::move(reward);
    AlignRun run;
    run.folder = out.toStdString();
    run.config = full;
    SilentSink sink;
    return AlignTrainer(*method, model, data, run, sink, {}).run();
  }

 private Q_SLOTS:
  void initTestCase() {
    at::set_num_threads(1);
    writeTinyModel(folder_.path().toStdString(), 11);
    model_ = loadModel(folder_.path().toStdString());
  }

  void freshAdapterChangesNothing() {
    DiffusionAlignModel model(model_);
    model.addAdapter({"policy", 4, 4, "transformer", true}, 3);
    const DrawSettings four{4, 3, "ddim", 0};
    torch::NoGradGuard guard;
    const at::Tensor base = model.draw(items(3), four, "", {}, false, {}).pictures;
    QVERIFY(torch::equal(base, model.draw(items(3), four, "policy", {}, false, {}).pictures));
    QCOMPARE(base.sizes(), at::IntArrayRef({3, 3, 32, 32}));
    QVERIFY_THROWS_EXCEPTION(Error, model.addAdapter({"other", 4, 4, "no_such_layer", true}, 3));
  }

  void whatTheFrozenModelDrewIsNotDrawnAgain() {
    const auto frozen = std::make_shared<FrozenPictures>();
    const DrawSettings four{4, 3, "ddim", 0};
    DrawSettings other = four;
    other.guidanceStart = 0.25;
    at::Tensor first;
    int steps = 0;
    {
      DiffusionAlignModel model(model_, nullptr, frozen);
      first = model.draw(items(3), four, "", {}, false, {}).pictures;
    }
    DiffusionAlignModel model(model_, nullptr, frozen);
    model.setYield([&] { ++steps; });
    const at::Tensor again = model.draw(items(3), four, "", {}, false, {}).pictures;
    QVERIFY(torch::equal(first, again));
    QCOMPARE(steps, 1);  // others pass, and nothing is drawn
    again.zero_();       // a copy
    QVERIFY(torch::equal(first, model.draw(items(3), four, "", {}, false, {}).pictures));
    QCOMPARE(steps, 2);
    QVERIFY(!torch::equal(first, model.draw(items(3), other, "", {}, false, {}).pictures));
    QCOMPARE(steps, 6);
    model.draw(items(2), four, "", {}, false, {});
    QCOMPARE(steps, 10);
    // With an adapter it is another model, and a path or a graph is not kept.
    model.addAdapter({"policy", 4, 4, "transformer", true}, 3);
    model.draw(items(3), four, "policy", {}, false, {});
    QCOMPARE(steps, 14);
    QCOMPARE(model.draw(items(3), four, "", {}, true, {}).path.size(), std::size_t(5));
  }

  void theOldestFrozenPicturesMakeRoom() {
    const DrawSettings four{4, 3, "ddim", 0};
    const Drawn one{torch::ones({1, 3, 8, 8}), torch::ones({1, 4, 1, 1}), {}};
    FrozenPictures kept(2 * (one.pictures.nbytes() + one.latents.nbytes()));
    for (const int n : {1, 2, 3}) kept.keep(items(n), four, one);
    QVERIFY(!kept.find(items(1), four));
    QVERIFY(kept.find(items(2), four) && kept.find(items(3), four));
    FrozenPictures small(16);
    small.keep(items(1), four, one);
    QVERIFY(!small.find(items(1), four));
  }

  void gradientReachesOnlyTheAdapter() {
    DiffusionAlignModel model(model_);
    model.addAdapter({"policy", 4, 4, "all", true}, 3);
    for (const bool through : {false, true}) {
      const Drawn drawn =
          model.draw(items(2), {4, 3, "ddim", 0}, "policy", {{0, 2}, through, false}, false, {});
      drawn.pictures.mean().backward();
      double moved = 0;
      for (const auto& [name, p] : model.parameters("policy")) {
        if (p.grad().defined()) moved += p.grad().abs().sum().item<double>();
      }
      QVERIFY(moved > 0);
    }
    for (const at::Tensor& p : model_->unet->parameters()) QVERIFY(!p.requires_grad() && !p.grad().defined());
  }

  void whoeverDrawsMeanwhileSeesTheBase() {
    DiffusionAlignModel model(model_);
    model.addAdapter({"policy", 4, 4, "attention", true}, 3);
    {
      torch::NoGradGuard guard;
      for (const auto& [name, p] : model.parameters("policy")) at::Tensor(p).add_(0.2);
    }
    const DrawSettings four{4, 3, "ddim", 0};
    const at::Tensor base = model.draw(items(1), four, "", {}, false, {}).pictures;
    Generator other(model_, nullptr);
    int calls = 0;
    bool same = true;
    SampleRequest mine{four};
    mine.prompt = "a red circle";
    mine.seed = 40;
    model.setYield([&] {
      if (++calls != 2) return;
      SilentSink sink;
      const at::Tensor latents = other.sampleLatents({mine}, sink);
      same =
          torch::allclose(other.decode(latents).clamp(-1, 1), base, 1e-4, 1e-4) && !latents.requires_grad();
    });
    const at::Tensor tuned = model.draw(items(1), four, "policy", {{3}, true, false}, false, {}).pictures;
    QVERIFY(calls >= 4);
    QVERIFY(same);
    QVERIFY(!torch::allclose(tuned.detach(), base, 1e-3, 1e-3));
    QVERIFY(tuned.requires_grad());
  }

  void penaltyHoldsTheOutside() {
    QTemporaryDir out;
    auto reward = std::make_shared<DarkReward>();
    std::vector<double> score, outside;
    for (const double beta : {0.0, 5.0}) {
      DiffusionAlignModel model(model_);
      const QString run = out.path() + (beta > 0 ? "/held" : "/free");
      const AlignOutcome outcome = train(model, reward, beta, run);
      QCOMPARE(outcome.end, AlignEnd::kFinished);
      QCOMPARE(outcome.summary.at("pictures_with_region").get<int>(), 8);
      torch::NoGradGuard guard;
      const DrawSettings four{4, 5, "ddim", 0, 0};
      const at::Tensor before = model.draw(items(8), four, "", {}, false, {}).pictures;
      const at::Tensor after = model.draw(items(8), four, "policy", {}, false, {}).pictures;
      at::Tensor weight = torch::ones({8, 32, 32});
      weight.narrow(1, 0, 17).narrow(2, 0, 17).zero_();
      score.push_back((reward->score(after, {}) - reward->score(before, {})).mean().item<double>());
      outside.push_back(meanChange(before, after, weight).mean().item<double>());
      // The handed-over file draws the same picture.
      model.loadAdapter("again", outcome.folder.string());
      const at::Tensor again = model.draw(items(8), four, "again", {}, false, {}).pictures;
      QVERIFY((after - again).abs().max().item<double>() < 2e-2);
    }
    qInfo("free: reward %+.3f outside %.2f; held: reward %+.3f outside %.2f", score[0], outside[0], score[1],
          outside[1]);
    QVERIFY(score[0] > 0.02);
    QVERIFY(outside[1] < 0.5 * outside[0]);
  }

  // Also where alpha over rank is not 1: the exported form folds it in, a checkpoint does not.
  void aCheckpointDrawsWhatTheRunHandsOver() {
    QTemporaryDir out;
    DiffusionAlignModel model(model_);
    const AlignOutcome outcome = train(model, std::make_shared<DarkReward>(), 0.0, out.path());
    const Json used = settings(0.0);
    AdapterSpec room{"room", used.at("rank").get<int>(), used.at("alpha").get<double>(), "transformer",
                     false};
    QVERIFY(room.alpha != room.rank);
    model.addAdapter(room, 0);
    const auto steps = checkpointSteps(out.path().toStdString());
    loadCheckpointAdapter(model, "room", checkpointPath(out.path().toStdString(), steps.back()));
    model.loadAdapter("handed over", outcome.folder.string());
    torch::NoGradGuard guard;
    const DrawSettings four{4, 5, "ddim", 0, 0};
    const at::Tensor base = model.draw(items(4), four, "", {}, false, {}).pictures;
    const at::Tensor expected = model.draw(items(4), four, "handed over", {}, false, {}).pictures;
    const at::Tensor drawn = model.draw(items(4), four, "room", {}, false, {}).pictures;
    QVERIFY((base - expected).abs().max().item<double>() > 0.05);
    QVERIFY((drawn - expected).abs().max().item<double>() < 2e-2);
  }

  void regionsAlongTheStepsAndTheRun() {
    QTemporaryDir out;
    auto reward = std::make_shared<DarkReward>();
    DiffusionAlignModel model(model_);
    const DrawSettings four{4, 5, "ddim", 0, 0};
    MaskSettings masks;
    masks.smallest = 1;
    const auto steps = regionsByStep(model, "", *reward, items(5), four, masks, 2, {});
    QCOMPARE(steps.size(), std::size_t(4));
    QCOMPARE(steps.back().agreement, 1.0);
    QCOMPARE(steps.back().share, 1.0);
    QVERIFY(steps.back().overlap > 0.999);
    train(model, reward, 0.0, out.path());
    // The level that half of the finished run's way passes: shares fall along the checkpoints.
    torch::NoGradGuard guard;
    const double first = model.draw(items(6), four, "", {}, false, {}).pictures.mean().item<double>();
    const double last = model.draw(items(6), four, "policy", {}, false, {}).pictures.mean().item<double>();
    QVERIFY(last < first);
    reward->level = -2;
    const CheckpointChoice none = chooseCheckpoint(model, "policy", out.path().toStdString(), 1.0, *reward,
                                                   items(6), four, masks, 4, {});
    QCOMPARE(none.share, 1.0);
    QCOMPARE(none.step, std::int64_t(4));  // of equals the earliest
    QCOMPARE(none.considered.size(), std::size_t(2));
    QVERIFY_THROWS_EXCEPTION(Error, chooseCheckpoint(model, "policy", out.path().toStdString() + "/nothing",
                                                     0.5, *reward, items(2), four, masks, 4, {}));
    // A share that only the last checkpoints reach: the first of them, found between the ends.
    const auto brightnessAt = [&](std::int64_t step) {
      loadCheckpointAdapter(model, "policy", checkpointPath(out.path().toStdString(), step));
      return model.draw(items(1), four, "policy", {}, false, {}).pictures.mean().item<double>();
    };
    const double eight = brightnessAt(8), twelve = brightnessAt(12);
    QVERIFY(twelve < eight);
    reward->level = (eight + twelve) / 2;
    const CheckpointChoice end = chooseCheckpoint(model, "policy", out.path().toStdString(), 0.0, *reward,
                                                  items(1), four, masks, 4, {});
    QCOMPARE(end.step, std::int64_t(12));
    QCOMPARE(end.considered.size(), std::size_t(2));
    const auto nearest = [&](double wanted) {
      return chooseCheckpoint(model, "policy", out.path().toStdString(), wanted, *reward, items(1), four,
                              masks, 4, {})
          .step;
    };
    QCOMPARE(nearest(0.4), std::int64_t(12));
    QCOMPARE(nearest(0.6), std::int64_t(4));  // the first of the two that leave everything
    reward->level = eight + 1e-5;
    const CheckpointChoice earliest = chooseCheckpoint(model, "policy", out.path().toStdString(), 0.0,
                                                       *reward, items(1), four, masks, 4, {});
    QCOMPARE(earliest.step, std::int64_t(8));
    // Of five pictures so many at the steps 8, 12 and 4, in the order in which they are looked at.
    const auto counted = [&](double wanted, std::vector<std::int64_t> counts) {
      CountingReward script(std::move(counts));
      return chooseCheckpoint(model, "policy", out.path().toStdString(), wanted, script, items(5), four,
                              masks, 5, {})
          .step;
    };
    QCOMPARE(counted(0.7, {4, 3, 5}), std::int64_t(8));  // as near as 12 but for rounding
    QCOMPARE(counted(0.5, {3, 1, 0}), std::int64_t(8));  // 4, looked at last, is further off
    QCOMPARE(counted(0.5, {3, 1, 2}), std::int64_t(4));  // as near as 8, and earlier
  }

  void picturesInWhichTheBaseDrawsARegion() {
    DiffusionAlignModel model(model_);
    const DrawSettings four{4, 5, "ddim", 0, 0};
    MaskSettings masks;
    masks.smallest = 1;
    torch::NoGradGuard guard;
    const at::Tensor brightness = model.draw(items(6), four, "", {}, false, {}).pictures.flatten(1).mean(1);
    DarkReward reward;
    reward.level = brightness.median().item<double>() + 1e-4;  // of six the third is called the median
    const auto found = itemsWithRegion(model, reward, items(6), 6, four, masks, 2, {});
    QCOMPARE(found.size(), std::size_t(3));
    for (const DrawItem& item : found)
      QVERIFY(brightness[std::int64_t(item.seed - 40)].item<double>() > reward.level);
    QCOMPARE(regionShare(model, "", reward, found, four, masks, 2, {}), 1.0);
    QCOMPARE(regionShare(model, "", reward, items(6), four, masks, 4, {}), 0.5);
    QCOMPARE(itemsWithRegion(model, reward, items(6), 2, four, masks, 4, {}).size(), std::size_t(2));
    QVERIFY_THROWS_EXCEPTION(Error, regionShare(model, "", reward, {}, four, masks, 2, {}));
  }

  void masks() {
    at::Tensor one = torch::zeros({1, 21, 21});
    one[0][10][10] = 1;
    const at::Tensor grown = dilate(one, 5);
    QVERIFY(std::abs(grown.sum().item<double>() - 3.14159 * 25) < 12);  // a disc
    QCOMPARE(grown[0][10][15].item<float>(), 1.0f);
    QCOMPARE(grown[0][10][16].item<float>(), 0.0f);
    QCOMPARE(grown[0][14][14].item<float>(), 0.0f);
    MaskSettings settings;
    settings.smallest = 2;
    settings.dilation = 3;
    QCOMPARE(maskOf(one * 0.9, settings).sum().item<double>(), 0.0);  // too small to count
    settings.smallest = 1;
    QVERIFY(maskOf(one * 0.9, settings).sum().item<double>() > 20);
    // A speck beside a real region is still too small to count.
    at::Tensor two = torch::zeros({1, 40, 40});
    two.narrow(1, 2, 6).narrow(2, 2, 6).fill_(1);
    const at::Tensor alone = two.clone();
    two[0][30][30] = 1;
    settings.smallest = 2;
    QVERIFY(at::equal(maskOf(two, settings), maskOf(alone, settings)));
    QVERIFY(categoryIndices("artifact,unsafe") == (std::vector<std::int64_t>{1, 0}));
    QVERIFY_THROWS_EXCEPTION(Error, categoryIndices("unsafe,nonsense"));
    const at::Tensor a = torch::zeros({1, 3, 2, 2}), b = torch::full({1, 3, 2, 2}, 2.0 / 255);
    at::Tensor weight = torch::zeros({1, 2, 2});
    weight[0][0][0] = 1;
    QVERIFY(std::abs(meanChange(a, b, weight).item<double>() - 1.0) < 1e-5);
    QCOMPARE(meanChange(a, b, torch::zeros({1, 2, 2})).item<double>(), 0.0);
  }
};

}  // namespace

QTEST_GUILESS_MAIN(DiffusionAlignTest)
#include "diffusion_align_test.moc"
