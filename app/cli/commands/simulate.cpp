#include "app/cli/command.h"
#include "app/cli/name_values.h"
#include "app/cli/simulation.h"

namespace plumbline::command {
namespace {

struct Config {
  std::int64_t answers = 100;
  std::string types;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema =
      ConfigSchema<Config>()
          .integer("answers", &Config::answers, 1, 1e9, "", "Answers to give, fewer if the queue runs dry")
          .text("types", &Config::types, "Only these types of queries, joined by commas; default: all");
  return kSchema;
}

SimulatedConfig annotatorOf(const std::string& text) {
  return simulatedConfigSchema().fromJson(parseSettings(simulatedConfigSchema().schema(), {text}, true));
}

int run(Context& context, const Parsed& parsed) {
  std::vector<SimulatedConfig> annotators;
  for (const std::string& text : parsed.list("annotator")) annotators.push_back(annotatorOf(text));
  const auto project = Project::open(parsed.text("dir"));
  const std::vector<std::string> types = splitCommas(parsed.text("types"));
  for (const std::string& type : types) project->queryTypes().get(type);
  Simulation simulation(*project, context.progress(), context.stop());
  for (const SimulatedConfig& annotator : annotators) simulation.addAnnotator(annotator);
  const Json result = simulation.answer(parsed.integer("answers"), types);
  if (result.at("answers") == 0) {
    throw Error(ErrorKind::kInvalidInput, "no query is open; run 'plumbline generate DIR --queries N' first");
  }
  context.result(result);
  context.say(result.at("answers").dump() + " answers " + result.at("by_type").dump() +
              ", agreement of decided pairs with the noiseless order: " + result.at("agreement").dump());
  return 0;
}

}  // namespace

void register_simulate(Registry& registry) {
  registry.add(
      make({"simulate", "Simulated annotators",
            "Let simulated annotators answer the queue of a project on the default world.", "none", 1,
            schema().schema()},
           {{"dir", "Project folder"},
            {"annotator", "An annotator: name=..,seed=..,kind=..,agreement=..,ties=..,pace=..,carefulness=..",
             false, true, false}},
           run));
}

}  // namespace plumbline::command
