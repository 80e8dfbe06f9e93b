#include <chrono>
#include <fstream>

#include "app/cli/catalog.h"
#include "app/cli/host/engine.h"
#include "core/image/png.h"
#include "core/models/diffusion_model.h"
#include "core/sampling/generator.h"
#include "core/tensor/threads.h"

namespace plumbline::command {
namespace {

struct Config : DrawSettings {
  std::string model, negativePrompt;
  std::int64_t seed = 0;
  int count = 1;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = [] {
    ConfigSchema<Config> s;
    s.text("model", &Config::model,
           "Diffusers folder, or the name of a model of this program; default: scenes")
        .text("negative_prompt", &Config::negativePrompt, "What the pictures should not show")
        .integer("seed", &Config::seed, 0, 9007199254740991.0, "", "Seed; picture i of a prompt uses index i")
        .integer("count", &Config::count, 1, 100000, "pictures", "Pictures of each prompt");
    bindDrawSettings(s);
    return s;
  }();
  return kSchema;
}

// "file" or "file:strength"; a colon that is part of a path that exists is not a separator.
std::pair<std::filesystem::path, double> adapterOf(const std::string& text) {
  const std::size_t cut = text.rfind(':');
  if (std::filesystem::exists(text) || cut == std::string::npos) return {text, 1.0};
  char* end = nullptr;
  const double strength = std::strtod(text.c_str() + cut + 1, &end);
  if (*end || cut + 1 == text.size())
    throw Error(ErrorKind::kInvalidInput, "'" + text + "' is not FILE or FILE:STRENGTH");
  return {text.substr(0, cut), strength};
}

std::vector<SampleRequest> requestsOf(const Config& config, const std::vector<std::string>& prompts) {
  std::vector<SampleRequest> requests;
  for (const std::string& prompt : prompts) {
    for (int i = 0; i < config.count; ++i) {
      SampleRequest request{config};
      request.prompt = prompt;
      request.negativePrompt = config.negativePrompt;
      request.seed = std::uint64_t(config.seed);
      request.imageIndex = std::uint64_t(i);
      requests.push_back(std::move(request));
    }
  }
  return requests;
}

int run(Context& context, const Parsed& parsed) {
  const Config config = schema().fromJson(parsed.of(schema().schema()));
  context.catalog().samplers.get(config.sampler);
  const std::filesystem::path out = parsed.text("out");
  keepFreedMemory();
  Engine engine;
  engine.prepareThread();
  const std::filesystem::path folder = Context::modelFolder(config.model);
  Generator& generator = engine.generator(folder);
  std::vector<SampleRequest> requests = requestsOf(config, parsed.list("prompt"));
  for (const std::string& text : parsed.list("lora")) {
    const auto [file, strength] = adapterOf(text);
    const std::string name = engine.adapter(folder, file);
    for (SampleRequest& request : requests) request.adapters[name] = strength;
  }
  const auto start = std::chrono::steady_clock::now();
  const std::vector<Picture> pictures = generator.generate(requests, context.progress(), context.stop());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::filesystem::create_directories(out);
  Json files = Json::array();
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const std::string name = pngName(i);
    writePng((out / name).string(), pictures[i]);
    files.push_back({{"file", name},
                     {"prompt", requests[i].prompt},
                     {"seed", requests[i].seed},
                     {"index", requests[i].imageIndex}});
    context.progress().artifact("image", (out / name).string());
  }
  context.result({{"out", std::filesystem::absolute(out).lexically_normal().string()},
                  {"pictures", files},
                  {"seconds", seconds},
                  {"model", generator.model().hash},
                  {"engine", engine.fingerprint()}});
  context.say(std::to_string(pictures.size()) + " pictures in " + out.string());
  return 0;
}

}  // namespace

void register_sample(Registry& registry) {
  registry.add(
      make({"sample", "Draw pictures", "Draw pictures without a project.", "none", 1, schema().schema()},
           {{"prompt", "Prompt", true, true, false},
            {"out", "Folder to write", true, false, false},
            {"lora", "Adapter: a file or folder, with :STRENGTH if other than 1", false, true, false}},
           run));
}

}  // namespace plumbline::command
