#include <torch/torch.h>

#include <algorithm>
#include <chrono>

#include "app/cli/command.h"
#include "core/lora/lora.h"
#include "core/models/diffusion_model.h"
#include "core/sampling/differentiable.h"
#include "core/sampling/generator.h"
#include "core/tensor/engine_fingerprint.h"
#include "core/tensor/threads.h"

namespace plumbline::command {
namespace {

struct Config : DrawSettings {
  std::string model;
  std::int64_t seed = 0;
  int threads = 0;
  int batch = Generator::kMicroBatch;
  int repeats = 3;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = [] {
    ConfigSchema<Config> s;
    s.text("model", &Config::model,
           "Diffusers folder, or the name of a model of this program; default: scenes")
        .integer("seed", &Config::seed, 0, 9007199254740991.0, "", "Seed of the pictures")
        .integer("threads", &Config::threads, 0, 1024, "threads", "Threads; 0 takes every core")
        .integer("batch", &Config::batch, 1, 256, "pictures", "Pictures drawn together")
        .integer("repeats", &Config::repeats, 1, 100, "", "Measurements; the median counts");
    bindDrawSettings(s);
    return s;
  }();
  return kSchema;
}

template <class Work>
double secondsOf(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// After one unmeasured call: the first one pays for memory and for preparing kernels.
template <class Work>
double medianSeconds(int repeats, const std::stop_token& stop, Work work) {
  std::vector<double> times;
  work();
  for (int i = 0; i < repeats; ++i) {
    throwIfStopped(stop);
    times.push_back(secondsOf(work));
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

std::int64_t parameterCount(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const at::Tensor& parameter : module.parameters()) count += parameter.numel();
  return count;
}

class EngineBench {
 public:
  EngineBench(Context& context, const Config& config, std::shared_ptr<DiffusionModel> model)
      : context_(context),
        config_(config),
        model_(std::move(model)),
        adapters_(std::make_shared<LoraSet>(model_)),
        generator_(model_, adapters_, config.batch) {}

  Json measure() {
    const double network = networkSeconds();
    const double picture = pictureSeconds();
    return {{"unet_parameters", parameterCount(*model_->unet)},
            {"prompt_seconds", promptSeconds()},
            {"network_seconds", network},
            {"decode_seconds", decodeSeconds()},
            {"seconds_per_picture", picture},
            {"gradient_seconds_per_picture", gradientSeconds()},
            {"same_bytes_alone_and_in_company", sameBytes()}};
  }

 private:
  SampleRequest request(int index) const {
    static const char* const kPrompts[] = {"a red circle above a blue square", "two green triangles",
                                           "a large yellow star on a dark background"};
    SampleRequest r{config_};
    r.prompt = kPrompts[index % 3];
    r.seed = std::uint64_t(config_.seed);
    r.imageIndex = std::uint64_t(index);
    return r;
  }
  std::vector<SampleRequest> requests(int count) const {
    std::vector<SampleRequest> list;
    for (int i = 0; i < count; ++i) list.push_back(request(i));
    return list;
  }
  std::stop_token stop() const { return context_.stop(); }

  double promptSeconds() {
    torch::NoGradGuard noGrad;
    return medianSeconds(config_.repeats, stop(), [&] { model_->encodePrompts({request(0).prompt}); });
  }
  double networkSeconds() {
    torch::NoGradGuard noGrad;
    const PreparedBatch batch = generator_.prepare(requests(config_.batch));
    const at::Tensor x = batch.start().x;
    return medianSeconds(config_.repeats, stop(), [&] { generator_.predict(batch, batch.steps() - 1, x); });
  }
  double decodeSeconds() {
    const at::Tensor latents =
        torch::zeros({config_.batch, model_->latentChannels(), model_->latentSize(), model_->latentSize()});
    return medianSeconds(config_.repeats, stop(), [&] { generator_.decode(latents); });
  }
  double pictureSeconds() {
    const auto all = requests(config_.batch);
    const double seconds = medianSeconds(config_.repeats, stop(),
                                         [&] { generator_.generate(all, context_.progress(), stop()); });
    return seconds / config_.batch;
  }
  // What a fine-tune costs: forward, then backward through the last two steps and the decoding, rank 8.
  double gradientSeconds() {
    if (!adapters_->contains("bench")) adapters_->inject("bench");
    adapters_->setTrainable("bench", true);
    auto all = requests(config_.batch);
    for (SampleRequest& r : all) r.adapters["bench"] = 1;
    GradientSettings settings;
    settings.steps = lastSteps(config_.steps, 2);
    const double seconds = medianSeconds(1, stop(), [&] {
      sampleWithGradient(generator_, all, adapters_->parameters("bench"), settings, stop())
          .pictures.mean()
          .backward();
    });
    return seconds / config_.batch;
  }
  bool sameBytes() {
    auto crowd = requests(config_.batch + 3);
    const SampleRequest mine = request(1000);
    const std::size_t place = std::size_t(config_.batch / 2);
    crowd.insert(crowd.begin() + std::ptrdiff_t(place), mine);
    SilentSink sink;
    return generator_.generate({mine}, sink, stop())[0] == generator_.generate(crowd, sink, stop())[place];
  }

  Context& context_;
  const Config& config_;
  std::shared_ptr<DiffusionModel> model_;
  std::shared_ptr<LoraSet> adapters_;
  Generator generator_;
};

int run(Context& context, const Parsed& parsed) {
  const Config config = schema().fromJson(parsed.of(schema().schema()));
  keepFreedMemory();
  const int threads = useThreads(config.threads);
  std::shared_ptr<DiffusionModel> model;
  const double loading = secondsOf([&] { model = loadModel(Context::modelFolder(config.model).string()); });
  for (const auto& module : {std::static_pointer_cast<torch::nn::Module>(model->unet),
                             std::static_pointer_cast<torch::nn::Module>(model->vae)}) {
    for (at::Tensor& p : module->parameters()) p.requires_grad_(false);
  }
  Json result = EngineBench(context, config, model).measure();
  result["load_seconds"] = loading;
  result["threads"] = threads;
  result["batch"] = config.batch;
  result["steps"] = config.steps;
  result["fingerprint"] = engineFingerprint(model->precision);
  context.result(result);
  const auto line = [&](const char* name, const char* words) {
    context.say(std::string(words) + ": " + std::to_string(result[name].get<double>()) + " s");
  };
  line("load_seconds", "load the model");
  line("prompt_seconds", "encode one prompt");
  line("network_seconds", config.guidance != 1 && config.guidanceStart < 1
                              ? "one network call with guidance, whole batch"
                              : "one network call, whole batch");
  line("decode_seconds", "decode a batch");
  line("seconds_per_picture", "one picture, all steps");
  line("gradient_seconds_per_picture", "one picture with gradients through two steps");
  context.say(
      std::string("same request alone and in company: ") +
      (result["same_bytes_alone_and_in_company"].get<bool>() ? "identical bytes" : "DIFFERENT BYTES"));
  context.say(result["fingerprint"].get<std::string>() + "; U-Net of " + result["unet_parameters"].dump() +
              " parameters, batch " + std::to_string(config.batch));
  return result["same_bytes_alone_and_in_company"].get<bool>() ? 0 : 1;
}

}  // namespace

void register_bench_engine(Registry& registry) {
  registry.add(
      make({"bench_engine", "Measure the engine",
            "Times loading, text encoding, one network call, decoding, whole pictures and a picture with "
            "gradients on this machine, and checks that a request gives the same bytes alone and in company.",
            "none", 1, schema().schema()},
           {}, run));
}

}  // namespace plumbline::command
