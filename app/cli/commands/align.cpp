#include "app/cli/catalog.h"
#include "app/cli/project_session.h"
#include "core/tensor/threads.h"

namespace plumbline::command {
namespace {

struct Config {
  std::string method = "focus_n_fix";
  std::int64_t rewardModel = 0;
  std::int64_t resume = 0;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema =
      ConfigSchema<Config>()
          .text("method", &Config::method, "Id of an alignment method; 'plumbline describe' lists them")
          .integer("reward_model", &Config::rewardModel, 0, 9007199254740991.0, "",
                   "Row of the reward model; 0: the newest")
          .integer("resume", &Config::resume, 0, 9007199254740991.0, "",
                   "Go on with this run from its last checkpoint; 0: a new run");
  return kSchema;
}

std::int64_t jobOfRun(Project& project, std::int64_t run) {
  const auto row = project.runs().find(run);
  if (!row || !row->job)
    throw Error(ErrorKind::kNotFound, "no run " + std::to_string(run) + " that could be resumed");
  return *row->job;
}

int run(Context& context, const Parsed& parsed) {
  const std::string method = parsed.text("method");
  const Json settings = parseSettings(context.catalog().methodParameters(method), parsed.list("set"));
  ProjectSession session(context, parsed.text("dir"));
  keepFreedMemory();
  JobRunner& runner = session.runner();
  const std::int64_t resume = parsed.integer("resume");
  if (resume > 0 && !parsed.list("set").empty()) {
    throw Error(ErrorKind::kInvalidInput, "a resumed run keeps its settings; leave --set out");
  }
  const std::int64_t job = resume > 0 ? jobOfRun(session.project(), resume)
                                      : runner.enqueue("align",
                                                       {{"method", method},
                                                        {"settings", settings},
                                                        {"reward_model", parsed.integer("reward_model")}},
                                                       "Fine-tune: " + method);
  const Json result = runner.resultOf(runner.run(job, context.progress(), context.stop()), job);
  context.result(result);
  context.say("run " + result.at("run").dump() + " " + result.at("end").get<std::string>() + " after " +
              result.at("steps").dump() + " steps; adapter in " + result.at("adapter").get<std::string>());
  return 0;
}

}  // namespace

void register_align(Registry& registry) {
  registry.add(make(
      {"align", "Fine-tune", "Fine-tune the generator with an alignment method.", "survey 4", 1,
       schema().schema()},
      {{"dir", "Project folder"}, {"set", "A setting of the method, name=value", false, true, false}}, run));
}

}  // namespace plumbline::command
