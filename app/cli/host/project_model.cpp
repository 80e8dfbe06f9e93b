#include "app/cli/host/project_model.h"

#include "app/cli/command.h"
#include "db/project.h"

namespace plumbline {

std::filesystem::path projectModelPath(Project& project) {
  const Json model = project.settings().get("model", Json{{"name", "scenes"}});
  if (!model.contains("path")) return command::Context::modelFolder(model.value("name", "scenes"));
  std::filesystem::path path = model.at("path").get<std::string>();
  if (path.is_relative()) path = project.folder() / path;
  return command::Context::modelFolder(path.string());
}

}  // namespace plumbline
