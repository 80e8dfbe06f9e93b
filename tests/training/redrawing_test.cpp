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
  at::Tensor redrawn(Redrawing& redrawing, std::uint64_t seed) const {
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
    QVERIFY(at::equal(a, b));
    QVERIFY(!at::equal(a, other));
    QVERIFY(a.sizes() == latents_.sizes());
    QVERIFY(a.isfinite().all().item<bool>());
  }

  // So little noise that the layout stays, whatever the network says, and from seed to seed another level.
  void staysNearWhatWasRendered() {
    Redrawing redrawing(folder());
    double least = 1, most = -1;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      const double likeness =
          at::cosine_similarity(redrawn(redrawing, seed).flatten(1), latents_.flatten(1), 1)
              .mean()
              .item<double>();
      least = std::min(least, likeness);
      most = std::max(most, likeness);
    }
    QVERIFY2(least > 0.05, qPrintable(QString::number(least)));
    QVERIFY2(most > least + 0.3, qPrintable(QString("%1 to %2").arg(least).arg(most)));
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
