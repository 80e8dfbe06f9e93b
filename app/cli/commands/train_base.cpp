#include "app/cli/catalog.h"
#include "core/scenes/training/base_model.h"
#include "core/tensor/threads.h"
#include "core/types/error.h"

namespace plumbline::command {
namespace {

struct Config {
  std::string size = "small", stage = "all", out;
  double hours = 8;
  bool restart = false;
  std::int64_t seed = 1;
};

const ConfigSchema<Config>& schema() {
  static const auto kSchema =
      ConfigSchema<Config>()
          .text("out", &Config::out, "Folder of the model; what lies there already is gone on with")
          .choice("size", &Config::size, {"mini", "small", "base", "large"},
                  "mini: 64x64 pixels; small: the default model; base, large: for a GPU")
          .choice("stage", &Config::stage,
                  {"all", "vocabulary", "autoencoder", "diffusion", "clip", "match", "decoder"},
                  "One stage alone, or all in order; decoder: goes on with the decoder of the autoencoder "
                  "and leaves what the U-Net has learnt valid")
          .real("hours", &Config::hours, 0.001, 10000, "h", "Wall clock for what is asked")
          .boolean("restart", &Config::restart,
                   "Begin anew instead of going on from the state or the finished weights in the folder")
          .integer("seed", &Config::seed, 0, 1e15, "", "Seed of weights, pictures and noise");
  return kSchema;
}

int run(Context& context, const Parsed& parsed) {
  const Config config = schema().fromJson(parsed.json());
  if (config.out.empty()) throw Error(ErrorKind::kInvalidInput, "say where the model goes: --out FOLDER");
  useThreads();
  keepFreedMemory();
  training::trainBase(config.out,
                      {.size = config.size,
                       .stage = config.stage,
                       .hours = config.hours,
                       .resume = !config.restart,
                       .seed = std::uint64_t(config.seed)},
                      context.progress(), context.stop());
  context.result({{"folder", config.out}, {"stage", config.stage}});
  context.say("trained " + config.stage + " in " + config.out);
  return 0;
}

}  // namespace

void register_train_base(Registry& registry) {
  registry.add(make(
      {"train_base", "Train a base model",
       "Trains a text-to-image model of the Stable Diffusion form from scratch on rendered "
       "scenes: vocabulary, "
       "autoencoder, text encoder and U-Net, then a CLIP for rewards and what reads captions and pictures "
       "together. Can be stopped and gone on "
       "with at any time.",
       "none", 1, schema().schema()},
      {}, run));
}

}  // namespace plumbline::command
