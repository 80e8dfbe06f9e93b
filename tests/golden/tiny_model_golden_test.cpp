// Outputs of the tiny model, recorded when this engine agreed with the reference implementations (parity
// folders sd1 and clip), so that a change of arithmetic is noticed where those folders are not at hand.
// Weights and inputs are pure functions of numbers. PLUMBLINE_WRITE_GOLDEN=1 records anew: only after
// `plumbline parity` has passed.
#include <QtTest>
#include <cmath>

#include "core/models/config_file.h"
#include "core/models/diffusion_model.h"
#include "core/models/tiny_model.h"

using namespace plumbline;

namespace {

constexpr int kSamples = 12;
constexpr double kTolerance = 2e-3;

at::Tensor wave(at::IntArrayRef shape) {
  int64_t count = 1;
  for (const int64_t n : shape) count *= n;
  return torch::sin(torch::arange(count, at::kFloat) * 0.37).view(shape);
}

// Evenly spread elements, then mean and root mean square.
std::vector<double> digestOf(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.detach().to(at::kDouble).reshape(-1);
  std::vector<double> numbers;
  for (int i = 0; i < kSamples; ++i) {
    numbers.push_back(flat[i * (flat.numel() - 1) / (kSamples - 1)].item<double>());
  }
  numbers.push_back(flat.mean().item<double>());
  numbers.push_back(std::sqrt(flat.square().mean().item<double>()));
  return numbers;
}

std::map<std::string, at::Tensor> outputs(const DiffusionModel& model) {
  torch::NoGradGuard guard;
  const at::Tensor text =
      model.encodeTokens(torch::tensor({{1, 5, 9, 30, 2, 0}, {1, 7, 7, 2, 0, 0}}, at::kLong));
  const at::Tensor latents = wave({2, 4, 8, 8}), pictures = wave({2, 3, 32, 32});
  const at::Tensor pixels = model.clipPreprocessing.apply(pictures, model.clip->imageSize());
  return {{"text", text},
          {"unet", model.unet->forward(latents, torch::tensor({20, 801}), text)},
          {"decoded", model.decodeLatents(latents)},
          {"encoded", model.encodePictures(pictures)},
          {"clip_image", model.clip->imageEmbeds(pixels)},
          {"clip_text", model.clip->textEmbeds(torch::tensor({{1, 5, 9, 2}}, at::kLong))}};
}

}  // namespace

class TinyModelGoldenTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void outputsAreThoseRecorded();
};

void TinyModelGoldenTest::outputsAreThoseRecorded() {
  QTemporaryDir folder;
  writeTinyModel(folder.path().toStdString(), 20);
  const std::string golden = QFINDTESTDATA("tiny_model.json").toStdString();
  Json recorded = Json::object();
  for (const auto& [name, tensor] : outputs(*loadModel(folder.path().toStdString())))
    recorded[name] = digestOf(tensor);
  if (qEnvironmentVariableIsSet("PLUMBLINE_WRITE_GOLDEN")) {
    writeConfig(golden, recorded);
    QSKIP("recorded anew");
  }
  const Json expected = readConfig(golden);
  QCOMPARE(expected.size(), recorded.size());
  for (const auto& [name, numbers] : expected.items()) {
    QVERIFY2(recorded.contains(name) && recorded[name].size() == numbers.size(), name.c_str());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const double is = recorded[name][i], was = numbers[i];
      QVERIFY2(
          std::abs(is - was) <= kTolerance * (1 + std::abs(was)),
          (name + "[" + std::to_string(i) + "] is " + std::to_string(is) + ", was " + std::to_string(was))
              .c_str());
    }
  }
}

QTEST_GUILESS_MAIN(TinyModelGoldenTest)
#include "tiny_model_golden_test.moc"
