#include "app/cli/catalog.h"
#include "app/cli/command.h"
#include "core/models/round_trip.h"
#include "core/scenes/oracle/accuracy.h"

namespace plumbline::command {
namespace {

struct Config {
  std::int64_t scenes = 2000, seed = 1;
  std::string model;
};

const ConfigSchema<Config>& schema() {
  static const auto kSchema =
      ConfigSchema<Config>()
          .integer("scenes", &Config::scenes, 1, 1e6, "",
                   "Scenes of each kind (clean, with faults, with faults as often as in training)")
          .integer("seed", &Config::seed, 0, 1e15, "", "Draws the scenes")
          .text("model", &Config::model,
                "Also measure after the round trip through this model's autoencoder: its folder or name");
  return kSchema;
}

double share(int part, int whole) {
  return whole > 0 ? double(part) / whole : 0;
}

Json toJson(const scenes::OracleAccuracy& a) {
  Json json{{"scenes", a.scenes},
            {"right", share(a.right, a.scenes)},
            {"covered", share(a.covered, a.scenes)},
            {"hazards", a.hazards},
            {"hazards_missed", a.hazardsMissed},
            {"hazards_false", a.hazardsFalse},
            {"hazard_overlap", a.hazardOverlap},
            {"glitches", a.glitches},
            {"glitches_missed", a.glitchesMissed},
            {"glitches_false", a.glitchesFalse},
            {"glitch_overlap", a.glitchOverlap},
            {"milliseconds", a.milliseconds},
            {"wrong", a.wrong}};
  if (a.roundTrips > 0) {
    json["unchanged"] = share(a.unchanged, a.roundTrips);
    json["right_after"] = share(a.rightAfter, a.roundTrips);
    json["changed"] = a.changed;
    json["psnr_in_boxes"] = a.boxPsnr;
  }
  return json;
}

void sayResult(const Context& context, const std::string& what, const Json& result) {
  context.say(what + ": right on " + std::to_string(result["right"].get<double>() * 100) + " % of " +
              result["scenes"].dump() + ", " + std::to_string(result["milliseconds"].get<double>()) +
              " ms a picture; wrong: " + result["wrong"].dump());
  if (!result.contains("unchanged")) return;
  context.say("  after the autoencoder: unchanged on " +
              std::to_string(result["unchanged"].get<double>() * 100) +
              " %; changed: " + result["changed"].dump() + "; " +
              std::to_string(result["psnr_in_boxes"].get<double>()) + " dB inside the boxes of objects");
}

int run(Context& context, const Parsed& parsed) {
  const Config config = schema().fromJson(parsed.json());
  scenes::AccuracyRequest request;
  request.scenes = int(config.scenes);
  request.seed = std::uint64_t(config.seed);
  if (!config.model.empty()) {
    const auto model = loadModel(Context::modelFolder(config.model).string());
    request.size = int(model->pictureSize());
    request.roundTrip = [model](const std::vector<Picture>& pictures) { return roundTrip(*model, pictures); };
  }
  struct Kind {
    const char *key, *name;
    scenes::Planted faults;
  };
  Json result{{"world_version", scenes::kWorldVersion}};
  for (const Kind& kind :
       {Kind{"clean", "clean scenes", scenes::Planted::kNone},
        Kind{"faults", "scenes with faults", scenes::Planted::kAlways},
        Kind{"as_drawn", "scenes with faults as often as in training", scenes::Planted::kAsDrawn}}) {
    request.faults = kind.faults;
    result[kind.key] = toJson(scenes::measureAccuracy(request, context.progress(), context.stop()));
    sayResult(context, kind.name, result[kind.key]);
  }
  context.result(result);
  return 0;
}

}  // namespace

void register_scenes_measure(Registry& registry) {
  registry.add(make(
      {"scenes_measure", "Measure the oracle",
       "How often the oracle reads rendered scenes rightly, clean, with planted faults and with faults as "
       "often as in training, and how often it says the same after the round trip through a model's "
       "autoencoder.",
       "none", 1, schema().schema()},
      {}, run));
}

}  // namespace plumbline::command
