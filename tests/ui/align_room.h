// The Align page on a project with reward models, runs with curves, strips and evaluations as the worker
// leaves them.
#pragma once

#include <QFile>
#include <QFileInfo>

#include "core/types/coco_rle.h"
#include "tests/ui/room.h"
#include "tests/ui/scripted_host.h"
#include "ui/widgets/metric_chart.h"

namespace plumbline::test {

inline nlohmann::json catalogue() {
  ParameterSchema schema;
  schema.add({"steps", ParameterType::kInteger, 48, 1, 1e6, {}, "steps", "Optimizer steps in each round"});
  schema.add({"beta", ParameterType::kReal, 0.1, 0, 1e6, {}, "", "Weight of the penalty outside the masks"});
  schema.add(
      {"mask_source", ParameterType::kChoice, "both", 0, 0, {"people", "head", "both"}, "", "Whose masks"});
  schema.add({"rank", ParameterType::kInteger, 16, 1, 256, {}, "", "LoRA rank", true});
  Descriptor method{"focus_n_fix",
                    "Focus-N-Fix (repair regions)",
                    "Fine-tunes the generator only where pictures are wrong.",
                    "2501.06481",
                    1,
                    schema,
                    {{"needs", {"prompts", "reward", "regions"}}}};
  return {{"alignment_method", nlohmann::json::array({method.toJson()})},
          {"job_kind", nlohmann::json::array()}};
}

struct AlignScript {
  std::unique_ptr<ScriptedHost> script;  // before the room: its host must outlive the window
};

struct AlignRoom : AlignScript, Room {
  explicit AlignRoom(std::function<void(Project&)> before = {}, const QByteArray& events = {},
                     bool catalog = true)
      : AlignScript{std::make_unique<ScriptedHost>(events, catalog ? catalogue() : nlohmann::json())},
        Room("align", {.queries = {"pair", "mask"},
                       .pictureSize = 64,
                       .before =
                           [&before](Project& p, const DemoProject&) {
                             if (before) before(p);
                           },
                       .hostProgram = script->program()}) {}

  QString texts(const char* name) {
    QStringList all;
    for (const QLabel* label : page->findChildren<QLabel*>(QString::fromLatin1(name))) all << label->text();
    return all.join("\n");
  }
};

inline void addReward(Project& p) {
  p.rewardModels().add({.version = "rm1",
                        .path = "runs/1/reward",
                        .head = "ensemble",
                        .metrics = {{"heldout", {{"accuracy", 0.87}}}, {"region", {{"pictures", 34}}}}});
}

inline void addReward2(Project& p) {
  p.rewardModels().add({.version = "rm2", .path = "runs/2/reward", .head = "ensemble"});
}

// A running fine-tune with curves, as the worker would leave it.
inline std::int64_t addRun(Project& p, std::int64_t* job = nullptr,
                           const nlohmann::json& settings = nlohmann::json::object()) {
  JobRow row;
  row.kind = "align";
  row.title = "Focus-N-Fix (repair regions)";
  row.spec = {{"method", "focus_n_fix"}, {"settings", settings}};
  const std::int64_t id = p.jobs().enqueue(row);
  p.jobs().claimJob(id);
  RunRow run;
  run.kind = "align";
  run.method = "focus_n_fix";
  run.job = id;
  const std::int64_t runId = p.runs().create(run);
  p.jobs().setRun(id, runId);
  p.jobs().heartbeat(id, {"training", 20, 48});
  for (int step = 0; step <= 20; ++step) {
    p.runs().addMetrics(runId,
                        {{"loss", step, 2.0 / (1 + step), 0}, {"outside_change", step, 0.05 * step, 0}});
    if (step % 4 == 0) {
      p.runs().addMetrics(runId, {{"strip_reward", step, 0.1 * step, 0},
                                  {"strip_reward_held_out", step, 0.08 * step, 0},
                                  {"distance_to_reference", step, 0.3 * step, 0}});
    }
  }
  if (job) *job = id;
  return runId;
}

inline void savePicture(const QString& path, const QImage& image) {
  QDir().mkpath(QFileInfo(path).path());
  if (!image.save(path)) qFatal("cannot write %s", qPrintable(path));
}

inline QImage repaired(int number) {
  QImage image = drawScene(number, 64);
  for (int y = 24; y < 40; ++y) {
    for (int x = 40; x < 58; ++x) image.setPixelColor(x, y, Qt::white);
  }
  return image;
}

inline Mask middle() {
  Mask mask(64, 64);
  for (int y = 20; y < 44; ++y) {
    for (int x = 36; x < 62; ++x) mask.at(x, y) = 1;
  }
  return mask;
}

inline void write(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(path));
  file.write(bytes);
}

// What strip.json says is how a run of pictures without painted regions looks.
inline void addStrips(Project& p, std::int64_t run, const QList<int>& steps, bool masks = false) {
  const QString folder = QString::fromStdString((p.runFolder(run) / "strips").string());
  QDir().mkpath(folder);
  nlohmann::json row{{"prompt", "a prompt"}};
  if (masks) row["mask"] = cocoEncode(middle());
  write(folder + "/strip.json", QByteArray::fromStdString(nlohmann::json::array({row, row}).dump()));
  for (int i = 0; i < 4; ++i) {
    const QString name = QStringLiteral("/%1.png").arg(i);
    savePicture(folder + "/reference" + name, drawScene(2 * i + 1, 64));
    for (const int step : steps)
      savePicture(folder + QStringLiteral("/step-%1").arg(step) + name,
                  step >= 16 ? repaired(2 * i + 1) : drawScene(2 * i + 1, 64));
  }
}

inline void addEvaluation(Project& p, std::int64_t run) {
  const QString folder = QString::fromStdString((p.folder() / "eval").string());
  QByteArray lines;
  for (int i = 0; i < 6; ++i) {
    const QString file = QStringLiteral("%1.png").arg(i, 4, 10, QChar('0'));
    savePicture(folder + "/base/" + file, drawScene(2 * i + 1, 64));
    savePicture(folder + "/tuned/" + file, repaired(2 * i + 1));
    const nlohmann::json line{
        {"file", file.toStdString()}, {"prompt", "a prompt"}, {"mask", cocoEncode(middle())}};
    lines += QByteArray::fromStdString(line.dump()) + "\n";
  }
  write(folder + "/prompts.jsonl", lines);
  JobRow job;
  job.kind = "evaluate";
  const std::int64_t id = p.jobs().enqueue(job);
  p.jobs().claimJob(id);
  p.jobs().succeed(id, {{"run", run}, {"folder", "eval"}});
}

inline std::int64_t addFinishedRun(Project& p, const nlohmann::json& settings = nlohmann::json::object()) {
  std::int64_t job = 0;
  const std::int64_t run = addRun(p, &job, settings);
  p.jobs().succeed(job, {{"run", run}, {"steps", 48}, {"reason", ""}});
  p.runs().setState(run, JobState::kSucceeded);
  return run;
}

inline bool hasPoints(MetricChart* chart) {
  for (int x = 0; x < chart->width(); x += 10) {
    for (int y = 0; y < chart->height(); y += 10) {
      if (!chart->textAt(QPoint(x, y)).isEmpty()) return true;
    }
  }
  return false;
}

}  // namespace plumbline::test
