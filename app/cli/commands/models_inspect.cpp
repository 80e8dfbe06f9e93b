#include "app/cli/command.h"
#include "core/models/diffusion_model.h"

namespace plumbline::command {
namespace {

std::int64_t parameterCount(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const at::Tensor& parameter : module.parameters()) count += parameter.numel();
  return count;
}

int run(Context& context, const Parsed& parsed) {
  const std::filesystem::path folder = Context::modelFolder(parsed.text("model"));
  const auto model = loadModel(folder.string());
  Json parts{{"unet", parameterCount(*model->unet)},
             {"vae", parameterCount(*model->vae)},
             {"text_encoder", parameterCount(*model->textEncoder)}};
  if (model->clip) parts["clip"] = parameterCount(*model->clip);
  const Json result{{"path", folder.string()},
                    {"family", model->family},
                    {"hash", model->hash},
                    {"picture_size", model->pictureSize()},
                    {"latent_channels", model->latentChannels()},
                    {"latent_size", model->latentSize()},
                    {"parameters", parts},
                    {"tokenizer", model->tokenizer != nullptr},
                    {"scheduler", model->schedulerConfig}};
  context.result(result);
  context.say(folder.string() + ": family " + model->family + ", pictures " +
              std::to_string(model->pictureSize()) + " pixels a side, latents " +
              std::to_string(model->latentChannels()) + "x" + std::to_string(model->latentSize()) + "x" +
              std::to_string(model->latentSize()));
  for (const auto& [name, count] : parts.items())
    context.say("  " + name + ": " + count.dump() + " parameters");
  context.say("every tensor is used and every parameter filled; hash " + model->hash);
  return 0;
}

}  // namespace

void register_models_inspect(Registry& registry) {
  registry.add(make({"models_inspect", "Inspect a model",
                     "Load a model completely, which checks every tensor, and say what it is.", "none"},
                    {{"model", "Diffusers folder, or the name of a model of this program"}}, run));
}

}  // namespace plumbline::command
