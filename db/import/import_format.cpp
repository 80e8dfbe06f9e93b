#include "db/import/import_format.h"

#include "db/project.h"

namespace plumbline::import_format {

Json ImportResult::toJson() const {
  return {{"counts", counts}, {"notes", notes}};
}

void ImportResult::skip(const std::string& reason) {
  ++counts["skipped"];
  constexpr std::size_t kShown = 10;
  if (notes.size() < kShown) notes.push_back(reason);
}

ImportResult run(const Registry& registry, const std::string& id, Project& project,
                 const std::filesystem::path& inPath, const Json& settings, ProgressSink& sink,
                 std::stop_token stop, const ToPng& toPng) {
  const Format& format = registry.get(id);
  const Json complete = format.descriptor.parameters.complete(settings);
  ImportResult result = format.read(project, inPath, complete, toPng, sink, std::move(stop));
  project.events().append("import", id,
                          {{"path", inPath.string()}, {"settings", complete}, {"result", result.toJson()}});
  return result;
}

}  // namespace plumbline::import_format
