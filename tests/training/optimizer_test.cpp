// What every stage of train-base stands on: gradients of shards equal those of the whole batch, Muon's
// direction is orthonormal, and a resumed optimizer goes on to the bit.
#include <QtTest>

#include "core/scenes/training/muon.h"
#include "core/scenes/training/shard_gradients.h"
#include "core/tensor/precision.h"
#include "core/types/error.h"

using namespace plumbline;
using namespace plumbline::training;

namespace {

at::Tensor ramp(at::IntArrayRef shape, double pace = 0.37) {
  int64_t n = 1;
  for (const int64_t s : shape) n *= s;
  return torch::sin(torch::arange(n, at::kFloat) * pace).view(shape);
}

NamedTensors network() {
  NamedTensors parameters{
      {"inner.weight", ramp({6, 5})}, {"inner.bias", ramp({6})}, {"conv_in.weight", ramp({5, 4})}};
  for (auto& [name, p] : parameters) p.requires_grad_(true);
  return parameters;
}

at::Tensor loss(const NamedTensors& p, const at::Tensor& x) {
  const auto hidden = at::tanh(at::linear(x, p.at("conv_in.weight")));
  return at::linear(hidden, p.at("inner.weight"), p.at("inner.bias")).square().mean();
}

}  // namespace

class OptimizerTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void shardsGiveTheGradientOfTheWhole();
  void gradientsOfAWorkingCopyReachTheParameters();
  void workingWeightsAreCopiesOfTheSteppedOnes();
  void directionsAreOrthonormal();
  void edgesOfTheNetworkAreLeftToAdamW();
  void resumedEqualsUninterrupted();
  void aStateFromBeforeANewTaskGoesOn();
};

void OptimizerTest::shardsGiveTheGradientOfTheWhole() {
  const auto x = ramp({8, 4}, 0.11);
  NamedTensors whole = network(), parts = network();
  loss(whole, x).backward();
  const auto chunks = x.chunk(2);
  const double mean =
      gradientsInShards(parts, 2, [&](int shard) { return loss(parts, chunks[std::size_t(shard)]); });
  QVERIFY(std::abs(mean - loss(whole, x).item<double>()) < 1e-6);
  for (const auto& [name, p] : whole)
    QVERIFY2(at::allclose(p.grad(), parts.at(name).grad(), 1e-5, 1e-7), name.c_str());
}

void OptimizerTest::gradientsOfAWorkingCopyReachTheParameters() {
  const auto x = ramp({8, 4}, 0.11);
  NamedTensors exact = network(), parameters = network(), working = network();
  loss(exact, x).backward();
  for (auto& [name, p] : parameters) p = p.detach();
  working.erase("inner.bias");
  for (auto& [name, p] : working) p = p.detach().to(at::kBFloat16).requires_grad_(true);
  parameters.at("inner.bias").requires_grad_(true);
  NamedTensors used = working;
  used["inner.bias"] = parameters.at("inner.bias");
  const auto mixed = [&](int) {
    const auto hidden = at::tanh(at::linear(x.to(at::kBFloat16), used.at("conv_in.weight")));
    const auto y = at::linear(hidden, used.at("inner.weight")).to(at::kFloat) + used.at("inner.bias");
    return y.square().mean();
  };
  gradientsInShards(parameters, 2, mixed, working);
  for (const auto& [name, p] : parameters) {
    QCOMPARE(p.grad().scalar_type(), at::kFloat);
    QVERIFY2((p.grad() - exact.at(name).grad()).norm().item<double>() <
                 0.02 * exact.at(name).grad().norm().item<double>(),
             name.c_str());
  }
  for (const auto& [name, p] : working) QVERIFY(!p.grad().defined());
}

// Steps too small for bfloat16 must not be lost, and the network must see them once they add up.
void OptimizerTest::workingWeightsAreCopiesOfTheSteppedOnes() {
  torch::nn::Linear net(4, 3);
  const at::Tensor before = net->weight.detach().clone();
  NamedTensors parameters = namedParameters(*net, "net.");
  WorkingWeights working;
  working.split(*net, "net.", parameters);
  QCOMPARE(parameters.at("net.weight").scalar_type(), at::kFloat);
  QVERIFY(at::equal(parameters.at("net.weight"), before));
  if (!cpuHasBFloat16()) {
    QVERIFY(working.tensors().empty());
    QCOMPARE(net->weight.scalar_type(), at::kFloat);
    return;
  }
  QCOMPARE(net->weight.scalar_type(), at::kBFloat16);
  torch::NoGradGuard noGrad;
  parameters.at("net.weight").fill_(1);
  for (int step = 0; step < 64; ++step) parameters.at("net.weight").add_(1.0 / 1024);
  QVERIFY((net->weight != 1.0625).any().item<bool>());
  working.refresh(parameters);
  QVERIFY((net->weight == 1.0625).all().item<bool>());
}

