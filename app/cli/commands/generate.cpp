#include "app/cli/catalog.h"
#include "app/cli/project_session.h"
#include "core/tensor/threads.h"
#include "core/types/query_type.h"

namespace plumbline::command {
namespace {

struct Config {
  int queries = 32;
  std::string mix;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema =
      ConfigSchema<Config>()
          .integer("queries", &Config::queries, 1, 100000, "queries", "New queries")
          .text("mix", &Config::mix,
                "Shares of the types, pair=..,binary=..,mask=..; default: the project's");
  return kSchema;
}

int run(Context& context, const Parsed& parsed) {
  const ParameterSchema& parameters = context.catalog().jobKinds.get("generate").descriptor.parameters;
  std::vector<std::string> given = parsed.list("set");
  given.push_back("queries=" + std::to_string(parsed.integer("queries")));
  const std::map<std::string, std::string> mix = parsePairs({parsed.text("mix")}, true);
  for (const auto& [type, share] : mix) {
    context.catalog().queryTypes.get(type);
    given.push_back(type + "=" + share);
  }
  const Json spec = parseSettings(parameters, given);
  ProjectSession session(context, parsed.text("dir"));
  keepFreedMemory();
  const Json result =
      session.runner().runNow("generate", spec, "Next queries", context.progress(), context.stop());
  context.result(result);
  context.say(result.at("queries").dump() + " queries added; the project has " + result.at("images").dump() +
              " pictures");
  return 0;
}

}  // namespace

void register_generate(Registry& registry) {
  registry.add(
      make({"generate", "Next queries", "Draw pictures and fill the queue of questions about them.", "none",
            1, schema().schema()},
           {{"dir", "Project folder"},
            {"set", "A setting of the job, name=value; 'plumbline describe' lists them", false, true, false}},
           run));
}

}  // namespace plumbline::command
