#include "app/cli/command.h"

namespace plumbline::command {
namespace {

int run(Context& context, const Parsed&) {
  const std::filesystem::path folder = Context::resources() / "models";
  Json models = Json::array();
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (!std::filesystem::exists(entry.path() / "model_index.json")) continue;
      std::uintmax_t bytes = 0;
      for (const auto& file : std::filesystem::recursive_directory_iterator(entry.path())) {
        if (file.is_regular_file()) bytes += file.file_size();
      }
      models.push_back(
          {{"name", entry.path().filename().string()}, {"path", entry.path().string()}, {"bytes", bytes}});
    }
  }
  std::sort(models.begin(), models.end(),
            [](const Json& a, const Json& b) { return a.at("name") < b.at("name"); });
  context.result({{"models", models}});
  for (const Json& model : models) {
    context.say(model.at("name").get<std::string>() + "  " +
                std::to_string(model.at("bytes").get<std::uintmax_t>() >> 20) + " MiB");
  }
  if (models.empty()) context.say("no models in " + folder.string());
  return 0;
}

}  // namespace

void register_models_list(Registry& registry) {
  registry.add(
      make({"models_list", "Models", "List the models that came with this program.", "none"}, {}, run));
}

}  // namespace plumbline::command
