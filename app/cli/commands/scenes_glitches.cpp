#include "app/cli/catalog.h"
#include "app/cli/command.h"
#include "core/models/round_trip.h"
#include "core/scenes/oracle/glitch_fit.h"
#include "core/scenes/training/redrawing.h"
#include "core/tensor/picture_tensor.h"
#include "core/tensor/threads.h"
#include "core/types/error.h"

namespace plumbline::command {
namespace {

struct Config {
  std::int64_t scenes = 1000, seed = 501;
  std::string model = "scenes";
};

const ConfigSchema<Config>& schema() {
  static const auto kSchema =
      ConfigSchema<Config>()
          .integer("scenes", &Config::scenes, 8, 1e6, "", "Scenes; half of them are fitted to")
          .integer("seed", &Config::seed, 0, 1e15, "", "Draws the scenes")
          .text("model", &Config::model,
                "Draws the scenes anew, and its autoencoder decodes them: its folder or name");
  return kSchema;
}

std::vector<Picture> redrawn(const DiffusionModel& model, training::Redrawing& redrawing,
                             const std::vector<Picture>& pictures, const std::vector<std::string>& captions,
                             at::Generator& generator) {
  torch::NoGradGuard noGrad;
  std::vector<at::Tensor> ids;
  for (const std::string& caption : captions)
    ids.push_back(torch::tensor(model.tokenizer->encode(caption), at::kLong));
  const auto latents = model.encodePictures(toTensor(pictures));
  return toPictures(model.decodeLatents(redrawing.redraw(latents, at::stack(ids), generator)));
}

int run(Context& context, const Parsed& parsed) {
  const Config config = schema().fromJson(parsed.json());
  useThreads();
  const std::string folder = Context::modelFolder(config.model).string();
  const auto model = loadModel(folder);
  if (model->pictureSize() != scenes::kCanvas) {
    throw Error(ErrorKind::kUnsupported, "the detector reads pictures of 128 pixels a side, and '" +
                                             config.model + "' draws " +
                                             std::to_string(model->pictureSize()) + "; choose another model");
  }
  if (!model->tokenizer) {
    throw Error(ErrorKind::kUnsupported,
                "'" + config.model + "' has no tokenizer folder, so that it cannot redraw scenes; add it");
  }
  training::Redrawing redrawing(folder);
  auto generator = at::detail::createCPUGenerator(std::uint64_t(config.seed));
  const scenes::GlitchFitRequest request{
      int(config.scenes), std::uint64_t(config.seed),
      [&](const std::vector<Picture>& pictures) { return roundTrip(*model, pictures); },
      [&](const std::vector<Picture>& pictures, const std::vector<std::string>& captions) {
        return redrawn(*model, redrawing, pictures, captions, generator);
      }};
  const scenes::GlitchFit fit = scenes::fitGlitchDetector(request, context.progress(), context.stop());
  Json counts = Json::object();
  for (const auto& [kind, count] : fit.counts) {
    counts[kind] = {{"called", count.called}, {"pictures", count.all}};
    context.say(kind + ": " + std::to_string(count.called) + " of " + std::to_string(count.all) +
                " called a glitch");
  }
  Json detector = Json::array();
  for (const scenes::GlitchWeights& kind : fit.detector)
    detector.push_back({{"cues", kind.cues}, {"least", kind.least}});
  context.result({{"detector", detector}, {"counts", counts}});
  context.say(scenes::asSource(fit.detector));
  return 0;
}

}  // namespace

void register_scenes_glitches(Registry& registry) {
  registry.add(
      make({"scenes_glitches", "Fit the glitch detector",
            "Fits the oracle's glitch detector to rendered glitches and to objects as badly drawn as a "
            "model draws them, and says how many of other scenes it calls a glitch. Prints the table that "
            "core/scenes/oracle/glitch_detector.cpp holds.",
            "none", 1, schema().schema()},
           {}, run));
}

}  // namespace plumbline::command
