#include "app/cli/command.h"
#include "db/check.h"
#include "db/project.h"

namespace plumbline::command {
namespace {

int run(Context& context, const Parsed& parsed) {
  const auto project = Project::open(parsed.text("dir"));
  const std::filesystem::path target = std::filesystem::absolute(parsed.text("out"));
  backupProject(*project, target, context.progress(), context.stop());
  context.result({{"path", target.string()}});
  context.say("backup written to " + target.string());
  return 0;
}

}  // namespace

void register_backup(Registry& registry) {
  registry.add(
      make({"backup", "Back up a project", "Copy a whole project, consistent even while others write to it.",
            "none"},
           {{"dir", "Project folder"}, {"out", "Folder to write; must not exist", true, false, false}}, run));
}

}  // namespace plumbline::command
