#include "ui/models/align_overview.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <algorithm>
#include <filesystem>
#include <set>

#include "core/types/coco_rle.h"
#include "db/project.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

// The context under which lupdate files what stands in tr() here.
QString tr(const char* text) {
  return QCoreApplication::translate("plumbline", text);
}

// Where the project says that its generator lies; a bundled one, known by name only, is always there.
QString missingModel(Project& project) {
  const nlohmann::json model = project.settings().get("model", nlohmann::json::object());
  if (!model.is_object() || !model.contains("path") || !model["path"].is_string()) return {};
  fs::path path = model["path"].get<std::string>();
  if (path.is_relative()) path = project.folder() / path;
  std::error_code error;
  return fs::exists(path / "model_index.json", error) ? QString() : QString::fromStdString(path.string());
}

std::vector<AlignEntry> readEntries(Project& project) {
  std::vector<AlignEntry> entries;
  std::vector<RunRow> runs = project.runs().list("align");
  std::set<std::int64_t> taken;
  for (JobRow& job : project.jobs().list()) {
    if (job.kind != "align") continue;
    AlignEntry entry;
    for (const RunRow& run : runs) {
      const bool same = job.run ? run.id == *job.run : run.job == job.id;
      if (same) entry.run = run;
    }
    if (entry.run) taken.insert(entry.run->id);
    entry.job = std::move(job);
    entries.push_back(std::move(entry));
  }
  for (RunRow& run : runs) {
    if (!taken.contains(run.id)) entries.push_back({std::nullopt, std::move(run)});
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const AlignEntry& a, const AlignEntry& b) { return a.createdMs() > b.createdMs(); });
  return entries;
}

QString stripFolder(Project& project, std::int64_t run) {
  return QString::fromStdString((project.runFolder(run) / "strips").string());
}

QImage readPicture(const QString& path) {
  QImageReader reader(path);
  return reader.read();  // null if it is not there yet
}

// The evaluation folder holds only the latest one: is it of this run?
bool judgedIs(Project& project, std::int64_t run) {
  for (const JobRow& job : project.jobs().list({JobState::kSucceeded})) {
    if (job.kind != "evaluate") continue;
    return job.result.is_object() && job.result.value("run", std::int64_t(0)) == run;
  }
  return false;
}

// Prompt and mask of a row that a run or an evaluation wrote beside its pictures.
SamplePair described(const nlohmann::json& row) {
  SamplePair pair;
  if (!row.is_object()) return pair;
  pair.prompt = QString::fromStdString(row.value("prompt", std::string()));
  if (row.contains("mask") && row["mask"].is_object()) pair.mask = cocoDecode(row["mask"]);
  return pair;
}

QString judgedFolder(Project& project) {
  return QString::fromStdString((project.folder() / "eval").string());
}

std::vector<SamplePair> readJudged(Project& project, int most) {
  const QDir folder(judgedFolder(project));
  std::vector<SamplePair> pairs;
  QFile lines(folder.filePath("prompts.jsonl"));
  if (!lines.open(QIODevice::ReadOnly)) return pairs;
  while (!lines.atEnd() && int(pairs.size()) < most) {
    const QByteArray line = lines.readLine();
    const auto item = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
    if (!item.is_object()) continue;
    const QString file = QString::fromStdString(item.value("file", std::string()));
    SamplePair pair = described(item);
    pair.base = readPicture(folder.filePath("base/" + file));
    pair.tuned = readPicture(folder.filePath("tuned/" + file));
    if (!pair.base.isNull() && !pair.tuned.isNull()) pairs.push_back(std::move(pair));
  }
  return pairs;
}

