#include <filesystem>

#include "core/eval/parity_record.h"
#include "core/lora/lora.h"
#include "core/models/config_file.h"
#include "core/models/diffusion_model.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

void compareTextEncoder(const DiffusionModel& model, ParityRecord& record) {
  const auto y = model.textEncoder->forward(record.input("text_encoder.input_ids"));
  record.compare("text_encoder.last_hidden_state", y.lastHiddenState, kSingleComponent);
  record.compare("text_encoder.penultimate_hidden_state", y.penultimateHiddenState, kSingleComponent);
  record.compare("text_encoder.pooled", y.pooled, kSingleComponent);
}

at::Tensor unetOutput(const DiffusionModel& model, ParityRecord& record) {
  return model.unet->forward(record.input("unet.sample"), record.input("unet.timestep"),
                             record.input("unet.encoder_hidden_states"));
}

void compareAutoencoder(const DiffusionModel& model, ParityRecord& record) {
  const at::Tensor latent = record.input("vae.latent") / model.latentScale();
  record.compare("vae.decoded", model.vae->decode(latent), kSingleComponent);
  const nn::DiagonalGaussian posterior = model.vae->encode(record.input("vae.image"));
  record.compare("vae.mean", posterior.mean, kSingleComponent);
  record.compare("vae.logvar", posterior.logvar, kSingleComponent);
}

// "dpmpp_2m_karras" is the sampler dpmpp_2m with karras on.
const sampler::Sampler* samplerNamed(const sampler::Registry& samplers, std::string name, Json& settings) {
  settings = Json::object();
  if (const auto* s = samplers.find(name)) return s;
  constexpr std::string_view kSuffix = "_karras";
  if (!name.ends_with(kSuffix)) return nullptr;
  const auto* s = samplers.find(name.substr(0, name.size() - kSuffix.size()));
  if (!s || !s->descriptor.parameters.find("karras")) return nullptr;
  settings["karras"] = true;
  return s;
}

struct Guided {
  const DiffusionModel& model;
  at::Tensor features;  // unconditional rows, then conditional ones: 2b s d
  double guidance;

  at::Tensor predict(const at::Tensor& x, std::int64_t timestep) const {
    const at::Tensor twice = at::cat({x, x});
    const auto parts =
        model.unet->forward(twice, at::full({twice.size(0)}, timestep, at::kLong), features).chunk(2);
    return parts[0] + guidance * (parts[1] - parts[0]);
  }
};

void compareRun(const std::string& name, const sampler::Sampler& sampler, const Json& settings, int steps,
                const Guided& guided, ParityRecord& record) {
  const auto run = sampler.start(guided.model.schedulerConfig, steps, settings);
  const std::string prefix = "run." + name;
  record.compare(prefix + ".timesteps", torch::tensor(run->timesteps(), at::kLong), {0, 0});
  sampler::SamplerState state{record.input("run.initial_noise") * run->initialSigma(), {}};
  for (int i = 0; i < int(run->timesteps().size()); ++i) {
    const at::Tensor output = guided.predict(run->scaleInput(state.x, i), run->timesteps()[std::size_t(i)]);
    state = run->step(output, i, state, {});
  }
  record.compare(prefix + ".final_latent", state.x, kTrajectory);
  if (record.has(prefix + ".image")) {
    record.compare(prefix + ".image", guided.model.decodeLatents(state.x), kTrajectory);
  }
}

void compareRuns(const DiffusionModel& model, const Json& expected, const sampler::Registry& samplers,
                 ParityRecord& record) {
  if (!record.has("run.initial_noise")) return;
  const std::int64_t pictures = record.input("run.initial_noise").size(0);
  const at::Tensor hidden = model.encodeTokens(record.input("text_encoder.input_ids"));
  const at::Tensor unconditional = hidden.narrow(0, hidden.size(0) - 1, 1);
  const Guided guided{model,
                      at::cat({unconditional.expand({pictures, -1, -1}), hidden.narrow(0, 0, pictures)}),
                      expected.at("guidance").get<double>()};
  const std::string ending = ".final_latent";
  for (const std::string& tensor : record.names()) {
    if (!tensor.starts_with("run.") || !tensor.ends_with(ending)) continue;
    const std::string name = tensor.substr(4, tensor.size() - 4 - ending.size());
    Json settings;
    if (const auto* sampler = samplerNamed(samplers, name, settings)) {
      compareRun(name, *sampler, settings, expected.at("steps").get<int>(), guided, record);
    } else {
      for (const char* part : {".timesteps", ".final_latent", ".image"}) {
        if (record.has("run." + name + part))
          record.skip("run." + name + part, "there is no sampler " + name + " yet");
      }
    }
  }
}

// File name without ending to the outputs recorded with it: name of the tensor, strength.
std::vector<std::pair<std::string, double>> outputsOf(const std::string& stem, const ParityRecord& record) {
  const std::string prefix = "unet.out.";
  if (stem.starts_with("kohya")) return {{prefix + "kohya", 1.0}};
  std::vector<std::pair<std::string, double>> outputs;
  const std::string scaled = prefix + "peft_scale_";
  for (const std::string& name : record.names()) {
    if (!name.starts_with(scaled)) continue;
    const char* digits = name.c_str() + scaled.size();
    char* end = nullptr;
    const double strength = std::strtod(digits, &end);
    if (end != digits && *end == 0) outputs.emplace_back(name, strength);
  }
  return outputs;
}

const lora_format::LoraFormat* formatOf(const SafetensorsFile& file, const lora_format::Registry& formats) {
  for (const auto& format : formats.all()) {
    if (format->accepts(file)) return format.get();
  }
  return nullptr;
}

}  // namespace

std::vector<ParityResult> pipelineParity(const std::string& folder, const ParityRegistries& registries) {
  torch::NoGradGuard guard;
  const auto model = loadModel(folder);
  ParityRecord record(folder + "/expected.safetensors");
  compareTextEncoder(*model, record);
  record.compare("unet.out", unetOutput(*model, record), kSingleComponent);
  compareAutoencoder(*model, record);
  compareRuns(*model, readConfig(folder + "/expected.json"), registries.samplers, record);
  return record.finish();
}

std::vector<ParityResult> adapterParity(const std::string& folder, const ParityRegistries& registries) {
  torch::NoGradGuard guard;
  const std::string pipeline = readConfig(folder + "/expected.json").at("pipeline").get<std::string>();
  const std::string base =
      (fs::absolute(folder).lexically_normal() / ".." / pipeline).lexically_normal().string();
  const auto model = loadModel(base);
  ParityRecord inputs(base + "/expected.safetensors");
  ParityRecord record(folder + "/expected.safetensors");
  for (const auto& item : fs::directory_iterator(folder)) {
    const std::string stem = item.path().stem().string();
    if (item.path().extension() != ".safetensors" || stem == "expected") continue;
    const SafetensorsFile file = SafetensorsFile::open(item.path().string());
    const auto* format = formatOf(file, registries.loraFormats);
    for (const auto& [name, strength] : outputsOf(stem, record)) {
      if (!format) {
        record.skip(name, "the form of " + item.path().filename().string() + " cannot be read yet");
        continue;
      }
      LoraSet adapters(model);
      adapters.add("parity", format->read(file));
      adapters.setOnly({{"parity", strength}});
      record.compare(name, unetOutput(*model, inputs), kSingleComponent);
    }
  }
  return record.finish();
}

}  // namespace plumbline
