#include "db/export/export_format.h"

#include "app/cli/catalog.h"
#include "app/cli/jobs/job_kind.h"

namespace plumbline::job_kind {
namespace {

struct Config {
  std::string format = "pickapic_jsonl";
  std::string out;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema =
      ConfigSchema<Config>()
          .text("format", &Config::format, "Id of an export format")
          .text("out", &Config::out,
                "Path to write; must not exist. Relative paths lie in the project's exports/");
  return kSchema;
}

Outcome run(Work& work) {
  Json flat = work.spec;
  flat.erase("settings");
  const Config config = schema().fromJson(flat);
  if (config.out.empty()) throw Error(ErrorKind::kInvalidInput, "an export needs a path to write to");
  std::filesystem::path out = config.out;
  if (out.is_relative()) out = work.project.exportsFolder() / out;
  const export_format::ExportResult result =
      export_format::run(work.catalog.exportFormats, config.format, work.project, out,
                         work.spec.at("settings"), work.sink, work.stop);
  for (const std::string& note : result.notes) work.sink.warning(note);
  work.sink.artifact("export", result.path.string());
  return {result.toJson(), {}};
}

}  // namespace

void register_export_data(Registry& registry) {
  Kind kind;
  kind.descriptor = {"export_data", "Export", "Writes answers, masks or an adapter for other tools.",
                     "none",        1,        schema().schema()};
  kind.objects = {"settings"};
  kind.priority = JobPriority::kScoring;
  kind.usesDevice = false;
  kind.run = run;
  addKind(registry, std::move(kind));
}

}  // namespace plumbline::job_kind
