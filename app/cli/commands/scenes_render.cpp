#include <filesystem>
#include <fstream>

#include "app/cli/catalog.h"
#include "app/cli/command.h"
#include "core/image/png.h"
#include "core/scenes/renderer.h"
#include "core/scenes/training_sample.h"
#include "core/types/error.h"

namespace plumbline::command {
namespace {

struct Config {
  std::int64_t count = 16, seed = 1, size = scenes::kCanvas;
  std::string prompt, faults = "usual", out;
};

const ConfigSchema<Config>& schema() {
  static const auto kSchema =
      ConfigSchema<Config>()
          .text("out", &Config::out, "Folder for NNNN.png and scenes.jsonl with the truth of each")
          .integer("count", &Config::count, 1, 1e7, "", "Pictures")
          .integer("seed", &Config::seed, 0, 1e15, "", "Draws prompts and scenes")
          .integer("size", &Config::size, 16, 1024, "px", "Pixels a side: 128, or 64 for scenes-mini")
          .text("prompt", &Config::prompt, "What to draw; none: pictures and captions as training sees them")
          .choice("faults", &Config::faults, {"usual", "none", "hazard", "glitch", "both"},
                  "Planted faults, where a prompt is given");
  return kSchema;
}

Json boxJson(const scenes::Box& box) {
  return {box.left, box.top, box.right, box.bottom};
}

Json truth(const scenes::Scene& scene) {
  Json objects = Json::array();
  for (const scenes::SceneObject& object : scene.objects) {
    objects.push_back({{"group", object.group},
                       {"shape", std::string(name(object.shape))},
                       {"colour", std::string(name(object.colour))},
                       {"size", object.large ? "large" : "small"},
                       {"box", boxJson(scenes::boxOf(object))},
                       {"covered", scenes::coveredShare(scene, object)}});
  }
  Json json{{"world_version", scene.worldVersion},
            {"prompt", scenes::canonicalText(scene.prompt)},
            {"held_out", scenes::isHeldOut(scene.prompt)},
            {"background", std::string(name(scene.background))},
            {"objects", objects},
            {"hazard", nullptr},
            {"glitch", nullptr}};
  if (scene.hazard) {
    json["hazard"] = {{"x", scene.hazard->x}, {"y", scene.hazard->y}, {"side", scene.hazard->side}};
  }
  if (scene.glitch) {
    const scenes::Glitch& g = *scene.glitch;
    json["glitch"] = {{"kind", std::string(scenes::kGlitchKindNames[std::size_t(g.kind)])},
                      {"box", Json{g.left, g.top, g.left + g.width, g.top + g.height}}};
  }
  return json;
}

scenes::TrainingSample drawn(const Config& config, std::int64_t index) {
  const std::uint64_t seed = std::uint64_t(config.seed);
  if (config.prompt.empty()) return scenes::trainingSample(seed, std::uint64_t(index), int(config.size));
  const scenes::ScenePrompt prompt = scenes::parsePrompt(config.prompt);
  scenes::SceneRng rng(seed, std::uint64_t(index), 20);
  scenes::Faults faults{config.faults == "hazard" || config.faults == "both",
                        config.faults == "glitch" || config.faults == "both"};
  if (config.faults == "usual") faults = scenes::sampleFaults(prompt, rng);
  scenes::TrainingSample sample;
  sample.scene = scenes::sampleScene(prompt, rng, faults);
  sample.picture = scenes::render(sample.scene, int(config.size));
  sample.caption = config.prompt;
  return sample;
}

int run(Context& context, const Parsed& parsed) {
  const Config config = schema().fromJson(parsed.json());
  if (config.out.empty()) throw Error(ErrorKind::kInvalidInput, "say where the pictures go: --out FOLDER");
  std::filesystem::create_directories(config.out);
  std::ofstream list(std::filesystem::path(config.out) / "scenes.jsonl");
  for (std::int64_t i = 0; i < config.count; ++i) {
    throwIfStopped(context.stop());
    const scenes::TrainingSample sample = drawn(config, i);
    std::string file = std::to_string(i);
    file = std::string(file.size() < 4 ? 4 - file.size() : 0, '0') + file + ".png";
    writePng((std::filesystem::path(config.out) / file).string(), sample.picture);
    Json line = truth(sample.scene);
    line["file"] = file;
    line["caption"] = sample.caption;
    list << line.dump() << '\n';
    context.progress().progress("rendering", i + 1, config.count);
  }
  list.flush();
  if (!list)
    throw Error(ErrorKind::kInternal,
                "could not write scenes.jsonl in " + config.out + ": is the disk full?");
  context.result({{"out", config.out}, {"count", config.count}, {"world_version", scenes::kWorldVersion}});
  context.say(std::to_string(config.count) + " pictures in " + config.out);
  return 0;
}

}  // namespace

void register_scenes_render(Registry& registry) {
  registry.add(
      make({"scenes_render", "Render scenes",
            "Draws pictures of the scenes world with the truth about each: what is on them, where, and which "
            "faults were planted.",
            "none", 1, schema().schema()},
           {}, run));
}

}  // namespace plumbline::command
