#include <algorithm>
#include <chrono>
#include <map>

#include "app/cli/catalog.h"
#include "app/cli/host/engine.h"
#include "core/image/png.h"
#include "core/models/diffusion_model.h"
#include "core/sampling/generator.h"
#include "core/scenes/oracle/oracle.h"
#include "core/tensor/threads.h"
#include "core/types/parallel.h"

namespace plumbline::command {
namespace {

struct Config : DrawSettings {
  std::string model, out, lora;
  std::int64_t prompts = 512, seed = 1;
  bool training = false;
};

const ConfigSchema<Config>& schema() {
  static const auto kSchema = [] {
    ConfigSchema<Config> s;
    s.text("model", &Config::model, "Diffusers folder, or the name of a model of this program")
        .text("out", &Config::out, "Folder for the pictures; empty keeps none")
        .text("lora", &Config::lora, "Adapter file or folder")
        .integer("prompts", &Config::prompts, 1, 1e6, "prompts", "Different prompts, a picture of each")
        .integer("seed", &Config::seed, 0, 1e15, "", "Draws prompts and pictures")
        .boolean("training_prompts", &Config::training,
                 "Prompts of the training split instead of the held-out one: for choosing settings");
    bindDrawSettings(s);
    return s;
  }();
  return kSchema;
}

std::string kindOf(const scenes::ScenePrompt& prompt) {
  if (prompt.groups.size() > 1) return prompt.groups.size() == 2 ? "two_groups" : "three_groups";
  return prompt.objects() == 1 ? "one_object" : "one_group";
}

// What was wrong with a picture that is not right: each check by name.
std::vector<std::string> mistakes(const scenes::Verdict& verdict) {
  std::vector<std::string> found;
  const auto note = [&](const char* name, auto right) {
    const bool all = std::all_of(verdict.groups.begin(), verdict.groups.end(), right);
    if (!all) found.emplace_back(name);
  };
  using Group = scenes::GroupVerdict;
  note("count", [](const Group& g) { return g.countRight; });
  note("colour", [](const Group& g) { return g.colourRight; });
  note("shape", [](const Group& g) { return g.shapeRight; });
  note("size", [](const Group& g) { return g.sizeRight; });
  if (!verdict.relationHolds) found.emplace_back("relation");
  if (!verdict.nothingExtra) found.emplace_back("something_extra");
  if (!verdict.backgroundRight) found.emplace_back("background");
  return found;
}

struct Judged {
  int right = 0, all = 0;
  std::map<std::string, int> wrong;
};

Json judged(const std::vector<scenes::ScenePrompt>& prompts, const std::vector<Picture>& pictures) {
  std::vector<scenes::Verdict> verdicts(pictures.size());
  inParallel(pictures.size(), [&](std::size_t i) { verdicts[i] = scenes::measure(pictures[i], prompts[i]); });
  std::map<std::string, Judged> kinds;
  int hazards = 0, glitches = 0;
  double cleanliness = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const scenes::Verdict& verdict = verdicts[i];
    for (const std::string& name : {kindOf(prompts[i]), std::string("all")}) {
      Judged& kind = kinds[name];
      kind.right += verdict.correct;
      ++kind.all;
      for (const std::string& mistake : mistakes(verdict)) ++kind.wrong[mistake];
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
  for (const auto& [name, kind] : kinds) {
    json["correct_" + name] = {
        {"share", double(kind.right) / kind.all}, {"prompts", kind.all}, {"wrong", kind.wrong}};
  }
  return json;
}

int run(Context& context, const Parsed& parsed) {
  const Config config = schema().fromJson(parsed.of(schema().schema()));
  keepFreedMemory();
  Engine engine;
  engine.prepareThread();
  const std::filesystem::path folder = Context::modelFolder(config.model);
  Generator& generator = engine.generator(folder);
  scenes::SceneRng rng(std::uint64_t(config.seed), 20);
  const auto prompts = scenes::distinctPrompts(rng, int(config.prompts), !config.training);
  std::vector<SampleRequest> requests;
  for (const auto& prompt : prompts) {
    SampleRequest request{config};
    request.prompt = scenes::canonicalText(prompt);
    request.seed = std::uint64_t(config.seed);
    request.imageIndex = requests.size();
    if (!config.lora.empty()) request.adapters[engine.adapter(folder, config.lora)] = 1.0;
    requests.push_back(std::move(request));
  }
  const auto start = std::chrono::steady_clock::now();
  const auto pictures = generator.generate(requests, context.progress(), context.stop());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!config.out.empty()) {
    std::filesystem::create_directories(config.out);
    for (std::size_t i = 0; i < pictures.size(); ++i)
      writePng((std::filesystem::path(config.out) / pngName(i)).string(), pictures[i]);
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
