#include "app/cli/catalog.h"
#include "app/cli/jobs/evaluation_request.h"
#include "app/cli/project_session.h"
#include "core/tensor/threads.h"

namespace plumbline::command {
namespace {

struct Config : EvaluationRequest {
  std::string against = "base";
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = [] {
    ConfigSchema<Config> s;
    s.text("against", &Config::against, "base, or the id of a second run to compare with as well");
    bindEvaluationRequest(s);
    return s;
  }();
  return kSchema;
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
  Json spec = parsed.of(schema().schema());
  spec.erase("against");
  spec.update({{"run", runId(parsed.text("run"))}, {"draft", against == "base" ? 0 : runId(against)}});
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
       "none", 1, schema().schema()},
      {{"dir", "Project folder"}, {"run", "Id of the run", true, false, false}}, run));
}

}  // namespace plumbline::command
