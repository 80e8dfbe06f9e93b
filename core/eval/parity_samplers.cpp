#include "core/eval/parity_record.h"
#include "core/models/config_file.h"

namespace plumbline {
namespace {

struct Choice {
  std::string sampler;
  Json settings = Json::object();
};

// Which sampler, with which settings, a recorded scheduler is; ids of samplers that may not exist yet.
Choice choiceFor(const Json& scheduler) {
  static const std::map<std::string, std::string> kIds = {{"DDIMScheduler", "ddim"},
                                                          {"DDPMScheduler", "ddpm"},
                                                          {"DPMSolverMultistepScheduler", "dpmpp_2m"},
                                                          {"EulerDiscreteScheduler", "euler"},
                                                          {"EulerAncestralDiscreteScheduler", "euler_a"},
                                                          {"HeunDiscreteScheduler", "heun"},
                                                          {"LCMScheduler", "lcm"},
                                                          {"PNDMScheduler", "pndm"},
                                                          {"UniPCMultistepScheduler", "unipc"}};
  const std::string name = scheduler.at("class").get<std::string>();
  const auto id = kIds.find(name);
  Choice choice{id == kIds.end() ? name : id->second};
  const Json& config = scheduler.at("config");
  if (config.value("use_karras_sigmas", false)) choice.settings["karras"] = true;
  if (config.value("algorithm_type", std::string()).starts_with("sde-")) choice.settings["sde"] = true;
  const Json stepSettings = scheduler.value("step_kwargs", Json::object());
  for (const auto& [key, value] : stepSettings.items()) choice.settings[key] = value;
  return choice;
}

// The stand-in for a network that the trajectories were recorded with.
at::Tensor standIn(const at::Tensor& x, std::int64_t timestep) {
  return at::tanh(0.7 * x + 0.001 * double(timestep)) * 0.9;
}

void compareCase(const Json& scheduler, const sampler::Sampler& sampler, const Json& settings,
                 ParityRecord& record) {
  const std::string name = scheduler.at("name").get<std::string>();
  Json config = scheduler.at("config");
  config["_class_name"] = scheduler.at("class");
  const auto run = sampler.start(config, scheduler.at("steps").get<int>(), settings);
  record.compare(name + ".timesteps", torch::tensor(run->timesteps(), at::kLong), {0, 0});
  const int steps = int(run->timesteps().size());
  const at::Tensor noise = record.has(name + ".noise") ? record.input(name + ".noise") : at::Tensor();
  const auto noiseAt = [&](int i) {
    // A sampler that needs none at its last step recorded one tensor less.
    return noise.defined() && i < noise.size(0) ? noise[i] : at::Tensor();
  };
  sampler::SamplerState state{record.input("initial_noise") * run->initialSigma(), {}};
  std::vector<at::Tensor> trajectory{state.x};
  for (int i = 0; i < steps; ++i) {
    const at::Tensor output = standIn(run->scaleInput(state.x, i), run->timesteps()[std::size_t(i)]);
    state = run->step(output, i, state, noiseAt(i));
    trajectory.push_back(state.x);
  }
  record.compare(name + ".trajectory", at::stack(trajectory), kTrajectory);
}

}  // namespace

std::vector<ParityResult> samplerParity(const std::string& folder, const ParityRegistries& registries) {
  torch::NoGradGuard guard;
  ParityRecord record(folder + "/expected.safetensors");
  const Json expected = readConfig(folder + "/expected.json");
  for (const Json& scheduler : expected.at("cases")) {
    const Choice choice = choiceFor(scheduler);
    const auto* sampler = registries.samplers.find(choice.sampler);
    if (sampler) {
      compareCase(scheduler, *sampler, choice.settings, record);
      continue;
    }
    const std::string name = scheduler.at("name").get<std::string>();
    for (const char* part : {".timesteps", ".noise", ".trajectory"}) {
      if (record.has(name + part)) record.skip(name + part, "there is no sampler " + choice.sampler + " yet");
    }
  }
  return record.finish();
}

}  // namespace plumbline
