#include "core/eval/parity.h"

#include <cstdio>

#include "app/cli/catalog.h"

namespace plumbline::command {
namespace {

const char* outcomeName(ParityOutcome outcome) {
  switch (outcome) {
    case ParityOutcome::kPass:
      return "pass";
    case ParityOutcome::kFail:
      return "FAIL";
    case ParityOutcome::kSkipped:
      return "skipped";
  }
  return "FAIL";
}

std::string lineOf(const ParityResult& result) {
  if (result.outcome == ParityOutcome::kSkipped) return result.name + "  skipped: " + result.note;
  char numbers[96];
  std::snprintf(numbers, sizeof numbers, "  abs %.3g  rel %.3g  ", result.maxAbsolute, result.maxRelative);
  return result.name + numbers + outcomeName(result.outcome) +
         (result.note.empty() ? "" : " (" + result.note + ")");
}

int run(Context& context, const Parsed& parsed) {
  const ParityRegistries registries{context.catalog().samplers, context.catalog().loraFormats};
  Json all = Json::array();
  std::size_t counts[3] = {};
  for (const std::string& folder : parsed.list("folders")) {
    context.say(folder);
    for (const ParityResult& r : runParity(folder, registries)) {
      throwIfStopped(context.stop());
      ++counts[int(r.outcome)];
      context.say("  " + lineOf(r));
      all.push_back({{"folder", folder},
                     {"name", r.name},
                     {"max_absolute", r.maxAbsolute},
                     {"max_relative", r.maxRelative},
                     {"outcome", outcomeName(r.outcome)},
                     {"note", r.note}});
    }
  }
  const std::size_t passed = counts[int(ParityOutcome::kPass)], failed = counts[int(ParityOutcome::kFail)];
  context.say(std::to_string(passed) + " passed, " + std::to_string(failed) + " failed, " +
              std::to_string(counts[int(ParityOutcome::kSkipped)]) + " skipped");
  context.result({{"passed", passed},
                  {"failed", failed},
                  {"skipped", counts[int(ParityOutcome::kSkipped)]},
                  {"comparisons", all}});
  if (failed)
    throw Error(ErrorKind::kInvalidInput, std::to_string(failed) + " comparisons with the reference failed");
  if (!passed) throw Error(ErrorKind::kUnsupported, "nothing could be compared in these folders");
  return 0;
}

}  // namespace

void register_parity(Registry& registry) {
  registry.add(
      make({"parity", "Compare with the reference implementations",
            "Runs this engine on recorded inputs and holds every output against what the Python reference "
            "implementations gave. Comparisons that need a part which does not exist yet are skipped, and "
            "say so.",
            "none"},
           {{"folders", "Parity folders: pipelines, adapters, samplers, clip, tokenizer", true, true}}, run));
}

}  // namespace plumbline::command
