// The PEFT form in all spellings that diffusers has written, alpha beside the tensors, damage, and the
// recorded adapter of the reference folder where it is at hand.
#include <torch/torch.h>

#include <QTemporaryDir>
#include <QTest>
#include <filesystem>

#include "core/lora/lora.h"
#include "core/lora/lora_format.h"
#include "core/tensor/noise.h"
#include "core/types/error.h"

using namespace plumbline;

namespace {

at::Tensor matrix(int seed, int rows, int columns) {
  return noiseFor(std::uint64_t(seed), 0, 0, NoisePurpose::kWeightInit, {rows, columns});
}

}  // namespace

class PeftTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::string write(const std::map<std::string, at::Tensor>& tensors,
                    const std::map<std::string, std::string>& metadata = {}) {
    const std::string path = folder_.filePath("lora.safetensors").toStdString();
    writeSafetensors(path, tensors, metadata);
    return path;
  }

 private Q_SLOTS:
  void readsEverySpelling_data() {
    QTest::addColumn<QString>("stem");
    QTest::addColumn<QString>("down");
    QTest::addColumn<QString>("up");
    QTest::addColumn<QString>("layer");
    const auto row = [](const char* name, const char* stem, const char* down, const char* up,
                        const char* layer) { QTest::newRow(name) << stem << down << up << layer; };
    row("peft", "unet.a.attn1.to_q", ".lora_A.weight", ".lora_B.weight", "unet.a.attn1.to_q");
    row("named", "unet.a.attn1.to_q", ".lora_A.default.weight", ".lora_B.default.weight",
        "unet.a.attn1.to_q");
    row("older", "unet.a.attn1.to_out.0", ".lora.down.weight", ".lora.up.weight", "unet.a.attn1.to_out.0");
    row("processor", "unet.a.attn1", ".processor.to_q_lora.down.weight", ".processor.to_q_lora.up.weight",
        "unet.a.attn1.to_q");
    row("processor out", "unet.a.attn1", ".processor.to_out_lora.down.weight",
        ".processor.to_out_lora.up.weight", "unet.a.attn1.to_out.0");
    row("bare", "a.attn1.to_q", ".lora_A.weight", ".lora_B.weight", "unet.a.attn1.to_q");
    row("wrapped", "base_model.model.a.to_q", ".lora_A.weight", ".lora_B.weight", "unet.a.to_q");
    row("text", "text_encoder.text_model.q_proj", ".lora_linear_layer.down.weight",
        ".lora_linear_layer.up.weight", "text_encoder.text_model.q_proj");
  }

  void readsEverySpelling() {
    QFETCH(QString, stem);
    QFETCH(QString, down);
    QFETCH(QString, up);
    QFETCH(QString, layer);
    const at::Tensor a = matrix(1, 3, 5), b = matrix(2, 7, 3);
    const LoraWeights weights =
        readLora(write({{(stem + down).toStdString(), a}, {(stem + up).toStdString(), b}}));
    QCOMPARE(weights.layers.size(), std::size_t(1));
    QCOMPARE(weights.layers.begin()->first, layer.toStdString());
    QVERIFY(torch::equal(weights.layers.begin()->second.down, a));
    QVERIFY(torch::equal(weights.layers.begin()->second.up, b));
    QCOMPARE(weights.layers.begin()->second.scale(), 1.0);
  }

  void readsStatedAlphas() {
    const std::map<std::string, at::Tensor> tensors = {{"unet.x.to_q.lora_A.weight", matrix(1, 4, 5)},
                                                       {"unet.x.to_q.lora_B.weight", matrix(2, 7, 4)},
                                                       {"unet.y.to_q.lora_A.weight", matrix(1, 4, 5)},
                                                       {"unet.y.to_q.lora_B.weight", matrix(2, 7, 4)}};
    const auto scales = [&](const Json& stated) {
      const auto weights = readLora(write(tensors, {{"lora_adapter_metadata", stated.dump()}}));
      return std::pair{weights.layers.at("unet.x.to_q").scale(), weights.layers.at("unet.y.to_q").scale()};
    };
    QCOMPARE(scales({{"unet.r", 4}, {"unet.lora_alpha", 8}}), (std::pair{2.0, 2.0}));
    QCOMPARE(scales({{"unet.lora_alpha", 8}, {"unet.alpha_pattern", {{"y.to_q", 2}}}}),
             (std::pair{2.0, 0.5}));
    QCOMPARE(scales({{"unet.lora_alpha", 8}, {"unet.use_rslora", true}}), (std::pair{4.0, 4.0}));
    auto own = tensors;
    own["unet.x.to_q.alpha"] = torch::tensor(1.0f);
    QCOMPARE(readLora(write(own)).layers.at("unet.x.to_q").scale(), 0.25);
    QVERIFY_EXCEPTION_THROWN(readLora(write(tensors, {{"lora_adapter_metadata", "{broken"}})), Error);
  }

  void refusesWhatItCannotReadAndListsIt_data() {
    QTest::addColumn<QString>("extra");
    QTest::addColumn<QString>("missing");
    QTest::newRow("DoRA") << "unet.x.to_q.lora_magnitude_vector"
                          << "";
    QTest::newRow("half a layer") << ""
                                  << "unet.x.to_q.lora_B.weight";
  }

  void refusesWhatItCannotReadAndListsIt() {
    QFETCH(QString, extra);
    QFETCH(QString, missing);
    std::map<std::string, at::Tensor> tensors = {{"unet.x.to_q.lora_A.weight", matrix(1, 4, 5)},
                                                 {"unet.x.to_q.lora_B.weight", matrix(2, 7, 4)}};
    if (!extra.isEmpty()) tensors[extra.toStdString()] = torch::ones({3});
    tensors.erase(missing.toStdString());
    try {
      readLora(write(tensors));
      QFAIL("no error");
    } catch (const Error& e) {
      QVERIFY2(e.message().find("unet.x.to_q") != std::string::npos, e.what());
    }
  }

  void writesWhatOthersRead() {
    LoraWeights weights;
    weights.layers["unet.x.attn1.to_out.0"] = {matrix(1, 4, 5), matrix(2, 7, 4), 8};
    weights.layers["unet.y.to_q"] = {matrix(3, 4, 5), matrix(4, 7, 4), 4};
    weights.layers["unet.z.proj_in"] = {noiseFor(5, 0, 0, NoisePurpose::kWeightInit, {2, 5, 1, 1}),
                                        noiseFor(6, 0, 0, NoisePurpose::kWeightInit, {7, 2, 1, 1}), 2};
    const std::string path = folder_.filePath("out.safetensors").toStdString();
    writeLora(path, weights);
    const SafetensorsFile file = SafetensorsFile::open(path);
    QCOMPARE(file.metadata().at("format"), std::string("pt"));
    const Json stated = Json::parse(file.metadata().at("lora_adapter_metadata"));
    QCOMPARE(stated["unet.r"].get<int>(), 4);
    QVERIFY(stated["unet.target_modules"] == Json({"proj_in", "to_out.0", "to_q"}));
    QVERIFY(stated["unet.rank_pattern"] == Json({{"z.proj_in", 2}}));
    // alpha 8 at rank 4 is folded into the second matrix
    QVERIFY(torch::equal(file.tensor("unet.x.attn1.to_out.0.lora_B.weight"), matrix(2, 7, 4) * 2));
    const LoraWeights again = readLora(path);
    for (const auto& [name, layer] : again.layers) {
      const LoraLayer& before = weights.layers.at(name);
      QVERIFY(torch::equal(layer.up * layer.scale(), before.up * before.scale()));
      QVERIFY(torch::equal(layer.down, before.down));
    }
  }

  void matchesTheRecordedAdapter() {
    const std::string parity = std::string(qgetenv("PLUMBLINE_SOURCE_DIR")) + "/../shared/parity";
    if (!std::filesystem::exists(parity + "/lora_sd1")) QSKIP("no reference adapter beside the project");
    const auto model = loadModel(parity + "/sd1");
    LoraSet set(model);
    set.load("reference", parity + "/lora_sd1/pytorch_lora_weights.safetensors");
    QCOMPARE(set.parameters("reference").size(), std::size_t(2 * 88));
    const SafetensorsFile inputs = SafetensorsFile::open(parity + "/sd1/expected.safetensors");
    const SafetensorsFile expected = SafetensorsFile::open(parity + "/lora_sd1/expected.safetensors");
    torch::NoGradGuard noGrad;
    for (const auto& [strength, name] : {std::pair{1.0, "1"}, std::pair{0.5, "0.5"}}) {
      set.setStrength("reference", strength);
      const at::Tensor out =
          model->unet->forward(inputs.tensor("unet.sample"), inputs.tensor("unet.timestep"),
                               inputs.tensor("unet.encoder_hidden_states"));
      const at::Tensor wanted = expected.tensor(std::string("unet.out.peft_scale_") + name);
      QVERIFY2(torch::allclose(out, wanted, 1e-4, 1e-4),
               qPrintable(QString::number((out - wanted).abs().max().item<double>())));
    }
  }
};

QTEST_GUILESS_MAIN(PeftTest)
#include "peft_test.moc"
