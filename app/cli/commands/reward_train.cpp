#include "app/cli/catalog.h"
#include "app/cli/project_session.h"
#include "core/reward/reward_model.h"

namespace plumbline::command {
namespace {

int run(Context& context, const Parsed& parsed) {
  ProjectSession session(context, parsed.text("dir"));
  Json spec = parsed.json();
  spec.erase("dir");
  const Json result =
      session.runner().runNow("reward_train", spec, "Train a reward", context.progress(), context.stop());
  context.result(result);
  const Json& report = result.at("report");
  context.say("reward model " + result.at("version").get<std::string>().substr(0, 12) +
              ", held-out answers: " + report.value("heldout", Json::object()).dump());
  return 0;
}

}  // namespace

void register_reward_train(Registry& registry) {
  registry.add(make({"reward_train", "Train a reward",
                     "Train an ensemble of reward heads on every current answer of a project.", "survey 3", 1,
                     rewardConfigSchema().schema()},
                    {{"dir", "Project folder"}}, run));
}

}  // namespace plumbline::command
