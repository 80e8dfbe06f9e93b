#include "db/export/export_format.h"

#include "app/cli/catalog.h"
#include "app/cli/project_session.h"

namespace plumbline::command {
namespace {

struct Config {
  std::string format = "pickapic_jsonl";
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = ConfigSchema<Config>().text(
      "format", &Config::format, "Id of an export format; 'plumbline describe' lists them");
  return kSchema;
}

int run(Context& context, const Parsed& parsed) {
  const std::string format = parsed.text("format");
  const Json settings =
      parseSettings(context.catalog().exportFormats.get(format).descriptor.parameters, parsed.list("set"));
  ProjectSession session(context, parsed.text("dir"));
  const Json result =
      session.runner().runNow("export_data",
                              {{"format", format},
                               {"out", std::filesystem::absolute(parsed.text("out")).string()},
                               {"settings", settings}},
                              "Export " + format, context.progress(), context.stop());
  context.result(result);
  context.say("wrote " + result.at("path").get<std::string>());
  for (const auto& [name, count] : result.at("counts").items())
    context.say("  " + name + ": " + count.dump());
  return 0;
}

}  // namespace

void register_export(Registry& registry) {
  registry.add(make(
      {"export", "Export", "Write a data set or an adapter for other tools.", "none", 1, schema().schema()},
      {{"dir", "Project folder"},
       {"out", "File or folder to write; must not exist", true, false, false},
       {"set", "A setting of the format, name=value", false, true, false}},
      run));
}

}  // namespace plumbline::command
