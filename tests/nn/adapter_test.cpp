// Low-rank adapters on linear layers and convolutions: unmerged, dialled, several at once, exactly off at
// zero.
#include "core/nn/linear.h"

#include <QtTest>

#include "core/nn/initialise.h"

using namespace plumbline;
using namespace plumbline::nn;

namespace {

at::Tensor ramp(at::IntArrayRef shape, double step = 0.37) {
  int64_t n = 1;
  for (const int64_t s : shape) n *= s;
  return torch::sin(torch::arange(n, at::kFloat) * step).view(shape);
}

std::shared_ptr<Adapter> adapterOf(const std::string& name, at::Tensor down, at::Tensor up, double scale) {
  return std::make_shared<Adapter>(
      Adapter{name, std::move(down), std::move(up), scale, std::make_shared<double>(1.0)});
}

bool close(const at::Tensor& a, const at::Tensor& b, double tolerance = 1e-5) {
  return a.sizes() == b.sizes() && (a - b).abs().max().item<double>() < tolerance;
}

}  // namespace

class AdapterTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void linearEqualsMergedWeights();
  void convolutionEqualsMergedWeights();
  void pointwiseOnTokensEqualsConvolution();
  void zeroStrengthIsTheFrozenLayer();
  void gradientsReachTheAdapterOnly();
};

void AdapterTest::linearEqualsMergedWeights() {
  LoraCapableLinear layer(6, 4);
  initialise(*layer, 3);
  const at::Tensor x = ramp({2, 5, 6});
  auto first = adapterOf("first", ramp({2, 6}), ramp({4, 2}, 0.9), 0.5);
  auto second = adapterOf("second", ramp({3, 6}, 0.1), ramp({4, 3}, 1.7), 2.0);
  *second->strength = 0.25;
  layer->attach(first);
  layer->attach(second);
  const at::Tensor merged = layer->weight + 0.5 * at::matmul(first->up, first->down) +
                            2.0 * 0.25 * at::matmul(second->up, second->down);
  QVERIFY(close(layer(x), at::linear(x, merged, layer->bias)));
  layer->detachAdapters("second");
  QCOMPARE(layer->attached().size(), std::size_t(1));
  QVERIFY(
      close(layer(x), at::linear(x, layer->weight + 0.5 * at::matmul(first->up, first->down), layer->bias)));
}

void AdapterTest::convolutionEqualsMergedWeights() {
  LoraCapableConv2d layer(3, 4, 3, 2, 1);
  initialise(*layer, 4);
  const at::Tensor x = ramp({2, 3, 8, 8});
  auto adapter = adapterOf("a", ramp({2, 3, 3, 3}), ramp({4, 2, 1, 1}, 0.9), 1.5);
  layer->attach(adapter);
  const at::Tensor delta = at::matmul(adapter->up.flatten(1), adapter->down.flatten(1)).view({4, 3, 3, 3});
  QVERIFY(close(layer(x), at::conv2d(x, layer->weight + 1.5 * delta, layer->bias, 2, 1)));
}

void AdapterTest::pointwiseOnTokensEqualsConvolution() {
  LoraCapableConv2d layer(6, 4, 1);
  initialise(*layer, 5);
  layer->attach(adapterOf("matrix", ramp({2, 6}), ramp({4, 2}, 0.9), 1.0));
  layer->attach(adapterOf("kernel", ramp({2, 6, 1, 1}, 0.2), ramp({4, 2, 1, 1}, 0.8), 0.7));
  const at::Tensor x = ramp({2, 6, 3, 5});
  const at::Tensor tokens = layer->forwardTokens(x.flatten(2).transpose(1, 2));
  QVERIFY(close(layer(x).flatten(2).transpose(1, 2), tokens));
}

void AdapterTest::zeroStrengthIsTheFrozenLayer() {
  LoraCapableLinear layer(6, 4);
  initialise(*layer, 6);
  const at::Tensor x = ramp({3, 6});
  const at::Tensor before = layer(x);
  auto adapter = adapterOf("a", ramp({2, 6}), ramp({4, 2}), 1.0);
  layer->attach(adapter);
  QVERIFY(!at::equal(layer(x), before));
  *adapter->strength = 0;
  QVERIFY(at::equal(layer(x), before));
}

void AdapterTest::gradientsReachTheAdapterOnly() {
  LoraCapableLinear layer(6, 4);
  initialise(*layer, 7);
  layer->weight.requires_grad_(false);
  layer->bias.requires_grad_(false);
  auto adapter = adapterOf("a", ramp({2, 6}).requires_grad_(), torch::zeros({4, 2}).requires_grad_(), 1.0);
  layer->attach(adapter);
  layer(ramp({3, 6})).square().sum().backward();
  QVERIFY(adapter->up.grad().abs().sum().item<double>() > 0);
  QVERIFY(!layer->weight.grad().defined());
}

QTEST_GUILESS_MAIN(AdapterTest)
#include "adapter_test.moc"
