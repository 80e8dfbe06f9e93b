#include "db/check.h"

#include "app/cli/command.h"
#include "db/project.h"

namespace plumbline::command {
namespace {

struct Config {
  bool repair = false;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = ConfigSchema<Config>().boolean(
      "repair", &Config::repair, "Put right what can be put right; nothing a person said is ever removed");
  return kSchema;
}

int run(Context& context, const Parsed& parsed) {
  const auto project = Project::open(parsed.text("dir"));
  const CheckReport report =
      checkProject(*project, parsed.flag("repair"), context.progress(), context.stop());
  context.result(report.toJson());
  context.say(std::to_string(report.images) + " images, " + std::to_string(report.answers) + " answers, " +
              std::to_string(report.observations) + " observations, " + std::to_string(report.masks) +
              " masks looked at");
  std::size_t open = 0;
  for (const Finding& finding : report.findings) {
    context.say((finding.repaired ? "repaired: " : "") + finding.subject + ": " + finding.message);
    open += !finding.repaired && !finding.harmless;
  }
  if (report.ok()) context.say("all is well");
  if (!open) return 0;
  throw Error(ErrorKind::kCorrupt, std::to_string(open) + " of " + std::to_string(report.findings.size()) +
                                       " findings are open" +
                                       (parsed.flag("repair") ? "" : "; try 'plumbline check DIR --repair'"));
}

}  // namespace

void register_check(Registry& registry) {
  registry.add(
      make({"check", "Check a project",
            "Is the project whole? Looks at the database, at every picture's bytes and at every answer.",
            "none", 1, schema().schema()},
           {{"dir", "Project folder"}}, run));
}

}  // namespace plumbline::command
