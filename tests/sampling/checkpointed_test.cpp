// Recomputation gives the gradients of plain autograd, for the input and for captured parameters, and nests
// in chains.
#include <torch/torch.h>

#include <QTest>

#include "core/sampling/checkpointed.h"
#include "core/tensor/noise.h"

using namespace plumbline;

namespace {

struct Net {
  at::Tensor a = noiseFor(1, 0, 0, NoisePurpose::kWeightInit, {4, 4}).requires_grad_();
  at::Tensor b = noiseFor(2, 0, 0, NoisePurpose::kWeightInit, {4}).requires_grad_();
  at::Tensor unused = torch::ones({2}).requires_grad_();
  int calls = 0;
  at::Tensor operator()(const at::Tensor& x) {
    ++calls;
    return torch::tanh(torch::matmul(x, a) + b);
  }
  std::vector<at::Tensor> parameters() const { return {a, b, unused}; }
};

at::Tensor chain(Net& net, at::Tensor x, int steps, bool recompute) {
  for (int i = 0; i < steps; ++i) {
    const auto body = [&net](const at::Tensor& at) { return net(at); };
    x = x * 0.5 + (recompute ? checkpointed(body, x, net.parameters()) : body(x));
  }
  return x.square().sum();
}

}  // namespace

class CheckpointedTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void equalsPlainAutograd() {
    Net plain, recomputed;
    at::Tensor x = noiseFor(3, 0, 0, NoisePurpose::kChoice, {3, 4}).requires_grad_();
    at::Tensor y = x.detach().clone().requires_grad_();
    chain(plain, x, 5, false).backward();
    chain(recomputed, y, 5, true).backward();
    QVERIFY(torch::allclose(x.grad(), y.grad(), 1e-6, 1e-7));
    QVERIFY(torch::allclose(plain.a.grad(), recomputed.a.grad(), 1e-6, 1e-7));
    QVERIFY(torch::allclose(plain.b.grad(), recomputed.b.grad(), 1e-6, 1e-7));
    QVERIFY(!recomputed.unused.grad().defined());
    QCOMPARE(plain.calls, 5);
    QCOMPARE(recomputed.calls, 10);
  }

  void worksForAnInputWithoutGradient() {
    Net net;
    const at::Tensor x = noiseFor(3, 0, 0, NoisePurpose::kChoice, {3, 4});
    const at::Tensor loss = chain(net, x, 2, true);
    const auto grads = torch::autograd::grad({loss}, {net.a, net.b});
    Net other;
    const auto expected = torch::autograd::grad({chain(other, x, 2, false)}, {other.a, other.b});
    QVERIFY(torch::allclose(grads[0], expected[0], 1e-6, 1e-7));
    QVERIFY(torch::allclose(grads[1], expected[1], 1e-6, 1e-7));
  }

  void keepsNothingWithoutGradients() {
    Net net;
    torch::NoGradGuard noGrad;
    const at::Tensor y =
        checkpointed([&](const at::Tensor& at) { return net(at); }, torch::ones({1, 4}), net.parameters());
    QVERIFY(!y.requires_grad());
    QCOMPARE(net.calls, 1);
  }
};

QTEST_GUILESS_MAIN(CheckpointedTest)
#include "checkpointed_test.moc"