std::vector<SamplePair> readStrip(Project& project, std::int64_t run, int step, int most) {
  const QDir strips(stripFolder(project, run));
  QFile file(strips.filePath("strip.json"));
  const QByteArray bytes = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("[]");
  const auto rows = nlohmann::json::parse(bytes.begin(), bytes.end(), nullptr, false);
  std::vector<SamplePair> pairs;
  for (int i = 0; i < most; ++i) {
    const QString name = QStringLiteral("%1.png").arg(i);
    SamplePair pair =
        rows.is_array() && std::size_t(i) < rows.size() ? described(rows[std::size_t(i)]) : SamplePair();
    pair.base = readPicture(strips.filePath("reference/" + name));
    pair.tuned = readPicture(strips.filePath(QStringLiteral("step-%1/%2").arg(step).arg(name)));
    if (pair.base.isNull() || pair.tuned.isNull()) break;
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

QString samplesStamp(Project& project, std::int64_t run, int step, int most) {
  QStringList parts{QString::number(run), QString::number(step)};
  const auto note = [&parts](const QString& path) {
    const QFileInfo file(path);
    parts << QString::number(file.size()) << QString::number(file.lastModified().toMSecsSinceEpoch());
  };
  if (step < 0) {  // an evaluation's folder comes in one piece
    note(judgedFolder(project) + "/prompts.jsonl");
  } else {
    const QString strips = stripFolder(project, run);
    note(strips + "/strip.json");
    for (int i = 0; i < most; ++i) {
      note(QStringLiteral("%1/reference/%2.png").arg(strips).arg(i));
      note(QStringLiteral("%1/step-%2/%3.png").arg(strips).arg(step).arg(i));
    }
  }
  return parts.join(' ');
}

MethodNeed need(bool met, const QString& have, const QString& lack, const QString& page = {},
                const QString& button = {}) {
  return met ? MethodNeed{have, true, {}, {}} : MethodNeed{lack, false, page, button};
}

}  // namespace

QString AlignEntry::method() const {
  if (run) return QString::fromStdString(run->method);
  return QString::fromStdString(job->spec.is_object() ? job->spec.value("method", std::string("focus_n_fix"))
                                                      : std::string());
}

nlohmann::json AlignEntry::settings() const {
  const nlohmann::json& said = job ? job->spec : run->settings;
  return said.is_object() ? said.value(job ? "settings" : "config", nlohmann::json::object())
                          : nlohmann::json::object();
}

AlignFacts AlignFacts::read(Project& project) {
  AlignFacts facts;
  facts.entries = readEntries(project);
  facts.rewardModels = project.rewardModels().list();
  facts.prompts = project.prompts().count("train");
  facts.heldOutPrompts = project.prompts().count("held_out");
  for (const JobRow& job : project.jobs().list({JobState::kQueued, JobState::kRunning, JobState::kWaiting})) {
    if (job.kind == "evaluate" && job.spec.is_object())
      facts.evaluating.push_back(job.spec.value("run", std::int64_t(0)));
  }
  for (const ObservationRow& row : project.observations().current()) {
    if (row.split == "held_out") continue;
    facts.pairs += std::holds_alternative<Comparison>(row.observation);
    facts.binaries += std::holds_alternative<Level>(row.observation);
    const auto* region = std::get_if<Region>(&row.observation);
    facts.masks += region && !region->mask.is_null();
  }
  facts.modelMissing = missingModel(project);
  return facts;
}

const AlignEntry* AlignFacts::find(qint64 job, qint64 run) const {
  for (const AlignEntry& entry : entries) {
    if ((job > 0 && entry.jobId() == job) || (run > 0 && entry.runId() == run)) return &entry;
  }
  return nullptr;
}

bool AlignFacts::hasRegionHead(std::int64_t rewardModel) const {
  for (const RewardModelRow& row : rewardModels) {
    if (rewardModel != 0 && row.id != rewardModel) continue;
    const nlohmann::json region =
        row.metrics.is_object() ? row.metrics.value("region", nlohmann::json::object()) : nlohmann::json();
    return region.is_object() && region.value("pictures", 0) > 0;
  }
  return false;
}

MethodNeed checkNeed(const std::string& name, const AlignFacts& facts, std::int64_t rewardModel) {
  const QString toReward = tr("Train a reward"), toAnnotate = tr("Go to Annotate");
  if (name == "prompts")
    return need(facts.prompts > 0, tr("Prompts to learn from: %1").arg(facts.prompts),
                tr("No prompts for training yet."), "prompts", tr("Add prompts"));
  if (name == "reward" || name == "score")
    return need(!facts.rewardModels.empty(), tr("A reward model is trained"),
                tr("No reward model yet: it says which way is better."), "reward", toReward);
  if (name == "regions") {
    const bool head = facts.hasRegionHead(rewardModel);
    return need(facts.masks > 0 || head,
                head ? tr("Masks: %1, and a region head").arg(facts.masks) : tr("Masks: %1").arg(facts.masks),
                tr("No masks yet: nobody has painted where pictures are wrong."), "annotate", toAnnotate);
  }
  if (name == "trajectory_groups")
    return need(facts.pairs > 0, tr("Comparisons: %1").arg(facts.pairs), tr("No compared pictures yet."),
                "annotate", toAnnotate);
  if (name == "labelled_singles")
    return need(facts.binaries > 0, tr("Pictures called good or bad: %1").arg(facts.binaries),
                tr("No pictures called good or bad yet."), "annotate", toAnnotate);
  return {tr("Also needs: %1").arg(QString::fromStdString(name)), true, {}, {}};  // the worker checks it
}

QString evaluationProblem(const AlignFacts& facts, std::int64_t run) {
  if (facts.rewardModels.empty()) return tr("It needs a reward model: train one on Reward.");
  if (facts.heldOutPrompts == 0)
    return tr("It needs held-out prompts: import some with the split held_out on Prompts.");
  const auto& busy = facts.evaluating;
  return std::find(busy.begin(), busy.end(), run) != busy.end() ? tr("It is being evaluated; see Jobs.")
                                                                : QString();
}

RunDetail RunDetail::read(Project& project, std::int64_t run) {
  RunDetail detail;
  for (const MetricRow& row : project.runs().metrics(run)) {
    Curve& curve = detail.curves[QString::fromStdString(row.name)];
    curve.steps << double(row.step);
    curve.values << row.value;
  }
  const QDir strips(stripFolder(project, run));
  for (const QString& name : strips.entryList({"step-*"}, QDir::Dirs | QDir::NoDotAndDotDot)) {
    bool number = false;
    const int step = name.mid(5).toInt(&number);
    if (number) detail.strips << step;
  }
  std::sort(detail.strips.begin(), detail.strips.end());
  detail.hasJudged = judgedIs(project, run);
  return detail;
}

std::optional<SampleSet> readSamples(Project& project, std::int64_t run, int step, int most,
                                     const QString& known) {
  SampleSet set{step, samplesStamp(project, run, step, most), {}};
  if (set.stamp == known) return std::nullopt;
  set.pairs = step < 0 ? readJudged(project, most) : readStrip(project, run, step, most);
  return set;
}

double meanChange(const SamplePair& pair) {
  const QImage a = pair.base.convertToFormat(QImage::Format_RGB888);
  const QImage b = pair.tuned.convertToFormat(QImage::Format_RGB888);
  if (a.size() != b.size() || a.isNull()) return 0;
  const bool masked = pair.mask.width == a.width() && pair.mask.height == a.height();
  double sum = 0, count = 0;
  for (int y = 0; y < a.height(); ++y) {
    const uchar *left = a.constScanLine(y), *right = b.constScanLine(y);
    for (int x = 0; x < a.width(); ++x) {
      if (masked && pair.mask.at(x, y)) continue;
      for (int c = 0; c < 3; ++c) sum += std::abs(int(left[3 * x + c]) - int(right[3 * x + c]));
      count += 3;
    }
  }
  return count > 0 ? sum / count : 0;
}

}  // namespace plumbline
