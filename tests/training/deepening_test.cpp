// A deeper U-Net computes what the shallower one did, and its new layers learn.
#include "core/scenes/training/deepening.h"

#include <torch/torch.h>

#include <QtTest>

#include "core/nn/initialise.h"
#include "core/nn/unet_2d_condition.h"
#include "core/scenes/training/training_batch.h"
#include "core/types/error.h"

using namespace plumbline;
using training::NamedTensors;

namespace {

nn::UNet2DConditionModel unet(const nlohmann::json& layers, std::vector<int> channels = {8, 16, 24}) {
  const auto repeated = [&](const char* name) {
    return nlohmann::json(std::vector<std::string>(channels.size(), name));
  };
  nn::UNet2DConditionModel unet(nlohmann::json{{"block_out_channels", channels},
                                               {"down_block_types", repeated("CrossAttnDownBlock2D")},
                                               {"up_block_types", repeated("CrossAttnUpBlock2D")},
                                               {"in_channels", 4},
                                               {"out_channels", 4},
                                               {"attention_head_dim", 2},
                                               {"cross_attention_dim", 12},
                                               {"layers_per_block", layers},
                                               {"norm_num_groups", 4},
                                               {"use_linear_projection", true},
                                               {"sample_size", 8}});
  nn::initialise(*unet, 5);
  // Norms, biases and last convolutions start at one and zero: a mistake in them would not show.
  torch::NoGradGuard noGrad;
  for (auto& parameter : unet->parameters()) parameter.add_(0.1 * at::randn_like(parameter));
  return unet;
}

at::Tensor run(nn::UNet2DConditionModel& network) {
  auto generator = at::detail::createCPUGenerator(3);
  const auto x = at::randn({2, 4, 8, 8}, generator, at::kFloat);
  const auto words = at::randn({2, 5, 12}, generator, at::kFloat);
  return network(x, torch::tensor({3, 700}, at::kLong), words);
}

}  // namespace

class DeepeningTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void computesTheSame_data() {
    QTest::addColumn<QByteArray>("layers");
    QTest::newRow("one more in each block") << QByteArray("[2,2,2]");
    QTest::newRow("in the first only") << QByteArray("[3,1,1]");
    QTest::newRow("in the last only") << QByteArray("[1,1,2]");
  }
  void computesTheSame() {
    QFETCH(QByteArray, layers);
    auto shallow = unet(nlohmann::json{1, 1, 1}), deep = unet(nlohmann::json::parse(layers.toStdString()));
    training::loadParameters(
        *deep, training::deepened(training::namedParameters(*shallow), training::namedParameters(*deep)));
    const auto before = run(shallow), after = run(deep);
    QVERIFY(before.abs().max().item<double>() > 0.05);
    QVERIFY(at::allclose(before, after, 1e-4, 1e-5));

    after.square().mean().backward();
    int learning = 0;
    for (const auto& item : deep->named_parameters()) {
      if (!item.key().ends_with("conv2.weight") && !item.key().ends_with("proj_out.weight")) continue;
      QVERIFY2(item.value().grad().abs().max().item<double>() > 0, item.key().c_str());
      ++learning;
    }
    QVERIFY(learning > 10);
  }

  void takesTheSameDepthAsItIs() {
    auto same = unet(nlohmann::json{1, 2, 1});
    const auto weights = training::namedParameters(*same);
    for (const auto& [name, tensor] : training::deepened(weights, weights))
      QVERIFY(tensor.is_same(weights.at(name)));
  }

  void saysWhatCannotBeDeepened() {
    const auto one = training::namedParameters(*unet(nlohmann::json{1, 1, 1})),
               two = training::namedParameters(*unet(nlohmann::json{2, 2, 2})),
               wide = training::namedParameters(*unet(nlohmann::json{1, 1, 1}, {8, 16, 32}));
    QVERIFY_THROWS_EXCEPTION(Error, training::deepened(two, one));
    QVERIFY_THROWS_EXCEPTION(Error, training::deepened(one, wide));
    auto less = one;
    less.erase("conv_in.weight");
    QVERIFY_THROWS_EXCEPTION(Error, training::deepened(less, two));
    auto more = one;
    more["another.weight"] = at::zeros({1});
    QVERIFY_THROWS_EXCEPTION(Error, training::deepened(more, two));
  }
};

QTEST_GUILESS_MAIN(DeepeningTest)
#include "deepening_test.moc"
