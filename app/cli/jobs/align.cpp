// A fine-tune. Everything it depends on is pinned in the run's row when it first starts, so that a run that
// was killed ends with the same weights as one that was not.
#include <algorithm>
#include <fstream>
#include <set>

#include "app/cli/catalog.h"
#include "app/cli/host/engine.h"
#include "app/cli/host/project_model.h"
#include "app/cli/jobs/align_inputs.h"
#include "app/cli/jobs/picture_maker.h"
#include "core/align/diffusion_align_model.h"
#include "core/align/region_mask.h"
#include "core/align/trainer.h"
#include "core/image/png.h"
#include "core/tensor/picture_tensor.h"
#include "core/types/coco_rle.h"
#include "core/types/sha256.h"

namespace plumbline::job_kind {
namespace {

namespace fs = std::filesystem;

struct Config {
  std::string method = "focus_n_fix";
  std::int64_t rewardModel = 0;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema =
      ConfigSchema<Config>()
          .text("method", &Config::method, "Id of an alignment method")
          .integer("reward_model", &Config::rewardModel, 0, 9007199254740991.0, "",
                   "Row of the reward model; 0: the newest");
  return kSchema;
}

RunRow openRun(Work& work, const alignment_method::AlignmentMethod& method, std::int64_t base) {
  if (work.row.run) return *work.project.runs().find(*work.row.run);
  const Json settings = method.descriptor.parameters.complete(work.spec.at("settings"));
  std::int64_t reward = work.spec.at("reward_model").get<std::int64_t>();
  if (reward == 0) {
    const auto latest = work.project.rewardModels().latest();
    reward = latest ? latest->id : 0;
  }
  RunRow run;
  run.kind = "align";
  run.method = method.descriptor.id;
  run.methodVersion = method.descriptor.version;
  run.name = method.descriptor.title;
  std::int64_t lastPrompt = 0;
  for (const Prompt& prompt : work.project.prompts().list("train"))
    lastPrompt = std::max(lastPrompt, prompt.id);
  run.settings = {{"config", settings}, {"reward_model", reward}, {"up_to_prompt", lastPrompt}};
  run.seed = settings.value("seed", std::int64_t(0));
  run.model = base;
  run.job = work.row.id;
  run.upToAnswer = work.project.answers().latestId();
  run.software = programVersion();
  run.fingerprint = work.engine.fingerprint();
  run.id = work.project.runs().create(run);
  work.attachRun(run.id);
  return run;
}

// Takes the run's adapters off the shared model again, however the run ends. Others, which were loaded while
// it let more urgent work pass, stay.
class AdapterGuard {
 public:
  AdapterGuard(LoraSet& adapters, const alignment_method::Plan& plan) : adapters_(adapters), own_{"ema"} {
    for (const auto& a : plan.adapters) own_.insert(a.adapter.name);
  }
  ~AdapterGuard() {
    for (const std::string& name : adapters_.names()) {
      if (own_.contains(name)) adapters_.remove(name);
    }
  }

 private:
  LoraSet& adapters_;
  std::set<std::string> own_;
};

std::string fileHash(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  Sha256 hash;
  std::vector<char> block(1 << 20);
  while (file.read(block.data(), std::streamsize(block.size())) || file.gcount() > 0) {
    hash.update(block.data(), std::size_t(file.gcount()));
  }
  return hexDigest(hash.finish());
}

void noteCheckpoint(Work& work, std::int64_t run, std::int64_t step, const std::string& kind,
                    const fs::path& path, const Json& info) {
  const std::string relative = fs::relative(path, work.project.folder()).string();
  for (const CheckpointRow& row : work.project.runs().checkpoints(run, kind)) {
    if (row.path == relative) return;
  }
  CheckpointRow row;
  row.run = run;
  row.step = step;
  row.kind = kind;
  row.path = relative;
  row.hash = fs::is_regular_file(path) ? fileHash(path) : "";
  row.info = info;
  work.project.runs().addCheckpoint(row);
}

// Notes the run's files in the store as the trainer reports them.
class RunSink : public ProgressSink {
 public:
  RunSink(Work& work, std::int64_t run) : work_(work), run_(run) {}
  void progress(const std::string& phase, std::int64_t done, std::int64_t total) override {
    work_.sink.progress(phase, done, total);
  }
  void metric(const std::string& name, std::int64_t step, double value) override {
    work_.sink.metric(name, step, value);
  }
  void artifact(const std::string& kind, const std::string& path) override {
    work_.sink.artifact(kind, path);
    if (kind != "checkpoint") return;
    for (const std::int64_t step : checkpointSteps(work_.project.runFolder(run_))) {
      if (checkpointPath(work_.project.runFolder(run_), step) == path)
        noteCheckpoint(work_, run_, step, kind, path, Json::object());
    }
  }
  void warning(const std::string& message) override { work_.sink.warning(message); }

