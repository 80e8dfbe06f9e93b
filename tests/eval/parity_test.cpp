// The recorded reference tensors beside the project, where they are there; and that a single altered value in
// them, or in the weights, is noticed.
#include "core/eval/parity.h"

#include <QtTest>
#include <filesystem>

#include "core/models/clip_folder.h"
#include "core/models/tiny_model.h"
#include "core/types/error.h"
#include "core/weights/safetensors.h"

using namespace plumbline;
namespace fs = std::filesystem;

namespace {

std::string parityFolder(const char* name) {
  const QByteArray source = qgetenv("PLUMBLINE_SOURCE_DIR");
  const fs::path folder =
      fs::path(source.isEmpty() ? "." : source.toStdString()) / ".." / "shared" / "parity" / name;
  return fs::exists(folder) ? folder.string() : std::string();
}

struct Counts {
  int passed = 0, failed = 0, skipped = 0;
  std::string failures;
};

Counts count(const std::string& folder) {
  Counts counts;
  const ParityRegistries registries{sampler::registry(), lora_format::registry()};
  for (const ParityResult& r : runParity(folder, registries)) {
    counts.passed += r.outcome == ParityOutcome::kPass;
    counts.skipped += r.outcome == ParityOutcome::kSkipped;
    if (r.outcome != ParityOutcome::kFail) continue;
    ++counts.failed;
    counts.failures += r.name + " " + std::to_string(r.maxAbsolute) + " " + r.note + "; ";
  }
  return counts;
}

// Rewrites a file with one number of one tensor changed.
void alter(const std::string& path, const std::string& name, double by) {
  auto tensors = SafetensorsFile::open(path).tensors();
  at::Tensor flat = tensors.at(name).view(-1);
  flat[flat.numel() / 2].add_(flat.is_floating_point() ? at::Scalar(by) : at::Scalar(int64_t(by)));
  writeSafetensors(path, tensors);
}

}  // namespace

class ParityTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  // So small a model is quicker on one thread, whatever else the machine does.
  void initTestCase() { at::set_num_threads(1); }
  void folders_data();
  void folders();
  void alteredValuesAreNoticed_data();
  void alteredValuesAreNoticed();
  void recordOfAnotherModelFails();
  void notAParityFolder();
};

void ParityTest::folders_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<int>("atLeast");
  QTest::newRow("sd1") << "sd1" << 13;
  QTest::newRow("clip") << "clip" << 3;
  QTest::newRow("lora_sd1") << "lora_sd1" << 2;
  QTest::newRow("schedulers") << "schedulers" << 22;
  QTest::newRow("tokenizer") << "tokenizer" << 72;
}

void ParityTest::folders() {
  QFETCH(QString, name);
  QFETCH(int, atLeast);
  const std::string folder = parityFolder(qPrintable(name));
  if (folder.empty()) QSKIP("no recorded tensors beside the project");
  const Counts counts = count(folder);
  QVERIFY2(counts.failed == 0, counts.failures.c_str());
  QVERIFY2(counts.passed >= atLeast, std::to_string(counts.passed).c_str());
}

void ParityTest::alteredValuesAreNoticed_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<QString>("file");
  QTest::addColumn<QString>("tensor");
  QTest::addColumn<double>("by");
  const auto row = [](const char* name, const char* file, const char* tensor, double by = 0.01) {
    QTest::newRow(tensor) << name << file << tensor << by;
  };
  row("sd1", "expected.safetensors", "run.ddim.timesteps", 1);
  row("sd1", "vae/diffusion_pytorch_model.safetensors", "decoder.conv_out.bias");
  row("sd1", "unet/diffusion_pytorch_model.safetensors", "conv_out.bias");
  row("clip", "model.safetensors", "logit_scale");
  row("clip", "expected.safetensors", "image_embeds");
  row("schedulers", "expected.safetensors", "ddim_eta1_epsilon.noise", 0.5);
}

void ParityTest::alteredValuesAreNoticed() {
  QFETCH(QString, name);
  QFETCH(QString, file);
  QFETCH(QString, tensor);
  QFETCH(double, by);
  const std::string folder = parityFolder(qPrintable(name));
  if (folder.empty()) QSKIP("no recorded tensors beside the project");
  QTemporaryDir copy;
  fs::copy(folder, copy.path().toStdString(), fs::copy_options::recursive);
  for (const auto& item : fs::recursive_directory_iterator(copy.path().toStdString())) {
    fs::permissions(item, fs::perms::owner_write, fs::perm_options::add);
  }
  alter(copy.filePath(file).toStdString(), tensor.toStdString(), by);
  QVERIFY(count(copy.path().toStdString()).failed > 0);
}

void ParityTest::recordOfAnotherModelFails() {
  QTemporaryDir folder;
  const std::string base = folder.path().toStdString();
  writeTinyModel(base + "/model", 1);
  const std::string clip = base + "/model/clip";
  torch::NoGradGuard guard;
  const auto model = loadClip(clip).model;
  const at::Tensor image = torch::sin(torch::arange(2 * 3 * 32 * 32, at::kFloat)).view({2, 3, 32, 32});
  const at::Tensor ids = torch::arange(24, at::kLong).view({2, 12});
  const at::Tensor imageEmbeds = model->imageEmbeds(image), textEmbeds = model->textEmbeds(ids);
  writeSafetensors(clip + "/expected.safetensors",
                   {{"image", image},
                    {"input_ids", ids},
                    {"image_embeds", imageEmbeds},
                    {"text_embeds", textEmbeds},
                    {"logits_per_image", model->logitsPerImage(imageEmbeds, textEmbeds)}});
  QCOMPARE(count(clip).failed, 0);
  QCOMPARE(count(clip).passed, 3);
  const std::string other = base + "/other";
  writeTinyModel(other, 2);
  fs::copy_file(clip + "/expected.safetensors", other + "/clip/expected.safetensors");
  QVERIFY(count(other + "/clip").failed > 0);
}

void ParityTest::notAParityFolder() {
  QTemporaryDir folder;
  QVERIFY_EXCEPTION_THROWN(count(folder.path().toStdString()), Error);
}

QTEST_GUILESS_MAIN(ParityTest)
#include "parity_test.moc"
