#include <QTemporaryDir>
#include <QtTest>

#include "core/models/tiny_model.h"
#include "core/scenes/training/redrawing.h"

using namespace plumbline;
using training::Redrawing;

class RedrawingTest : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir folder_;
  at::Tensor latents_ = at::randn({3, 4, 8, 8}, at::detail::createCPUGenerator(1), at::kFloat);
  at::Tensor ids_ = at::arange(3 * 12, at::kLong).view({3, 12});

  std::string folder() const { return folder_.path().toStdString(); }
  Redrawing::Result redrawn(Redrawing& redrawing, std::uint64_t seed) const {
    auto generator = at::detail::createCPUGenerator(seed);
    return redrawing.redraw(latents_, ids_, generator);
  }

 private Q_SLOTS:
  void initTestCase() { writeTinyModel(folder(), 5); }

  void needsATrainedNetwork() {
    QVERIFY(Redrawing::possible(folder()));
    QVERIFY(!Redrawing::possible(folder() + "/vae"));
  }

  void repeatsItselfAndNoOther() {
    Redrawing redrawing(folder());
    const auto a = redrawn(redrawing, 7), b = redrawn(redrawing, 7), other = redrawn(redrawing, 8);
    QVERIFY(at::equal(a.latents, b.latents) && a.layoutKept == b.layoutKept);
    QVERIFY(!at::equal(a.latents, other.latents));
    QVERIFY(a.latents.sizes() == latents_.sizes());
    QVERIFY(a.latents.isfinite().all().item<bool>());
  }

  // Every level of noise comes up, and the less of it the closer the drawing stays, whatever the network
  // says.
  void littleNoiseKeepsTheLayout() {
    Redrawing redrawing(folder());
    double kept = 0, lost = 0;
    int keptCount = 0, lostCount = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      const auto result = redrawn(redrawing, seed);
      const double likeness =
          at::cosine_similarity(result.latents.flatten(1), latents_.flatten(1), 1).mean().item<double>();
      (result.layoutKept ? kept : lost) += likeness;
      ++(result.layoutKept ? keptCount : lostCount);
    }
    QVERIFY(keptCount > 5 && lostCount > 0);
    QVERIFY(kept / keptCount > lost / lostCount + 0.2);
  }

  void aFolderThatIsNotWholeIsRefused() {
    try {
      Redrawing redrawing(folder() + "/vae");
      QFAIL("loaded");
    } catch (const Error& error) {
      QVERIFY(error.kind() == ErrorKind::kNotFound);
    }
  }
};

QTEST_GUILESS_MAIN(RedrawingTest)
#include "redrawing_test.moc"