void OptimizerTest::directionsAreOrthonormal() {
  for (const auto& shape : {std::array<int64_t, 2>{12, 40}, std::array<int64_t, 2>{40, 12}}) {
    const auto m = at::randn({shape[0], shape[1]}, at::detail::createCPUGenerator(3), at::kFloat);
    const auto s = std::get<1>(at::svd(orthogonalised(m)));
    // The polynomial of fifth degree is tuned for speed: it brings singular values between 0.7 and 1.2.
    QVERIFY(s.min().item<double>() > 0.6);
    QVERIFY(s.max().item<double>() < 1.3);
  }
}

void OptimizerTest::edgesOfTheNetworkAreLeftToAdamW() {
  const auto matrix = at::zeros({3, 3});
  QVERIFY(takesMuon("unet.mid_block.resnets.0.conv1.weight", matrix));
  QVERIFY(!takesMuon("unet.conv_out.weight", matrix));
  QVERIFY(!takesMuon("text_model.embeddings.token_embedding.weight", matrix));
  QVERIFY(!takesMuon("unet.mid_block.resnets.0.conv1.bias", at::zeros({3})));
}

void OptimizerTest::resumedEqualsUninterrupted() {
  const auto train = [](Optimizer& optimizer, const NamedTensors& p, int steps) {
    for (int i = 0; i < steps; ++i) {
      loss(p, ramp({4, 4}, 0.1 + 0.01 * double(optimizer.steps()))).backward();
      optimizer.step(0.5);
    }
  };
  const OptimizerSettings settings{.learningRate = 0.05, .warmupSteps = 3};
  NamedTensors whole = network(), first = network(), second = network();
  const at::Tensor before = whole.at("inner.weight").detach().clone();
  Optimizer uninterrupted(whole, settings), begun(first, settings), resumed(second, settings);
  train(uninterrupted, whole, 8);
  train(begun, first, 5);
  NamedTensors state;
  for (const auto& [name, tensor] : begun.state()) state[name] = tensor.clone();
  resumed.restore(state);
  train(resumed, second, 3);
  QVERIFY(!at::equal(before, whole.at("inner.weight")));
  for (const auto& [name, p] : whole) QVERIFY2(at::equal(p, second.at(name)), name.c_str());
  for (const auto& [name, p] : uninterrupted.ema())
    QVERIFY2(at::equal(p, resumed.ema().at(name)), name.c_str());
}

void OptimizerTest::aStateFromBeforeANewTaskGoesOn() {
  NamedTensors parameters = network();
  NamedTensors state = Optimizer(parameters, {}).state();
  for (auto& [name, tensor] : state) tensor = tensor + 1;
  const auto withReader = [] {
    NamedTensors more = network();
    more["reader.weight"] = ramp({2, 2}).requires_grad_(true);
    return more;
  };
  NamedTensors more = withReader();
  QVERIFY_EXCEPTION_THROWN(Optimizer(more, {}).restore(state), Error);
  QVERIFY(at::equal(more.at("inner.weight"), network().at("inner.weight")));  // nothing by halves
  const auto begun = more.at("reader.weight").detach().clone();
  Optimizer optimizer(more, {});
  optimizer.restore(state, "reader.");
  QCOMPARE(optimizer.steps(), std::int64_t(1));
  QVERIFY(at::equal(optimizer.ema().at("inner.weight"), network().at("inner.weight") + 1));
  QVERIFY(at::equal(more.at("reader.weight"), begun));
  QVERIFY(at::equal(more.at("inner.weight"), network().at("inner.weight") + 1));
  state.erase("parameter.inner.weight");
  QVERIFY_EXCEPTION_THROWN(optimizer.restore(state, "reader."), Error);
}

QTEST_GUILESS_MAIN(OptimizerTest)
#include "optimizer_test.moc"
