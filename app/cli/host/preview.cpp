#include "app/cli/host/preview.h"

#include <unistd.h>

#include "app/cli/host/project_model.h"
#include "core/image/png.h"
#include "core/sampling/generator.h"

namespace plumbline {
namespace {

struct Config : DrawSettings {
  std::string prompt, negativePrompt;
  std::int64_t seed = 0, index = 0;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = [] {
    ConfigSchema<Config> s;
    s.text("prompt", &Config::prompt, "Prompt")
        .text("negative_prompt", &Config::negativePrompt, "What the picture should not show")
        .integer("seed", &Config::seed, 0, 9007199254740991.0, "", "Seed")
        .integer("index", &Config::index, 0, 9007199254740991.0, "", "Image index");
    bindDrawSettings(s);
    return s;
  }();
  return kSchema;
}

}  // namespace

Json previewSettings(const Json& request) {
  Json given = Json::object();
  for (const Parameter& p : schema().schema().parameters()) {
    if (request.contains(p.name)) given[p.name] = request.at(p.name);
  }
  if (!given.contains("prompt")) throw Error(ErrorKind::kInvalidInput, "a preview needs \"prompt\"");
  Json settings = schema().schema().complete(given);
  settings["adapters"] = Json::array();
  for (const Json& adapter : request.value("adapters", Json::array())) {
    if (!adapter.is_object() || !adapter.contains("path") || !adapter.at("path").is_string()) {
      throw Error(ErrorKind::kInvalidInput,
                  "each adapter of a preview is {\"path\": ..., \"strength\": ...}");
    }
    settings["adapters"].push_back(
        {{"path", adapter.at("path")}, {"strength", adapter.value("strength", 1.0)}});
  }
  return settings;
}

std::filesystem::path drawPreview(Engine& engine, Project& project, const Json& settings, int number,
                                  ProgressSink& sink, std::stop_token stop) {
  Json flat = settings;
  flat.erase("adapters");
  const Config config = schema().fromJson(flat);
  const std::filesystem::path folder = projectModelPath(project);
  SampleRequest request{config};
  request.prompt = config.prompt;
  request.negativePrompt = config.negativePrompt;
  request.seed = std::uint64_t(config.seed);
  request.imageIndex = std::uint64_t(config.index);
  for (const Json& adapter : settings.at("adapters")) {
    std::filesystem::path file = adapter.at("path").get<std::string>();
    if (file.is_relative()) file = project.folder() / file;
    request.adapters[engine.adapter(folder, file)] = adapter.at("strength").get<double>();
  }
  const std::vector<Picture> pictures = engine.quickGenerator(folder).generate({request}, sink, stop);
  const std::filesystem::path out =
      std::filesystem::temp_directory_path() / ("plumbline-" + std::to_string(::getpid()));
  std::filesystem::create_directories(out);
  const std::filesystem::path file = out / ("preview-" + std::to_string(number) + ".png");
  writePng(file.string(), pictures.at(0));
  return file;
}

}  // namespace plumbline
