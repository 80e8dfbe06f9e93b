#include "db/import/import_format.h"

#include "app/cli/catalog.h"
#include "app/cli/name_values.h"
#include "app/cli/stored_picture.h"
#include "db/project.h"

namespace plumbline::command {
namespace {

struct Config {
  std::string format;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = ConfigSchema<Config>().text(
      "format", &Config::format, "Id of an import format; 'plumbline describe' lists them");
  return kSchema;
}

int run(Context& context, const Parsed& parsed) {
  const import_format::Registry& formats = context.catalog().importFormats;
  const import_format::Format& format = formats.get(parsed.text("format"));
  const Json settings = parseSettings(format.descriptor.parameters, parsed.list("set"));
  const auto project = Project::open(parsed.text("dir"));
  const import_format::ImportResult result =
      import_format::run(formats, format.descriptor.id, *project, parsed.text("path"), settings,
                         context.progress(), context.stop(), pngFromFile);
  context.result(result.toJson());
  for (const auto& [name, count] : result.counts) context.say(name + ": " + std::to_string(count));
  for (const std::string& note : result.notes) context.say("  " + note);
  return 0;
}

}  // namespace

void register_import(Registry& registry) {
  registry.add(make(
      {"import", "Import", "Read prompts, pictures or answers from files.", "none", 1, schema().schema()},
      {{"dir", "Project folder"},
       {"path", "File or folder to read"},
       {"set", "A setting of the format, name=value", false, true, false}},
      run));
}

}  // namespace plumbline::command
