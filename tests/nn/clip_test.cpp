// CLIP's towers: causality, pooling at the end token, shapes, refusals. Its numbers are held against the
// reference implementation by tests/eval/parity_test.
#include "core/nn/clip_model.h"

#include <QtTest>

#include "core/nn/initialise.h"
#include "core/types/error.h"

using namespace plumbline;
using namespace plumbline::nn;
using nlohmann::json;

namespace {

json tower(int64_t width) {
  return {{"hidden_size", width},     {"intermediate_size", 2 * width}, {"num_hidden_layers", 2},
          {"num_attention_heads", 2}, {"hidden_act", "quick_gelu"},     {"layer_norm_eps", 1e-5}};
}

json textConfig(int64_t endOfText) {
  json config = tower(8);
  config.update({{"max_position_embeddings", 6}, {"vocab_size", 20}, {"eos_token_id", endOfText}});
  return config;
}

json clipConfig() {
  json vision = tower(12);
  vision.update({{"image_size", 16}, {"patch_size", 4}, {"num_channels", 3}});
  return {{"projection_dim", 10}, {"text_config", textConfig(2)}, {"vision_config", vision}};
}

template <class Holder>
Holder made(const json& config) {
  Holder module(config);
  initialise(*module, 11);
  return module;
}

}  // namespace

class ClipTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void laterTokensDoNotReachBack();
  void poolsAtTheEndToken();
  void shapes();
  void logitsAreScaledCosines();
  void refusals();
};

void ClipTest::laterTokensDoNotReachBack() {
  torch::NoGradGuard guard;
  auto text = made<ClipTextModel>(textConfig(2));
  const at::Tensor a = torch::tensor({{1, 4, 5, 6, 19, 19}}), b = torch::tensor({{1, 4, 5, 9, 19, 19}});
  const at::Tensor ya = text(a).lastHiddenState, yb = text(b).lastHiddenState;
  QVERIFY(at::allclose(ya.narrow(1, 0, 3), yb.narrow(1, 0, 3)));
  QVERIFY(!at::allclose(ya.narrow(1, 3, 3), yb.narrow(1, 3, 3)));
}

void ClipTest::poolsAtTheEndToken() {
  torch::NoGradGuard guard;
  const at::Tensor ids = torch::tensor({{1, 4, 19, 19, 19, 19}, {1, 4, 5, 7, 19, 19}});
  for (const int64_t endOfText : {2, 19}) {
    const auto y = made<ClipTextModel>(textConfig(endOfText))->forward(ids);
    QVERIFY(at::equal(y.pooled[0], y.lastHiddenState[0][2]));
    QVERIFY(at::equal(y.pooled[1], y.lastHiddenState[1][4]));
  }
  const auto y = made<ClipTextModel>(textConfig(7))->forward(ids.narrow(0, 1, 1));
  QVERIFY(at::equal(y.pooled[0], y.lastHiddenState[0][3]));
}

void ClipTest::shapes() {
  torch::NoGradGuard guard;
  auto clip = made<ClipModel>(clipConfig());
  const auto vision = clip->visionFeatures(torch::zeros({3, 3, 16, 16}));
  QCOMPARE(vision.patches.sizes(), at::IntArrayRef({3, 16, 12}));
  QCOMPARE(vision.pooled.sizes(), at::IntArrayRef({3, 12}));
  QCOMPARE(clip->projectImage(vision.pooled).sizes(), at::IntArrayRef({3, 10}));
  QCOMPARE(clip->textEmbeds(torch::zeros({2, 5}, at::kLong)).sizes(), at::IntArrayRef({2, 10}));
  QCOMPARE(clip->patchesPerSide(), int64_t(4));
}

void ClipTest::logitsAreScaledCosines() {
  torch::NoGradGuard guard;
  auto clip = made<ClipModel>(clipConfig());
  const at::Tensor e = torch::eye(10).narrow(0, 0, 2) * 3.0;
  const at::Tensor logits = clip->logitsPerImage(e, e);
  QVERIFY(std::abs(logits[0][0].item<double>() - std::exp(2.6592)) < 1e-3);
  QVERIFY(std::abs(logits[0][1].item<double>()) < 1e-6);
}

void ClipTest::refusals() {
  json config = textConfig(2);
  config["hidden_act"] = "relu6";
  QVERIFY_EXCEPTION_THROWN(ClipTextModel{config}, Error);
  config = textConfig(2);
  config["num_attention_heads"] = 3;
  QVERIFY_EXCEPTION_THROWN(ClipTextModel{config}, Error);
  auto text = made<ClipTextModel>(textConfig(2));
  QVERIFY_EXCEPTION_THROWN(text(torch::zeros({1, 7}, at::kLong)), Error);
}

QTEST_GUILESS_MAIN(ClipTest)
#include "clip_test.moc"
