#include "app/cli/demo/reward_order.h"
#include "app/cli/jobs/reward_access.h"
#include "app/cli/project_session.h"

namespace plumbline::command {
namespace {

struct Config {
  std::int64_t seed = 0;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = ConfigSchema<Config>().integer(
      "seed", &Config::seed, 0, 9007199254740991.0, "", "Seed of the permuted prompts");
  return kSchema;
}

int run(Context& context, const Parsed& parsed) {
  ProjectSession session(context, parsed.text("dir"));
  session.engine().prepareThread();
  const auto loaded = loadReward(session.project(), session.engine(), 0);
  if (!loaded)
    throw Error(ErrorKind::kNotFound, "the project has no reward model; run 'plumbline reward train DIR'");
  Json result{{"version", loaded->row.version}, {"report", loaded->model.report()}};
  const std::filesystem::path folder = session.project().folder() / "eval";
  if (std::filesystem::exists(folder / "prompts.jsonl")) {
    result["order"] = rewardOrder(loaded->model, readHeldOut(folder.string()),
                                  std::uint64_t(parsed.integer("seed")), context.progress(), context.stop());
    // Kept with the model, so that the window can show it. Nothing learns from it.
    Json metrics = loaded->row.metrics;
    metrics["order"] = result.at("order");
    session.project().rewardModels().setMetrics(loaded->row.id, metrics);
    context.say("held-out pictures: " + result.at("order").dump());
  } else {
    context.progress().warning("no held-out pictures to judge by; 'plumbline evaluate' leaves them");
  }
  context.result(result);
  context.say("held-out answers: " + loaded->model.report().value("heldout", Json::object()).dump());
  return 0;
}

}  // namespace

void register_reward_evaluate(Registry& registry) {
  registry.add(make(
      {"reward_evaluate", "Judge a reward",
       "How well the newest reward model predicts held-out answers and, on the default world, orders the "
       "held-out pictures of the last evaluation.",
       "survey 3", 1, schema().schema()},
      {{"dir", "Project folder"}}, run));
}

}  // namespace plumbline::command
