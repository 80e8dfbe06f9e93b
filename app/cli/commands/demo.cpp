#include "app/cli/demo/demo.h"

namespace plumbline::command {
namespace {

const ConfigSchema<DemoConfig>& schema() {
  static const ConfigSchema<DemoConfig> kSchema =
      ConfigSchema<DemoConfig>()
          .text("model", &DemoConfig::model,
                "Diffusers folder, or the name of a model of this program; default: scenes")
          .integer("seed", &DemoConfig::seed, 0, 1e9, "", "Seed of everything")
          .integer("pairs", &DemoConfig::pairs, 1, 400, "answers", "Pair answers")
          .integer("binaries", &DemoConfig::binaries, 1, 200, "answers", "Good-or-bad answers")
          .integer("masks", &DemoConfig::masks, 1, 80, "answers", "Mask answers")
          .integer("rounds", &DemoConfig::rounds, 1, 10, "rounds",
                   "Rounds of answers; from the second on the reward chooses")
          .real("agreement", &DemoConfig::agreement, 0.5, 1, "", "Of the annotators with the noiseless order")
          .integer("annotators", &DemoConfig::annotators, 1, 100, "", "Simulated annotators")
          .integer("pictures_per_prompt", &DemoConfig::picturesPerPrompt, 2, 16, "pictures",
                   "Pictures of each labelled prompt")
          .integer("evaluation_prompts", &DemoConfig::evaluationPrompts, 4, 4096, "prompts",
                   "Held-out prompts of the evaluation")
          .integer("decided_pictures", &DemoConfig::decidedPictures, 0, 256, "pictures",
                   "Pictures along whose steps the regions are followed; 0: none")
          .integer(
              "draft_steps", &DemoConfig::draftSteps, 1, 1000000, "steps",
              "Longest comparison run without the penalty: it is taken where it leaves most nearly as many "
              "regions")
          .text("align", &DemoConfig::align, "Settings of Focus-N-Fix, name=value joined by commas");
  return kSchema;
}

int run(Context& context, const Parsed& parsed) {
  const std::string out = parsed.text("out");
  DemoConfig config = schema().fromJson(parsed.of(schema().schema()));
  config.out = out.empty() ? "demo" : out;
  const Json figures = runDemo(config, context);
  context.result(figures);
  for (const auto& [name, value] : figures.items()) {
    if (value.is_primitive()) context.say(name + ": " + value.dump());
  }
  return 0;
}

}  // namespace

void register_demo(Registry& registry) {
  registry.add(make(
      {"demo", "The whole loop",
       "The whole loop on a new project with simulated annotators: pictures, answers, reward, Focus-N-Fix, "
       "evaluation, exports, and a report with pictures.",
       "none", 1, schema().schema()},
      {{"out", "Folder to make; default: demo", false, false, false}}, run));
}

}  // namespace plumbline::command