 private:
  Work& work_;
  std::int64_t run_;
};

// What is drawn again and again while the run goes on: first pictures in which people painted a region, so
// that the window can show where things may change, then prompts of the data. strips/strip.json says of each
// its prompt and its mask, grown as the method grows it.
void chooseStrip(const AlignData& data, AlignRun& run) {
  const std::size_t wanted = run.config.value("strip_pictures", std::size_t(0));
  Json rows = Json::array();
  for (const PaintedRegion& region : data.regions) {
    const bool painted =
        std::find(region.mask.data.begin(), region.mask.data.end(), 1) != region.mask.data.end();
    if (!painted || rows.size() == wanted) continue;
    if (rows.empty()) run.stripSettings = region.source.settings;
    if (region.source.settings != run.stripSettings) continue;
    const at::Tensor grown = dilate(maskTensor(region.mask), run.config.value("mask_dilation", 0));
    run.strip.push_back(region.source.item);
    rows.push_back({{"prompt", region.source.item.prompt}, {"mask", cocoEncode(toMask(grown))}});
  }
  for (const DrawItem& item : data.prompts) {
    if (rows.size() == wanted) break;
    run.strip.push_back(item);
    rows.push_back({{"prompt", item.prompt}});
  }
  fs::create_directories(run.folder / "strips");
  std::ofstream(run.folder / "strips" / "strip.json") << rows.dump(1) << "\n";
}

void writeStrip(const fs::path& folder, const at::Tensor& pictures) {
  fs::create_directories(folder);
  const std::vector<Picture> all = toPictures(pictures);
  for (std::size_t i = 0; i < all.size(); ++i)
    writePng((folder / (std::to_string(i) + ".png")).string(), all[i]);
}

const char* endName(AlignEnd end) {
  switch (end) {
    case AlignEnd::kFinished:
      return "finished";
    case AlignEnd::kStoppedEarly:
      return "stopped_early";
    case AlignEnd::kPaused:
      return "paused";
    case AlignEnd::kWaiting:
      return "waiting";
  }
  return "";
}

Outcome close(Work& work, const RunRow& run, const AlignOutcome& outcome) {
  if (outcome.end == AlignEnd::kPaused) throw Error(ErrorKind::kCancelled, "paused");
  if (outcome.end == AlignEnd::kWaiting) {
    Outcome waiting;
    const Json wait = outcome.summary.value("wait", Json::object());
    waiting.wait = Outcome::Wait{wait.value("queries", std::vector<std::int64_t>{}),
                                 wait.value("answers", std::int64_t(1))};
    return waiting;
  }
  noteCheckpoint(work, run.id, outcome.steps, "adapter", outcome.folder, {{"adapter", outcome.adapter}});
  const Json result{{"run", run.id},
                    {"end", endName(outcome.end)},
                    {"reason", outcome.reason},
                    {"steps", outcome.steps},
                    {"adapter", fs::relative(outcome.folder, work.project.folder()).string()},
                    {"summary", outcome.summary}};
  work.project.runs().setResult(run.id, result);
  if (outcome.end == AlignEnd::kStoppedEarly) work.sink.warning("stopped early: " + outcome.reason);
  return {result, {}};
}

Outcome run(Work& work) {
  Json flat = work.spec;
  flat.erase("settings");
  const Config config = schema().fromJson(flat);
  const alignment_method::AlignmentMethod& method = work.catalog.alignmentMethods.get(config.method);
  const fs::path folder = projectModelPath(work.project);
  PictureMaker maker(work, {}, 0);  // names the base generator's row
  const RunRow row = openRun(work, method, maker.model());
  if (row.model != maker.model()) {
    throw Error(ErrorKind::kInvalidInput,
                "the project's generator is not the one this run was started with; set that one again in the "
                "settings, or start a new run");
  }
  if (row.methodVersion != method.descriptor.version) {
    throw Error(
        ErrorKind::kUnsupported,
        "this run was begun by another version of its method and cannot go on as it began; start a new "
        "run with the same settings");
  }
  work.project.runs().setState(row.id, JobState::kRunning);
  const Json& settings = row.settings.at("config");
  const AlignData data = alignData(work, row);
  const auto made = method.create(settings);
  data.require(made->plan().needs);

  const AdapterGuard guard(*work.engine.adapters(folder), made->plan());
  DiffusionAlignModel model(work.engine.model(folder), work.engine.adapters(folder),
                            work.engine.frozenPictures(folder));
  AlignControl control;
  const auto yield = [&] {
    control.pause = work.pause.load();
    control.finish = work.finish.load();
    work.yield();
  };
  model.setYield(yield);
  AlignRun alignRun;
  alignRun.folder = work.project.runFolder(row.id);
  alignRun.resume = true;
  alignRun.config = settings;
  alignRun.writeStrip = writeStrip;
  alignRun.yield = yield;
  alignRun.control = &control;
  chooseStrip(data, alignRun);
  RunSink sink(work, row.id);
  AlignTrainer trainer(*made, model, data, alignRun, sink, work.stop);
  return close(work, row, trainer.run());
}

}  // namespace

void register_align(Registry& registry) {
  Kind kind;
  kind.descriptor = {"align",
                     "Fine-tune",
                     "Fine-tunes the generator with an alignment method, from the project's answers.",
                     "survey 4",
                     1,
                     schema().schema()};
  kind.objects = {"settings"};
  kind.priority = JobPriority::kTraining;
  kind.pausesItself = true;
  kind.run = run;
  addKind(registry, std::move(kind));
}

}  // namespace plumbline::job_kind
