// What every LoRA file form must do, whoever adds it.
#include <torch/torch.h>

#include <QTemporaryDir>
#include <QTest>

#include "core/lora/lora_format.h"
#include "core/tensor/noise.h"
#include "core/types/error.h"

using namespace plumbline;

namespace {

LoraWeights sample() {
  LoraWeights weights;
  const std::string stem = "unet.down_blocks.0.attentions.0.transformer_blocks.0.";
  int seed = 0;
  for (const char* layer : {"attn1.to_q", "attn1.to_out.0", "attn2.to_k", "ff.net.0.proj"}) {
    LoraLayer l;
    l.down = noiseFor(std::uint64_t(++seed), 0, 0, NoisePurpose::kWeightInit, {4, 16});
    l.up = noiseFor(std::uint64_t(seed), 1, 0, NoisePurpose::kWeightInit, {16, 4});
    l.alpha = 2;
    weights.layers[stem + layer] = l;
  }
  return weights;
}

}  // namespace

class LoraFormatTest : public QObject {
  Q_OBJECT

  void eachFormat() {
    QTest::addColumn<QString>("id");
    for (const auto& variant : lora_format::registry().all()) {
      QTest::newRow(variant->descriptor.id.c_str()) << QString::fromStdString(variant->descriptor.id);
    }
  }

 private Q_SLOTS:
  void readsWhatItWrites_data() { eachFormat(); }
  void readsWhatItWrites() {
    QFETCH(QString, id);
    const auto& format = lora_format::registry().get(id.toStdString());
    QVERIFY(!format.descriptor.title.empty() && !format.descriptor.help.empty());
    QTemporaryDir folder;
    const std::string path = folder.filePath("lora.safetensors").toStdString();
    const LoraWeights before = sample();
    writeLora(path, before, id.toStdString());
    QVERIFY(format.accepts(SafetensorsFile::open(path)));
    for (const auto& other : lora_format::registry().all()) {
      if (other->descriptor.id != format.descriptor.id) QVERIFY(!other->accepts(SafetensorsFile::open(path)));
    }
    const LoraWeights after = readLora(path);
    QCOMPARE(after.layers.size(), before.layers.size());
    for (const auto& [name, layer] : before.layers) {
      const LoraLayer& read = after.layers.at(name);
      const at::Tensor delta = layer.scale() * at::mm(layer.up, layer.down);
      QVERIFY(torch::allclose(read.scale() * at::mm(read.up, read.down), delta, 1e-6, 1e-7));
    }
  }

  void refusesOtherFiles_data() { eachFormat(); }
  void refusesOtherFiles() {
    QFETCH(QString, id);
    QTemporaryDir folder;
    const std::string path = folder.filePath("model.safetensors").toStdString();
    writeSafetensors(path, {{"conv_in.weight", torch::ones({2, 2})}});
    QVERIFY(!lora_format::registry().get(id.toStdString()).accepts(SafetensorsFile::open(path)));
    QVERIFY_EXCEPTION_THROWN(readLora(path), Error);
    QVERIFY_EXCEPTION_THROWN(readLora(folder.path().toStdString() + "/none"), Error);
  }
};

QTEST_GUILESS_MAIN(LoraFormatTest)
#include "lora_format_test.moc"
