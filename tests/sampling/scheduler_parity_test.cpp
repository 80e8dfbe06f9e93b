// DDIM and DPM-Solver++ 2M step by step against recorded trajectories, with the recorded noise.
#include <torch/torch.h>

#include <QTest>
#include <filesystem>
#include <fstream>

#include "core/sampling/sampler.h"
#include "core/weights/safetensors.h"

using namespace plumbline;

namespace {

std::string folder() {
  return std::string(qgetenv("PLUMBLINE_SOURCE_DIR")) + "/../shared/parity/schedulers";
}

Json settingsOf(const Json& entry, const std::string& id) {
  Json settings = Json::object();
  if (id == "ddim") settings["eta"] = entry["step_kwargs"].value("eta", 0.0);
  if (id == "dpmpp_2m") {
    settings["karras"] = entry["config"].value("use_karras_sigmas", false);
    settings["sde"] = entry["config"].value("algorithm_type", "") == "sde-dpmsolver++";
  }
  return settings;
}

// The largest difference in units of the tolerance (1e-4 absolute plus 1e-4 relative).
double excess(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).abs() / (1e-4 + 1e-4 * b.abs())).max().item<double>();
}

}  // namespace

class SchedulerParityTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void followsRecordedTrajectories_data() {
    QTest::addColumn<QString>("sampler");
    QTest::addColumn<QString>("entry");
    if (!std::filesystem::exists(folder())) QSKIP("no reference trajectories beside the project");
    std::ifstream file(folder() + "/expected.json");
    const Json expected = Json::parse(file);
    for (const Json& entry : expected["cases"]) {
      const std::string type = entry["class"];
      const QString id = type == "DDIMScheduler"                 ? "ddim"
                         : type == "DPMSolverMultistepScheduler" ? "dpmpp_2m"
                                                                 : "";
      if (!id.isEmpty()) {
        QTest::newRow(entry["name"].get<std::string>().c_str()) << id << QString::fromStdString(entry.dump());
      }
    }
  }

  void followsRecordedTrajectories() {
    QFETCH(QString, sampler);
    QFETCH(QString, entry);
    const Json config = Json::parse(entry.toStdString());
    const std::string name = config["name"], id = sampler.toStdString();
    const SafetensorsFile file = SafetensorsFile::open(folder() + "/expected.safetensors");
    const auto run =
        sampler::registry().get(id).start(config["config"], config["steps"], settingsOf(config, id));

    const at::Tensor times = file.tensor(name + ".timesteps"), path = file.tensor(name + ".trajectory");
    QCOMPARE(std::int64_t(run->timesteps().size()), times.numel());
    const at::Tensor noise = file.contains(name + ".noise") ? file.tensor(name + ".noise") : at::Tensor();
    sampler::SamplerState state{path[0], {}};
    std::int64_t drawn = 0;
    double worst = 0;
    for (std::int64_t i = 0; i < times.numel(); ++i) {
      QCOMPARE(run->timesteps()[std::size_t(i)], times[i].item<std::int64_t>());
      const at::Tensor input = run->scaleInput(state.x, int(i));
      const at::Tensor answer =
          torch::tanh(0.7 * input + 0.001 * double(run->timesteps()[std::size_t(i)])) * 0.9;
      const bool draws = run->needsNoise(int(i));
      state = run->step(answer, int(i), state, draws ? noise[drawn] : at::Tensor());
      drawn += draws ? 1 : 0;
      worst = std::max(worst, excess(state.x, path[i + 1]));
    }
    QVERIFY2(worst <= 1, qPrintable(QString("%1 times the tolerance").arg(worst)));
    if (noise.defined()) QCOMPARE(drawn, noise.size(0));
  }
};

QTEST_GUILESS_MAIN(SchedulerParityTest)
#include "scheduler_parity_test.moc"
