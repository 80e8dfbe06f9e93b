// Named adapters on a tiny model: injection changes nothing, strengths are dials, several live side by side,
// "off" is exactly the base, and saved weights come back to the same output.
#include <torch/torch.h>

#include <QTemporaryDir>
#include <QTest>

#include "core/lora/lora.h"
#include "core/models/tiny_model.h"
#include "core/tensor/noise.h"
#include "core/types/error.h"

using namespace plumbline;

class LoraTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::shared_ptr<DiffusionModel> model_;

  at::Tensor answer() const {
    torch::NoGradGuard noGrad;
    const at::Tensor x = noiseFor(1, 0, 0, NoisePurpose::kInitialLatent, {1, 4, 8, 8});
    return model_->unet->forward(x, torch::full({1}, 500, at::kLong),
                                 model_->encodePrompts({"a red circle"}));
  }
  static void shake(LoraSet& set, const std::string& name, int seed) {
    torch::NoGradGuard noGrad;
    const auto parameters = set.parameters(name);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      parameters[i].add_(
          0.3 * noiseFor(std::uint64_t(seed), i, 0, NoisePurpose::kWeightInit, parameters[i].sizes()));
    }
  }

 private Q_SLOTS:
  void initTestCase() {
    writeTinyModel(folder_.path().toStdString(), 31);
    model_ = loadModel(folder_.path().toStdString());
  }

  void offIsExactlyTheBase() {
    const at::Tensor base = answer();
    {
      LoraSet set(model_);
      set.inject("policy", {.rank = 2});
      set.setStrength("policy", 1);
      QVERIFY(torch::equal(answer(), base));
      shake(set, "policy", 1);
      const at::Tensor tuned = answer();
      QVERIFY((tuned - base).abs().max().item<double>() > 1e-3);
      {
        const AdaptersOff off(set);
        QVERIFY(torch::equal(answer(), base));
      }
      QVERIFY(torch::equal(answer(), tuned));
      set.setStrength("policy", 0.5);
      QVERIFY(!torch::equal(answer(), tuned) && !torch::equal(answer(), base));
    }
    QVERIFY(torch::equal(answer(), base));  // detached with the set
  }

  void severalLiveSideBySide() {
    LoraSet set(model_);
    set.inject("a", {.rank = 2, .seed = 1});
    set.inject("b",
               {.rank = 3, .targets = {"to_q", "q_proj"}, .components = {"unet", "text_encoder"}, .seed = 2});
    QVERIFY(!set.touchesText("a") && set.touchesText("b"));
    QCOMPARE(set.names(), (std::vector<std::string>{"a", "b"}));
    QVERIFY(set.parameters("a").size() != set.parameters("b").size());
    shake(set, "a", 1);
    shake(set, "b", 2);
    set.setOnly({{"a", 1.0}});
    const at::Tensor a = answer();
    set.setOnly({{"b", 1.0}});
    const at::Tensor b = answer();
    set.setOnly({{"a", 1.0}, {"b", 1.0}});
    const at::Tensor both = answer();
    QVERIFY(!torch::equal(a, b) && !torch::equal(a, both) && !torch::equal(b, both));
    set.remove("b");
    QVERIFY(torch::equal(answer(), a));
    QVERIFY_EXCEPTION_THROWN(set.strength("b"), Error);
    QVERIFY_EXCEPTION_THROWN(set.inject("a"), Error);
    QVERIFY_EXCEPTION_THROWN(set.inject("c", {.targets = {"nothing"}}), Error);
  }

  void freshAdaptersFollowTheSeed() {
    LoraSet set(model_);
    set.inject("a", {.rank = 4, .seed = 1});
    set.inject("b", {.rank = 4, .seed = 1});
    set.inject("c", {.rank = 4, .seed = 2});
    const auto a = set.parameters("a"), b = set.parameters("b"), c = set.parameters("c");
    std::vector<at::Tensor> downs;
    for (std::size_t i = 0; i < a.size(); i += 2) {
      QVERIFY(torch::equal(a[i], b[i]) && !torch::equal(a[i], c[i]));
      QCOMPARE(a[i + 1].abs().sum().item<double>(), 0.0);
      downs.push_back(a[i].flatten());
    }
    QVERIFY(std::abs(at::cat(downs).std().item<double>() - 0.25) < 0.03);
  }

  void blendsAndTrains() {
    LoraSet set(model_);
    set.inject("policy", {.rank = 2, .seed = 1});
    set.inject("ema", {.rank = 2, .seed = 2});
    shake(set, "policy", 1);
    const auto policy = set.parameters("policy"), ema = set.parameters("ema");
    const at::Tensor before = ema[0].clone();
    set.blend("ema", "policy", 0.75);
    QVERIFY(torch::allclose(ema[0], 0.75 * before + 0.25 * policy[0]));
    set.blend("ema", "policy", 0);
    QVERIFY(torch::equal(ema[1], policy[1]));
    set.setTrainable("policy", true);
    QVERIFY(policy[0].requires_grad() && !ema[0].requires_grad());
    set.setTrainable("policy", false);
    QVERIFY(!policy[0].requires_grad());
  }

  void savedWeightsComeBack() {
    const std::string path = folder_.filePath("pytorch_lora_weights.safetensors").toStdString();
    LoraSet set(model_);
    set.inject("policy", {.rank = 2, .alpha = 4, .targets = {"to_q", "to_out.0", "proj_in", "ff.net.2"}});
    shake(set, "policy", 1);
    set.setStrength("policy", 1);
    const at::Tensor tuned = answer();
    set.save("policy", path);
    const LoraWeights snapshot = set.weights("policy");
    set.remove("policy");
    set.load("again", path);
    set.setOnly({{"again", 1.0}});
    QVERIFY(torch::allclose(answer(), tuned, 1e-5, 1e-6));
    shake(set, "again", 5);
    QVERIFY(!torch::allclose(answer(), tuned, 1e-5, 1e-6));
    set.setWeights("again", snapshot);
    QVERIFY(torch::equal(answer(), tuned));
    LoraWeights other = snapshot;
    other.layers.erase(other.layers.begin());
    QVERIFY_EXCEPTION_THROWN(set.setWeights("again", other), Error);
  }

  void refusesOtherModelsAndNamesTheKeys() {
    LoraSet set(model_);
    LoraWeights weights;
    weights.layers["unet.nowhere.to_q"] = {torch::zeros({2, 16}), torch::zeros({16, 2}), 2};
    try {
      set.add("x", weights);
      QFAIL("no error");
    } catch (const Error& e) {
      QVERIFY2(e.message().find("unet.nowhere.to_q") != std::string::npos, e.what());
    }
    set.inject("a", {.rank = 2});
    LoraWeights wrong = set.weights("a");
    wrong.layers.begin()->second.down = torch::zeros({2, 17});
    QVERIFY_EXCEPTION_THROWN(set.add("x", wrong), Error);
    QVERIFY(!set.contains("x"));
  }
};

QTEST_GUILESS_MAIN(LoraTest)
#include "lora_test.moc"
