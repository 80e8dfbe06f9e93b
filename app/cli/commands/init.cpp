#include "app/cli/catalog.h"
#include "app/cli/new_project.h"

namespace plumbline::command {
namespace {

struct Config {
  std::string model, prompts, images;
  int trainPrompts = 512;
  int heldOutPrompts = 320;
  std::int64_t seed = 0;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema =
      ConfigSchema<Config>()
          .text("model", &Config::model,
                "Diffusers folder, or the name of a model of this program; default: scenes")
          .text("prompts", &Config::prompts,
                "File of prompts (text: one a line; CSV; JSON lines); default: made-up scenes")
          .text("images", &Config::images, "Folder of pictures to label")
          .integer("train_prompts", &Config::trainPrompts, 1, 100000, "",
                   "Made-up prompts for labelling and training")
          .integer("held_out_prompts", &Config::heldOutPrompts, 0, 20000, "",
                   "Made-up prompts that are only for evaluation: never labelled, never trained on")
          .integer("seed", &Config::seed, 0, 9007199254740991.0, "", "Seed of the made-up prompts");
  return kSchema;
}

int run(Context& context, const Parsed& parsed) {
  NewProject wanted;
  wanted.folder = parsed.text("dir");
  wanted.model = parsed.text("model");
  wanted.prompts = parsed.text("prompts");
  wanted.images = parsed.text("images");
  wanted.trainPrompts = int(parsed.integer("train_prompts"));
  wanted.heldOutPrompts = int(parsed.integer("held_out_prompts"));
  wanted.seed = std::uint64_t(parsed.integer("seed"));
  const auto project = makeProject(wanted, context, context.progress(), context.stop());
  const std::int64_t train = project->prompts().count("train"),
                     heldOut = project->prompts().count("held_out");
  context.result({{"project", std::filesystem::absolute(project->folder()).string()},
                  {"prompts", project->prompts().count()},
                  {"train", train},
                  {"held_out", heldOut},
                  {"images", project->images().count()}});
  context.say("new project in " + project->folder().string() + ": " + std::to_string(train) +
              " prompts to label, " + std::to_string(heldOut) + " held out, " +
              std::to_string(project->images().count()) + " pictures");
  return 0;
}

}  // namespace

void register_init(Registry& registry) {
  registry.add(
      make({"init", "New project", "Make a project: a folder with its database, prompts and generator.",
            "none", 1, schema().schema()},
           {{"dir", "Folder to make"}}, run));
}

}  // namespace plumbline::command
