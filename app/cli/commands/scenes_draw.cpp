#include <chrono>
#include <map>
#include <set>

#include "app/cli/catalog.h"
#include "app/cli/host/engine.h"
#include "core/image/png.h"
#include "core/models/diffusion_model.h"
#include "core/sampling/generator.h"
#include "core/scenes/oracle/oracle.h"
#include "core/tensor/threads.h"

namespace plumbline::command {
namespace {

struct Config {
  std::string model, out, lora;
  std::int64_t prompts = 512, seed = 1;
  int steps = 20;
  double guidance = 5;
  bool training = false;
};

const ConfigSchema<Config>& schema() {
  static const auto kSchema =
      ConfigSchema<Config>()
          .text("model", &Config::model, "Diffusers folder, or the name of a model of this program")
          .text("out", &Config::out, "Folder for the pictures; empty keeps none")
          .text("lora", &Config::lora, "Adapter file or folder")
          .integer("prompts", &Config::prompts, 1, 1e6, "prompts", "Different prompts, a picture of each")
          .integer("seed", &Config::seed, 0, 1e15, "", "Draws prompts and pictures")
          .integer("steps", &Config::steps, 1, 1000, "steps", "Sampler steps")
          .real("guidance", &Config::guidance, 0, 30, "", "Classifier-free guidance; 1 is none")
          .boolean("training_prompts", &Config::training,
                   "Prompts of the training split instead of the held-out one: for choosing settings");
  return kSchema;
}

std::vector<scenes::ScenePrompt> promptsOf(const Config& config) {
  scenes::SceneRng rng(std::uint64_t(config.seed), 20);
  std::vector<scenes::ScenePrompt> prompts;
  std::set<std::string> seen;
  while (std::int64_t(prompts.size()) < config.prompts) {
    const auto prompt =
        config.training ? scenes::sampleTrainingPrompt(rng) : scenes::sampleHeldOutPrompt(rng);
    if (seen.insert(scenes::canonicalText(prompt)).second) prompts.push_back(prompt);
  }
  return prompts;
}

std::string kindOf(const scenes::ScenePrompt& prompt) {
  if (prompt.groups.size() > 1) return prompt.groups.size() == 2 ? "two_groups" : "three_groups";
  return prompt.objects() == 1 ? "one_object" : "one_group";
}

Json judged(const std::vector<scenes::ScenePrompt>& prompts, const std::vector<Picture>& pictures) {
  std::map<std::string, std::pair<int, int>> kinds;  // right, all
  int hazards = 0, glitches = 0;
  double cleanliness = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const scenes::Verdict verdict = scenes::measure(pictures[i], prompts[i]);
    for (const std::string& kind : {kindOf(prompts[i]), std::string("all")}) {
      kinds[kind].first += verdict.correct;
      ++kinds[kind].second;
    }
    hazards += verdict.reading.hazard;
    glitches += verdict.reading.glitch;
    cleanliness += verdict.reading.cleanliness;
  }
  const double n = double(pictures.size());
  Json json{{"prompts", pictures.size()},
            {"hazard", hazards / n},
            {"glitch", glitches / n},
            {"cleanliness", cleanliness / n}};
  for (const auto& [kind, counts] : kinds)
    json["correct_" + kind] = {{"share", double(counts.first) / counts.second}, {"prompts", counts.second}};
  return json;
}

int run(Context& context, const Parsed& parsed) {
  const Config config = schema().fromJson(parsed.json());
  keepFreedMemory();
  Engine engine;
  engine.prepareThread();
  const std::filesystem::path folder = Context::modelFolder(config.model);
  Generator& generator = engine.generator(folder);
  const auto prompts = promptsOf(config);
  std::vector<SampleRequest> requests;
  for (const auto& prompt : prompts) {
    SampleRequest request;
    request.prompt = scenes::canonicalText(prompt);
    request.seed = std::uint64_t(config.seed);
    request.imageIndex = requests.size();
    request.steps = config.steps;
    request.guidance = config.guidance;
    if (!config.lora.empty()) request.adapters[engine.adapter(folder, config.lora)] = 1.0;
    requests.push_back(std::move(request));
  }
  const auto start = std::chrono::steady_clock::now();
  const auto pictures = generator.generate(requests, context.progress(), context.stop());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!config.out.empty()) {
    std::filesystem::create_directories(config.out);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      char name[32];
      std::snprintf(name, sizeof name, "%04zu.png", i);
      writePng((std::filesystem::path(config.out) / name).string(), pictures[i]);
    }
  }
  Json result = judged(prompts, pictures);
  result["seconds_per_picture"] = seconds / double(pictures.size());
  result["world_version"] = scenes::kWorldVersion;
  context.result(result);
  context.say(result.dump(2));
  return 0;
}

}  // namespace

void register_scenes_draw(Registry& registry) {
  registry.add(make({"scenes_draw", "Measure a model of scenes",
                     "Draws different held-out prompts with a model and has the oracle judge them: how often "
                     "prompts of each kind are drawn correctly, how often hazards and glitches appear.",
                     "none", 1, schema().schema()},
                    {}, run));
}

}  // namespace plumbline::command
