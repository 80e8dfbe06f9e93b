#include "app/cli/project_session.h"
#include "core/tensor/threads.h"

namespace plumbline::command {
namespace {

struct Config {
  int job = 0;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = ConfigSchema<Config>().integer(
      "job", &Config::job, 0, 2147483647, "", "Id of the job row; 0 takes the next queued one");
  return kSchema;
}

int run(Context& context, const Parsed& parsed) {
  ProjectSession session(context, parsed.text("dir"));
  keepFreedMemory();
  std::int64_t job = parsed.integer("job");
  if (job == 0) {
    for (const JobRow& row : session.project().jobs().list({JobState::kQueued}))
      job = row.id;  // newest first
    if (job == 0) throw Error(ErrorKind::kNotFound, "no job is queued in this project");
  }
  const JobOutcome outcome = session.runner().run(job, context.progress(), context.stop());
  const Json result = session.runner().resultOf(outcome, job);
  context.result(result);
  context.say("job " + std::to_string(job) + " succeeded: " + result.dump());
  return 0;
}

}  // namespace

void register_run(Registry& registry) {
  registry.add(make(
      {"run", "Run one job", "Work on one job row of a project, as the device host would, without a window.",
       "none", 1, schema().schema()},
      {{"dir", "Project folder"}}, run));
}

}  // namespace plumbline::command
