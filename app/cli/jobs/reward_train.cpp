#include <set>

#include "app/cli/catalog.h"
#include "app/cli/host/engine.h"
#include "app/cli/host/project_model.h"
#include "app/cli/jobs/job_kind.h"
#include "app/cli/stored_picture.h"
#include "core/reward/reward_model.h"

namespace plumbline::job_kind {
namespace {

// What people said, each picture with its prompt. Held-out prompts are never labelled; should a project hold
// answers about one (its split was changed), they are left out here.
reward::TrainingSet trainingSet(Work& work, std::int64_t upToAnswer) {
  reward::TrainingSet data;
  std::set<std::string> named;
  ObservationFilter filter;
  filter.upToAnswer = upToAnswer;
  for (ObservationRow& row : work.project.observations().current(filter)) {
    if (row.split == "held_out") continue;
    std::visit(
        [&](const auto& o) {
          using Kind = std::decay_t<decltype(o)>;
          if constexpr (std::is_same_v<Kind, Comparison>) {
            named.insert({o.winner, o.loser});
          } else {
            named.insert(o.image);
          }
        },
        row.observation);
    data.observations.push_back(std::move(row.observation));
  }
  for (const std::string& image : named) {
    const auto row = work.project.images().find(image);
    const auto prompt = row && row->prompt ? work.project.prompts().find(*row->prompt) : std::nullopt;
    data.pictures.push_back({image, prompt ? prompt->text : ""});
  }
  return data;
}

Outcome run(Work& work) {
  const RewardConfig config = rewardConfigSchema().fromJson(work.spec);
  // Taken up again after a kill it learns from the same answers, or it would end with another model.
  const auto started = work.row.run ? work.project.runs().find(*work.row.run) : std::nullopt;
  const std::int64_t upToAnswer = started ? started->upToAnswer : work.project.answers().latestId();
  const auto extractor = work.engine.features(projectModelPath(work.project));
  reward::TrainingSet data = trainingSet(work, upToAnswer);
  const std::string version = extractor->version();
  data.picture = [&](const std::string& image) { return loadStoredPicture(work.project, image); };
  data.cached = [&](const std::string& image) -> std::optional<std::vector<float>> {
    auto feature = work.project.features().get(version, image);
    if (!feature) return std::nullopt;
    return std::move(feature->values);
  };
  data.keep = [&](const std::string& image, const std::vector<float>& vector) {
    work.project.features().put(version, {{image, {{std::int64_t(vector.size())}, vector}}});
  };

  RunRow run;
  run.kind = "reward";
  run.method = "ensemble";
  run.settings = work.spec;
  run.seed = config.seed;
  run.job = work.row.id;
  run.upToAnswer = upToAnswer;
  run.software = programVersion();
  run.fingerprint = work.engine.fingerprint();
  const std::int64_t runId = started ? started->id : work.project.runs().create(run);
  work.attachRun(runId);
  work.project.runs().setState(runId, JobState::kRunning);

  const reward::RewardModel model = reward::RewardModel::train(extractor, data, config, work.sink, work.stop);
  const std::filesystem::path folder = std::filesystem::path("runs") / std::to_string(runId) / "reward";
  std::filesystem::create_directories((work.project.folder() / folder).parent_path());
  model.save((work.project.folder() / folder).string());
  RewardModelRow row;
  row.version = model.version();
  row.path = folder.string();
  row.head = "ensemble";
  row.settings = work.spec;
  row.metrics = model.report();
  row.upToAnswer = upToAnswer;
  row.run = runId;
  // The version is a hash of the weights: a job that was killed after this line finds its model again.
  const auto known = work.project.rewardModels().findVersion(row.version);
  const RewardModelRow stored = known ? *known : work.project.rewardModels().add(row);
  work.project.runs().setResult(runId, model.report());
  work.sink.artifact("reward", (work.project.folder() / folder).string());
  return {
      {{"reward_model", stored.id}, {"version", stored.version}, {"run", runId}, {"report", model.report()}},
      {}};
}

}  // namespace

void register_reward_train(Registry& registry) {
  Kind kind;
  kind.descriptor = {"reward_train",
                     "Train a reward",
                     "Learns from every current answer what people prefer and where they see faults.",
                     "survey 3",
                     1,
                     rewardConfigSchema().schema()};
  kind.priority = JobPriority::kScoring;
  kind.run = run;
  addKind(registry, std::move(kind));
}

}  // namespace plumbline::job_kind
