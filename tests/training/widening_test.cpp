// A widened network computes what the narrow one does, and its new channels do not learn in step.
#include "core/scenes/training/widening.h"

#include <torch/torch.h>

#include <QtTest>

#include "core/nn/autoencoder_kl.h"
#include "core/nn/initialise.h"
#include "core/types/error.h"

using namespace plumbline;
using training::NamedTensors;

namespace {

nn::AutoencoderKl autoencoder(std::vector<int> channels) {
  const auto repeated = [&](const char* name) {
    return nlohmann::json(std::vector<std::string>(channels.size(), name));
  };
  nn::AutoencoderKl vae(nlohmann::json{{"block_out_channels", channels},
                                       {"down_block_types", repeated("DownEncoderBlock2D")},
                                       {"up_block_types", repeated("UpDecoderBlock2D")},
                                       {"in_channels", 3},
                                       {"out_channels", 3},
                                       {"latent_channels", 4},
                                       {"layers_per_block", 1},
                                       {"norm_num_groups", 2},
                                       {"act_fn", "silu"},
                                       {"sample_size", 32}});
  nn::initialise(*vae, 5);
  return vae;
}

}  // namespace

class WideningTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void computesTheSame() {
    auto narrow = autoencoder({4, 8, 16}), wide = autoencoder({8, 24, 16});
    {
      // Norms and biases start at one and zero: a mistake in them would not show.
      torch::NoGradGuard noGrad;
      for (auto& parameter : narrow->parameters()) parameter.add_(0.1 * at::randn_like(parameter));
    }
    training::loadParameters(
        *wide, training::widened(training::namedParameters(*narrow), training::namedParameters(*wide), 7));
    const auto x = at::rand({2, 3, 32, 32}) * 2 - 1;
    const auto before = narrow->encode(x).mean, after = wide->encode(x).mean;
    QVERIFY(before.abs().max().item<double>() > 0.05);
    QVERIFY(at::allclose(before, after, 1e-4, 1e-5));
    const auto z = at::randn({2, 4, 8, 8});
    const auto made = narrow->decode(z), again = wide->decode(z);
    QVERIFY(at::allclose(made, again, 1e-3, 1e-4));

    // Two copies of a channel that got the same gradients would stay copies for ever.
    (again - x).square().mean().backward();
    const auto gradient = wide->named_parameters()["decoder.up_blocks.2.resnets.0.conv1.weight"].grad();
    QVERIFY((gradient[0] - gradient[1]).abs().max().item<double>() >
            1e-3 * gradient.abs().max().item<double>());
  }

  void takesWhatHasTheSameFormAsItIs() {
    auto vae = autoencoder({4, 8});
    const auto weights = training::namedParameters(*vae);
    for (const auto& [name, tensor] : training::widened(weights, weights, 1))
      QVERIFY(tensor.is_same(weights.at(name)));
  }

  void isPureInTheSeed() {
    const auto narrow = training::namedParameters(*autoencoder({4, 8})),
               wide = training::namedParameters(*autoencoder({8, 16}));
    const char* name = "decoder.mid_block.resnets.0.conv1.weight";
    const auto one = training::widened(narrow, wide, 1).at(name);
    QVERIFY(at::equal(one, training::widened(narrow, wide, 1).at(name)));
    QVERIFY(!at::equal(one, training::widened(narrow, wide, 2).at(name)));
  }

  void saysWhatCannotBeWidened() {
    const auto narrow = training::namedParameters(*autoencoder({4, 8}));
    auto wide = training::namedParameters(*autoencoder({6, 8}));
    QVERIFY_THROWS_EXCEPTION(Error, training::widened(narrow, wide, 1));
    wide = training::namedParameters(*autoencoder({4, 8, 16}));
    QVERIFY_THROWS_EXCEPTION(Error, training::widened(narrow, wide, 1));
    wide = training::namedParameters(*autoencoder({8, 8}));  // no shortcut between them
    QVERIFY_THROWS_EXCEPTION(Error, training::widened(narrow, wide, 1));
  }
};

QTEST_GUILESS_MAIN(WideningTest)
#include "widening_test.moc"
