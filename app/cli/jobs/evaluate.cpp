// Judges a fine-tune on held-out prompts at equal seeds, with the untouched base and, if wanted, with a
// second run that is taken at the checkpoint where it leaves most nearly as many regions as the first.
#include <fstream>

#include "app/cli/catalog.h"
#include "app/cli/host/engine.h"
#include "app/cli/host/project_model.h"
#include "app/cli/jobs/evaluation_request.h"
#include "app/cli/jobs/picture_maker.h"
#include "app/cli/jobs/reward_access.h"
#include "core/align/alignment_method.h"
#include "core/align/checkpoint.h"
#include "core/align/diffusion_align_model.h"
#include "core/align/model_reward.h"
#include "core/align/region_analysis.h"
#include "core/eval/evaluation.h"
#include "core/scenes/prompt.h"

namespace plumbline::job_kind {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMatchIndices = 1u << 29;  // noise of the pictures at which two runs are matched

struct Config : EvaluationRequest {
  std::int64_t run = 0;
  std::int64_t draft = 0;
  int matchPictures = 480;
  int matchRegions = 96;
  int decidedPictures = 0;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = [] {
    ConfigSchema<Config> s;
    s.integer("run", &Config::run, 0, 9007199254740991.0, "", "The finished fine-tune to judge")
        .integer("draft", &Config::draft, 0, 9007199254740991.0, "",
                 "A second run to compare with, at the checkpoint that leaves most nearly as many regions; "
                 "0: none")
        .integer("match_pictures", &Config::matchPictures, 1, 100000, "pictures",
                 "Pictures of labelled prompts, at most, that the base draws to find those with a region",
                 true)
        .integer("match_regions", &Config::matchRegions, 1, 100000, "pictures",
                 "Pictures with a region, at most, at which the second run's checkpoint is chosen", true)
        .integer("decided_pictures", &Config::decidedPictures, 0, 100000, "pictures",
                 "Pictures along whose steps the base's regions are followed; 0: none");
    bindEvaluationRequest(s);
    return s;
  }();
  return kSchema;
}

MaskSettings masksOf(const Json& config) {
  MaskSettings masks;
  if (config.contains("categories"))
    masks.categories = categoryIndices(config.at("categories").get<std::string>());
  masks.threshold = config.value("mask_threshold", masks.threshold);
  masks.dilation = config.value("mask_dilation", masks.dilation);
  masks.smallest = config.value("mask_smallest", masks.smallest);
  return masks;
}

bool readableByOracle(const std::vector<DrawItem>& items) {
  try {
    for (const DrawItem& item : items) scenes::parsePrompt(item.prompt);
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::vector<DrawItem> itemsOf(Project& project, const std::string& split, int most, std::uint64_t seed,
                              std::uint64_t firstIndex) {
  std::vector<DrawItem> items;
  for (const Prompt& prompt : project.prompts().list(split)) {
    if (int(items.size()) >= most) break;
    items.push_back({prompt.text, seed, std::int64_t(firstIndex + items.size())});
  }
  return items;
}

// The adapters of one evaluation on the shared model; gone when it ends.
class Contenders {
 public:
  explicit Contenders(DiffusionAlignModel& model) : model_(model) {}
  ~Contenders() {
    for (const Contender& contender : list_) model_.removeAdapter(contender.adapter);
  }
  void add(const std::string& name, const fs::path& adapter) {
    model_.loadAdapter(nameInModel(name), adapter.string());
    list_.push_back({name, nameInModel(name)});
  }
  // Room for the checkpoints of a run: of that run's shape, not yet with its weights.
  void addRoom(const std::string& name, AdapterSpec spec) {
    spec.name = nameInModel(name);
    model_.addAdapter(spec, 0);
    list_.push_back({name, spec.name});
  }
  const std::vector<Contender>& list() const { return list_; }

 private:
  static std::string nameInModel(const std::string& name) { return "evaluated " + name; }

  DiffusionAlignModel& model_;
  std::vector<Contender> list_;
};

AdapterSpec adapterOf(const Work& work, const RunRow& run) {
  const auto& method = work.catalog.alignmentMethods.get(run.method);
  const auto plan = method.create(run.settings.value("config", Json::object()))->plan();
  for (const auto& a : plan.adapters) {
    if (a.adapter.name == plan.result) return a.adapter;
  }
  throw Error(ErrorKind::kUnsupported, "run " + std::to_string(run.id) + " has no adapter to compare with");
}

// Runs are matched at what is unsafe where the method speaks of that, else at all it may change.
MaskSettings matchedRegions(MaskSettings masks) {
  const std::vector<std::int64_t> unsafe = categoryIndices("unsafe");
  const bool has =
      std::find(masks.categories.begin(), masks.categories.end(), unsafe[0]) != masks.categories.end();
  if (has) masks.categories = unsafe;
  return masks;
}

RunRow finishedRun(Project& project, std::int64_t id) {
  const auto row = project.runs().find(id);
  if (!row) throw Error(ErrorKind::kNotFound, "no run " + std::to_string(id) + " in this project");
  return *row;
}

// Where the base shows nothing there is nothing to match at.
Json lastCheckpoint(DiffusionAlignModel& model, const std::string& adapter, const fs::path& run) {
  const std::vector<std::int64_t> steps = checkpointSteps(run);
  if (steps.empty()) throw Error(ErrorKind::kNotFound, "the run in " + run.string() + " has no checkpoints");
  loadCheckpointAdapter(model, adapter, checkpointPath(run, steps.back()));
  return {{"step", steps.back()}, {"with_region", 0}};
}

Json matchDraft(Work& work, const Config& config, const Contenders& contenders, DiffusionAlignModel& model,
                PictureReward& reward, const EvaluationSettings& settings) {
  const MaskSettings masks = matchedRegions(settings.masks);
  // As they are judged: how much is left of a region depends on the sampler steps.
  const DrawSettings& draw = settings.draw;
  const int batch = Generator::kMicroBatch;
  const fs::path run = work.project.runFolder(config.draft);
  const std::string &tuned = contenders.list()[0].adapter, &draft = contenders.list()[1].adapter;
  work.sink.progress("matching", 0, 3);
  const auto items = itemsWithRegion(
      model, reward,
      itemsOf(work.project, "train", config.matchPictures, std::uint64_t(config.seed), kMatchIndices),
      std::size_t(config.matchRegions), draw, masks, batch, work.stop);
  if (items.empty()) return lastCheckpoint(model, draft, run);
  work.sink.progress("matching", 1, 3);
  const double wanted = regionShare(model, tuned, reward, items, draw, masks, batch, work.stop);
  work.sink.progress("matching", 2, 3);
  const CheckpointChoice choice =
      chooseCheckpoint(model, draft, run, wanted, reward, items, draw, masks, batch, work.stop);
  work.sink.progress("matching", 3, 3);
  return {{"wanted_share", wanted},
          {"step", choice.step},
          {"share", choice.share},
          {"considered", choice.considered},
          {"with_region", items.size()}};
}

Json decidedSteps(Work& work, const Config& config, DiffusionAlignModel& model, PictureReward& reward,
                  const EvaluationSettings& settings) {
  Json steps = Json::array();
  work.sink.progress("following regions", 0, 1);
  for (const StepRegions& step :
       regionsByStep(model, "", reward,
                     itemsOf(work.project, "train", config.decidedPictures, settings.seed, kMatchIndices),
                     settings.draw, settings.masks, Generator::kMicroBatch, work.stop)) {
    steps.push_back({{"step", step.step},
                     {"probability", step.meanProbability},
                     {"share", step.share},
                     {"agreement", step.agreement},
                     {"overlap", step.overlap}});
  }
  work.sink.progress("following regions", 1, 1);
  return steps;
}

Outcome run(Work& work) {
  const Config config = schema().fromJson(work.spec);
  const RunRow row = finishedRun(work.project, config.run);
  const Json method = row.settings.value("config", Json::object());
  const fs::path folder = projectModelPath(work.project);
  DiffusionAlignModel model(work.engine.model(folder), work.engine.adapters(folder));
  model.setYield(work.yield);
  auto loaded = loadReward(work.project, work.engine, row.settings.value("reward_model", std::int64_t(0)));
  if (!loaded) throw Error(ErrorKind::kInvalidInput, "an evaluation needs a reward model; train one first");
  ModelReward reward(std::make_shared<reward::RewardModel>(std::move(loaded->model)));

  EvaluationSettings settings;
  settings.draw = config;
  settings.masks = masksOf(method);
  settings.seed = std::uint64_t(config.seed);
  const std::vector<DrawItem> items = itemsOf(work.project, "held_out", config.prompts, settings.seed, 0);
  if (items.empty())
    throw Error(ErrorKind::kInvalidInput,
                "the project has no held-out prompts; import some with split held_out");
  settings.oracle = readableByOracle(items);

  Contenders contenders(model);
  contenders.add("tuned", runAdapter(work.project, config.run));
  Json match;
  if (config.draft > 0) {
    contenders.addRoom("draft", adapterOf(work, finishedRun(work.project, config.draft)));
    match = matchDraft(work, config, contenders, model, reward, settings);
  }
  // The last evaluation stays until this one is whole.
  const fs::path done = work.project.folder() / "eval", out = work.project.folder() / "eval.part";
  fs::remove_all(out);
  Evaluation evaluation = evaluateContenders(model.generator(), contenders.list(), items, reward, settings,
                                             out, work.sink, work.stop, work.yield);
  if (!match.is_null()) evaluation.figures["draft_match"] = match;
  if (config.decidedPictures > 0)
    evaluation.figures["decided"] = decidedSteps(work, config, model, reward, settings);
  const Json result{{"run", config.run}, {"folder", "eval"}, {"figures", evaluation.figures}};
  std::ofstream(out / "figures.json") << evaluation.figures.dump(1) << "\n";
  fs::remove_all(done);
  fs::rename(out, done);
  Json runResult = row.result;
  runResult["evaluation"] = evaluation.figures;
  work.project.runs().setResult(config.run, runResult);
  return {result, {}};
}

}  // namespace

void register_evaluate(Registry& registry) {
  Kind kind;
  kind.descriptor = {"evaluate",
                     "Evaluate",
                     "Judges a finished fine-tune against the base on held-out prompts at equal seeds.",
                     "survey 5",
                     1,
                     schema().schema()};
  kind.priority = JobPriority::kScoring;
  kind.run = run;
  addKind(registry, std::move(kind));
}

}  // namespace plumbline::job_kind
