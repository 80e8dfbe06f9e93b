// What damages pictures says truly what it did, and is pure in its random numbers.
#include "core/scenes/training/picture_damage.h"

#include <torch/torch.h>

#include <QtTest>

#include "core/scenes/prompt.h"
#include "core/scenes/renderer.h"

using namespace plumbline;
using scenes::SceneRng;

namespace {

Picture rendered(const char* prompt, std::uint64_t seed) {
  SceneRng rng(seed, 1);
  return scenes::render(scenes::sampleScene(scenes::parsePrompt(prompt), rng, {}), 128);
}

// H W, the largest change of a channel in [-1, 1].
at::Tensor changeOf(const Picture& picture, const training::Canvas& canvas) {
  return (training::Canvas(picture).tensor() - canvas.tensor()).abs().amax(0);
}

// What counts as a change, 1 and 0.
at::Tensor clearly(const Picture& picture, const training::Canvas& canvas) {
  return (changeOf(picture, canvas) > 12.1 / 127.5).to(at::kFloat);
}

}  // namespace

class PictureDamageTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void manglesOneThingAndLeavesTheRest() {
    int found = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const Picture picture = rendered("three small red stars on grey", seed);
      training::Canvas canvas(picture), again(picture);
      SceneRng rng(seed, 2), same(seed, 2);
      const bool did = training::mangle(canvas, rng);
      QCOMPARE(training::mangle(again, same), did);
      QVERIFY(at::equal(canvas.tensor(), again.tensor()));
      const auto places = (changeOf(picture, canvas) > 0.02).nonzero();
      QCOMPARE(places.size(0) > 0, did);
      if (!did) continue;
      ++found;
      QVERIFY(places.size(0) > 60);
      const auto extent = std::get<0>(places.max(0)) - std::get<0>(places.min(0));
      QVERIFY(extent.max().item<std::int64_t>() <= 56);  // the widest disc
    }
    QVERIFY2(found >= 15, qPrintable(QString::number(found)));
  }

  void hasNothingToMangleOnABareBackground() {
    Picture bare(128, 128);
    std::fill(bare.rgb.begin(), bare.rgb.end(), std::uint8_t(128));
    training::Canvas canvas(bare);
    SceneRng rng(3, 3);
    QVERIFY(!training::mangle(canvas, rng));
    QVERIFY(at::equal(canvas.tensor(), training::Canvas(bare).tensor()));
  }

  void bendsAsStronglyAsAsked() {
    const Picture picture = rendered("a large blue square on white", 5);
    const auto change = [&](double strength) {
      training::Canvas canvas(picture);
      SceneRng rng(5, 4);
      training::bend(canvas, strength, rng);
      return changeOf(picture, canvas).mean().item<double>();
    };
    QVERIFY(change(0) < 1e-6);
    QVERIFY(change(0.3) > 1e-4);
    QVERIFY(change(1) > 1.5 * change(0.3));
  }

  void saysWhereItIsCorrupted() {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const Picture picture = rendered("four large green hearts on sky", seed);
      training::Canvas canvas(picture);
      const training::Canvas other(rendered("two red circles on dark", seed));
      SceneRng rng(seed, 5);
      const auto told = training::corrupt(canvas, other, 16, rng);
      const auto seen =
          at::avg_pool2d(clearly(picture, canvas).view({1, 1, 128, 128}), {8, 8}).view({16, 16});
      QVERIFY((seen - told).max().item<double>() < 0.02);
      // Noise beyond black and white is cut off, and so seen less.
      QVERIFY(told.sum().item<double>() < 2 * seen.sum().item<double>() + 0.5);
    }
  }
};

QTEST_GUILESS_MAIN(PictureDamageTest)
#include "picture_damage_test.moc"
