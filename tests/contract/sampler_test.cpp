// What every sampler must do, whoever adds it.
#include <torch/torch.h>

#include <QTest>

#include "core/sampling/sampler.h"
#include "core/tensor/noise.h"
#include "core/types/error.h"

using namespace plumbline;

namespace {

const Json kConfig = {{"beta_start", 0.00085},
                      {"beta_end", 0.012},
                      {"beta_schedule", "scaled_linear"},
                      {"prediction_type", "epsilon"},
                      {"clip_sample", false},
                      {"set_alpha_to_one", false},
                      {"steps_offset", 1}};

// The best answer a network can give when all clean latents are one and the same.
at::Tensor oracle(const at::Tensor& x, const at::Tensor& clean, std::int64_t t) {
  const at::Tensor betas = torch::linspace(std::sqrt(0.00085), std::sqrt(0.012), 1000).square();
  const double bar = torch::cumprod(1 - betas, 0)[t].item<double>();
  return (x - std::sqrt(bar) * clean) / std::sqrt(1 - bar);
}

at::Tensor noise(int step, NoisePurpose purpose = NoisePurpose::kSamplerStep) {
  return noiseFor(3, 0, std::uint64_t(step), purpose, {2, 4, 4, 4});
}

}  // namespace

class SamplerTest : public QObject {
  Q_OBJECT

  void eachSampler() {
    QTest::addColumn<QString>("id");
    for (const auto& variant : sampler::registry().all()) {
      QTest::newRow(variant->descriptor.id.c_str()) << QString::fromStdString(variant->descriptor.id);
    }
  }

 private Q_SLOTS:
  void describesItself_data() { eachSampler(); }
  void describesItself() {
    QFETCH(QString, id);
    const Descriptor& d = sampler::registry().get(id.toStdString()).descriptor;
    QVERIFY(!d.title.empty() && !d.help.empty() && !d.paper.empty() && d.version >= 1);
    QVERIFY_EXCEPTION_THROWN(sampler::registry().get(id.toStdString()).start(kConfig, 10, {{"no_such", 1}}),
                             Error);
  }

  void findsTheOnlyCleanLatent_data() { eachSampler(); }
  void findsTheOnlyCleanLatent() {
    QFETCH(QString, id);
    const auto run = sampler::registry().get(id.toStdString()).start(kConfig, 20, Json::object());
    const at::Tensor clean = 0.7 * noise(0, NoisePurpose::kAutoencoder);
    sampler::SamplerState state{noise(0, NoisePurpose::kInitialLatent) * run->initialSigma(), {}};
    for (int i = 0; i < int(run->timesteps().size()); ++i) {
      const std::int64_t t = run->timesteps()[std::size_t(i)];
      QVERIFY(i == 0 || t <= run->timesteps()[std::size_t(i) - 1]);
      const at::Tensor answer = oracle(run->scaleInput(state.x, i), clean, t);
      QVERIFY(torch::allclose(run->cleanEstimate(answer, i, state.x), clean, 1e-2, 5e-3));
      state = run->step(answer, i, state, run->needsNoise(i) ? noise(i) : at::Tensor());
      QVERIFY(state.x.scalar_type() == at::kFloat);
    }
    QVERIFY2((state.x - clean).abs().max().item<double>() < 0.15, id.toUtf8().constData());
  }

  void stepsArePureAndDifferentiable_data() { eachSampler(); }
  void stepsArePureAndDifferentiable() {
    QFETCH(QString, id);
    const auto run = sampler::registry().get(id.toStdString()).start(kConfig, 20, Json::object());
    sampler::SamplerState first{noise(0, NoisePurpose::kInitialLatent) * run->initialSigma(), {}};
    const at::Tensor drawn = noise(1);
    first = run->step(drawn, 0, first, noise(0));
    at::Tensor answer = noise(2).requires_grad_();
    at::Tensor x = first.x.detach().clone().requires_grad_();
    const sampler::SamplerState state{x, first.memory};
    const at::Tensor once = run->step(answer, 1, state, noise(1)).x,
                     again = run->step(answer, 1, state, noise(1)).x;
    QVERIFY(torch::equal(once, again));
    QVERIFY(torch::equal(x.detach(), first.x));
    const auto gradients = torch::autograd::grad({once.sum()}, {answer, x});
    for (const at::Tensor& g : gradients) QVERIFY(g.abs().max().item<double>() > 0);
    // a bfloat16 answer of the network must not make the arithmetic bfloat16
    QVERIFY(run->step(answer.to(at::kBFloat16), 1, state, noise(1)).x.scalar_type() == at::kFloat);
  }

  void refusesImpossibleSteps_data() { eachSampler(); }
  void refusesImpossibleSteps() {
    QFETCH(QString, id);
    for (const int steps : {0, -1, 1001}) {
      QVERIFY_EXCEPTION_THROWN(
          sampler::registry().get(id.toStdString()).start(kConfig, steps, Json::object()), Error);
    }
    QCOMPARE(sampler::registry().get(id.toStdString()).start(kConfig, 1, Json::object())->timesteps().size(),
             std::size_t(1));
  }
};

QTEST_GUILESS_MAIN(SamplerTest)
#include "sampler_test.moc"
