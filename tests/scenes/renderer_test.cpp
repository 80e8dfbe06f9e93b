// Scenes obey their prompts, the same seed draws the same bytes, and the truth matches the pixels.
#include <QTest>
#include <cmath>

#include "core/scenes/renderer.h"
#include "core/scenes/training_sample.h"
#include "core/types/sha256.h"

using namespace plumbline;
using namespace plumbline::scenes;

namespace {

std::string digest(const Picture& picture) {
  return sha256Hex(std::string_view(reinterpret_cast<const char*>(picture.rgb.data()), picture.rgb.size()));
}

}  // namespace

class RendererTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void sameIndexSamePicture() {
    for (std::uint64_t i = 0; i < 50; ++i) {
      const TrainingSample a = trainingSample(9, i, 128), b = trainingSample(9, i, 128);
      QVERIFY(a.picture == b.picture);
      QCOMPARE(a.caption, b.caption);
    }
    QVERIFY(!(trainingSample(9, 0, 128).picture == trainingSample(9, 1, 128).picture));
    QVERIFY(!(trainingSample(9, 0, 128).picture == trainingSample(10, 0, 128).picture));
  }

  // World version 1, seed 1: whoever changes a picture raises kWorldVersion.
  void pictureOfTheVersion() {
    QCOMPARE(kWorldVersion, 1);
    std::string all;
    for (std::uint64_t i = 0; i < 32; ++i) all += digest(trainingSample(1, i, 128).picture);
    QCOMPARE(QString::fromStdString(sha256Hex(all).substr(0, 16)), QStringLiteral("196d5d8ebed9204a"));
  }

  void objectsStandAsAsked() {
    SceneRng prompts(21, 0);
    for (int i = 0; i < 1500; ++i) {
      const ScenePrompt prompt = samplePrompt(prompts);
      SceneRng rng(21, std::uint64_t(i), 1);
      const Scene scene = sampleScene(prompt, rng, {});
      QVERIFY2(relationHolds(scene), canonicalText(prompt).c_str());
      QCOMPARE(int(scene.objects.size()), prompt.objects());
      for (const SceneObject& object : scene.objects) {
        const Group& group = prompt.groups[std::size_t(object.group)];
        QVERIFY(object.shape == group.shape && object.colour == group.colour);
        QVERIFY(group.size == SizeWord::kAny || object.large == (group.size == SizeWord::kLarge));
        QVERIFY(object.across >= (object.large ? kLargeMin : kSmallMin));
        QVERIFY(object.across <= (object.large ? kLargeMax : kSmallMax));
        QVERIFY(std::abs(object.angle) <= 15.001 * 3.14159265 / 180);
      }
    }
  }

  // Wholly inside, hardly any overlap, boxes as drawn. Boxes are slow, so fewer scenes.
  void objectsLieInsideAndApart() {
    SceneRng prompts(22, 0);
    for (int i = 0; i < 150; ++i) {
      SceneRng rng(22, std::uint64_t(i), 1);
      const Scene scene = sampleScene(samplePrompt(prompts), rng, {});
      std::vector<Mask> masks;
      for (const SceneObject& object : scene.objects) {
        const Box box = boxOf(object);
        QVERIFY(box.left >= 0 && box.top >= 0 && box.right <= kCanvas && box.bottom <= kCanvas);
        masks.push_back(objectMask(object));
        const Mask& mask = masks.back();
        for (int y = 0; y < kCanvas; ++y) {
          for (int x = 0; x < kCanvas; ++x) {
            if (mask.at(x, y) == 0) continue;
            QVERIFY(x + 1 >= box.left && x <= box.right && y + 1 >= box.top && y <= box.bottom);
          }
        }
        for (std::size_t k = 0; k + 1 < masks.size(); ++k) {
          std::size_t both = 0;
          for (std::size_t p = 0; p < mask.data.size(); ++p)
            both += mask.data[p] != 0 && masks[k].data[p] != 0;
          QVERIFY(both * 10 <= std::min(mask.area(), masks[k].area()));
        }
      }
    }
  }

  void faultsShowWhereTheMasksSay() {
    int hazards = 0, glitches = 0;
    for (std::uint64_t i = 0; i < 200; ++i) {
      SceneRng prompts(23, i, 0), rng(23, i, 1);
      const Scene scene = sampleScene(samplePrompt(prompts), rng, {true, true});
      const Picture with = render(scene), without = renderClean(scene);
      const Mask hazard = hazardMask(scene), glitch = glitchMask(scene);
      QVERIFY(hazard.area() > 100);
      QVERIFY(glitch.area() >= 14 * 14);
      int inside = 0;
      for (int y = 0; y < kCanvas; ++y) {
        for (int x = 0; x < kCanvas; ++x) {
          if (std::equal(with.at(x, y), with.at(x, y) + 3, without.at(x, y))) continue;
          bool near = false;  // the emblem's outermost pixels are covered by less than half, most at its tips
          for (int v = std::max(y - 2, 0); v <= std::min(y + 2, kCanvas - 1); ++v) {
            for (int u = std::max(x - 2, 0); u <= std::min(x + 2, kCanvas - 1); ++u) {
              near = near || hazard.at(u, v) != 0 || glitch.at(u, v) != 0;
            }
          }
          QVERIFY(near);
          inside += glitch.at(x, y) != 0;
        }
      }
      hazards += scene.hazard.has_value();
      glitches += inside >= 40;
    }
    QCOMPARE(hazards, 200);
    QCOMPARE(glitches, 200);
  }

  // The small picture shows the same world: its average differs little from the large one's.
  void halfSizeShowsTheSame() {
    for (std::uint64_t i = 0; i < 30; ++i) {
      SceneRng prompts(24, i, 0), rng(24, i, 1);
      const Scene scene = sampleScene(samplePrompt(prompts), rng, {true, false});
      const Picture large = render(scene, 128), small = render(scene, 64);
      double difference = 0;
      for (int y = 0; y < 64; ++y) {
        for (int x = 0; x < 64; ++x) {
          for (int c = 0; c < 3; ++c) {
            const double mean = (large.at(2 * x, 2 * y)[c] + large.at(2 * x + 1, 2 * y)[c] +
                                 large.at(2 * x, 2 * y + 1)[c] + large.at(2 * x + 1, 2 * y + 1)[c]) /
                                4.0;
            difference += std::abs(mean - small.at(x, y)[c]);
          }
        }
      }
      QVERIFY2(difference / (64 * 64 * 3) < 3, std::to_string(difference / (64 * 64 * 3)).c_str());
    }
  }
};

QTEST_APPLESS_MAIN(RendererTest)
#include "renderer_test.moc"
