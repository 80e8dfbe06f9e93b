#include <algorithm>

#include "core/reward/reward_head.h"

namespace plumbline::reward_head {
namespace {

struct Config {
  double noise = 0.05;
};

const ConfigSchema<Config>& schema() {
  static const auto kSchema = ConfigSchema<Config>().real("noise", &Config::noise, 0, 0.9, "",
                                                          "Share of answers taken to be thoughtless");
  return kSchema;
}

// Good is likely above a bar, logistic in the score's own unit; values between 0 and 1 count in part.
class Module : public HeadModule {
 public:
  explicit Module(const Config& config) : noise_(std::max(config.noise, kLeastNoise)) {
    bar = register_parameter("bar", at::zeros({}));
    logSlope = register_parameter("log_slope", at::zeros({}));
  }

  at::Tensor loss(const HeadInput& input) override {
    const auto& l = input.levels;
    if (!l.picture.defined() || l.picture.numel() == 0) return input.scores.sum() * 0;
    const auto p = good(input);
    const auto nll = -(l.value * p.log() + (1 - l.value) * (1 - p).log());
    // The slope may differ from the comparisons' a little, since the bar adds its own spread, not a lot.
    return (nll * l.weight).sum() / l.weight.sum().clamp_min(1e-6) + 0.05 * logSlope.square();
  }

  at::Tensor probability(const HeadInput& input) override {
    torch::NoGradGuard noGrad;
    const auto p = good(input);
    return input.levels.value * p + (1 - input.levels.value) * (1 - p);
  }

 private:
  at::Tensor good(const HeadInput& input) const {
    const auto s = input.scores.index_select(0, input.levels.picture);
    return (1 - noise_) * at::sigmoid(logSlope.exp() * (s - bar)) + noise_ / 2;
  }

  double noise_;
  at::Tensor bar, logSlope;
};

}  // namespace

void register_level(Registry& registry) {
  RewardHead head;
  head.descriptor = {"level",
                     "Levels",
                     "Good or bad of one picture: logistic around a bar that is learnt.",
                     "arXiv 2302.12192",
                     1,
                     schema().schema(),
                     {{"observation", "level"}}};
  head.create = [](const Json& parameters) {
    return std::make_shared<Module>(schema().fromJson(parameters));
  };
  registry.add(std::move(head));
}

}  // namespace plumbline::reward_head
