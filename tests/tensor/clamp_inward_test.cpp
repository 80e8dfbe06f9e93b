// What a loss on pixels may and may not move.
#include <torch/torch.h>

#include <QtTest>

#include "core/tensor/clamp_inward.h"

using namespace plumbline;

class ClampInwardTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void clampsTheValues() {
    const at::Tensor x = torch::tensor({-2.0f, -1.0f, -0.25f, 0.5f, 1.0f, 3.0f});
    QVERIFY(at::equal(clampInward(x), x.clamp(-1, 1)));
  }

  // Towards black: everything may darken, also what overshoots white, but not what lies below black.
  void descentBringsOvershootingPixelsBack() {
    at::Tensor x = torch::tensor({-2.0f, 0.5f, 3.0f}).set_requires_grad(true);
    clampInward(x).sum().backward();
    QVERIFY(at::equal(x.grad(), torch::tensor({0.0f, 1.0f, 1.0f})));
    x.mutable_grad() = at::Tensor();
    (-clampInward(x)).sum().backward();
    QVERIFY(at::equal(x.grad(), torch::tensor({-1.0f, -1.0f, 0.0f})));
  }
};

QTEST_GUILESS_MAIN(ClampInwardTest)
#include "clamp_inward_test.moc"
