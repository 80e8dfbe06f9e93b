#include "db/export/export_format.h"

#include "db/project.h"

namespace plumbline::export_format {

Json ExportResult::toJson() const {
  return {{"path", path.string()}, {"counts", counts}, {"notes", notes}};
}

ExportResult run(const Registry& registry, const std::string& id, Project& project,
                 const std::filesystem::path& outPath, const Json& settings, ProgressSink& sink,
                 std::stop_token stop) {
  const Format& format = registry.get(id);
  const Json complete = format.descriptor.parameters.complete(settings);
  ExportResult result = format.write(project, outPath, complete, sink, std::move(stop));
  project.events().append("export", id, {{"settings", complete}, {"result", result.toJson()}});
  sink.artifact("export", result.path.string());
  return result;
}

}  // namespace plumbline::export_format
