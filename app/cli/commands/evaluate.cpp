#include "app/cli/catalog.h"
#include "app/cli/project_session.h"
#include "core/tensor/threads.h"
#include "core/types/drawing_defaults.h"

namespace plumbline::command {
namespace {

// The job's own parameters and what only the command line has.
ParameterSchema parameters() {
  ParameterSchema schema;
  schema.add({"against",
              ParameterType::kText,
              "base",
              0,
              0,
              {},
              "",
              "base, or the id of a second run to compare with as well"});
  schema.add({"prompts",
              ParameterType::kInteger,
              256,
              1,
              100000,
              {},
              "prompts",
              "Held-out prompts, fewer if there are fewer"});
  schema.add({"steps", ParameterType::kInteger, kDefaultSteps, 1, 1000, {}, "steps", "Sampler steps"});
  schema.add({"guidance", ParameterType::kReal, kDefaultGuidance, 0, 30, {}, "", "Classifier-free guidance"});
  schema.add({"sampler", ParameterType::kText, kDefaultSampler, 0, 0, {}, "", "Id of the sampler"});
  schema.add({"seed",
              ParameterType::kInteger,
              0,
              0,
              9007199254740991.0,
              {},
              "",
              "Seed of the pictures and of the bootstrap"});
  return schema;
}

std::int64_t runId(const std::string& text) {
  char* end = nullptr;
  const std::int64_t id = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end || id <= 0)
    throw Error(ErrorKind::kInvalidInput, "'" + text + "' is not the id of a run");
  return id;
}

int run(Context& context, const Parsed& parsed) {
  const std::string against = parsed.text("against");
  Json spec{{"run", runId(parsed.text("run"))}, {"draft", against == "base" ? 0 : runId(against)}};
  for (const char* name : {"prompts", "steps", "guidance", "sampler", "seed"})
    spec[name] = parsed.json().at(name);
  ProjectSession session(context, parsed.text("dir"));
  keepFreedMemory();
  const Json result =
      session.runner().runNow("evaluate", spec, "Evaluate", context.progress(), context.stop());
  context.result(result);
  const Json& figures = result.at("figures");
  for (const char* who : {"base", "tuned", "draft"}) {
    if (figures.contains(who)) context.say(std::string(who) + ": " + figures.at(who).dump());
  }
  context.say("pictures, prompts and masks are in " + (session.project().folder() / "eval").string());
  return 0;
}

}  // namespace

void register_evaluate(Registry& registry) {
  registry.add(make(
      {"evaluate", "Evaluate",
       "Judge a finished fine-tune against the base on held-out prompts at equal seeds: win rates, what the "
       "oracle reads, what changed inside and outside the regions.",
       "none", 1, parameters()},
      {{"dir", "Project folder"}, {"run", "Id of the run", true, false, false}}, run));
}

}  // namespace plumbline::command
