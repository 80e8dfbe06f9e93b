#include <algorithm>

#include "core/reward/reward_head.h"

namespace plumbline::reward_head {
namespace {

struct Config {
  double tie = 0.4;
  double noise = 0.05;
};

const ConfigSchema<Config>& schema() {
  static const auto kSchema =
      ConfigSchema<Config>()
          .real("tie", &Config::tie, 0.001, 100, "",
                "Davidson's nu to start from: two equal pictures tie nu / (2 + nu) of the time")
          .real("noise", &Config::noise, 0, 0.9, "",
                "Share of answers taken to be thoughtless: win, lose or tie at random");
  return kSchema;
}

// Bradley-Terry with ties (Davidson 1970): winning, losing and tying weigh e^(d/2), e^(-d/2) and nu for a
// difference d of scores. A share of thoughtless answers bounds what a single one can pull.
class Module : public HeadModule {
 public:
  explicit Module(const Config& config) : noise_(std::max(config.noise, kLeastNoise)) {
    logTie = register_parameter("log_tie", at::full({}, std::log(config.tie)));
  }

  at::Tensor loss(const HeadInput& input) override {
    const auto& c = input.comparisons;
    if (!c.winner.defined() || c.winner.numel() == 0) return input.scores.sum() * 0;
    return -(observed(input).log() * c.weight).sum() / c.weight.sum().clamp_min(1e-6);
  }

  at::Tensor probability(const HeadInput& input) override {
    torch::NoGradGuard noGrad;
    return observed(input);
  }

 private:
  at::Tensor observed(const HeadInput& input) const {
    const auto& c = input.comparisons;
    const auto d = input.scores.index_select(0, c.winner) - input.scores.index_select(0, c.loser);
    const auto logits = at::stack({0.5 * d, -0.5 * d, logTie.expand_as(d)}, 1);
    const auto p = logits.softmax(1);
    const auto clean = at::where(c.tie > 0.5, p.select(1, 2), p.select(1, 0));
    return (1 - noise_) * clean + noise_ / 3;
  }

  double noise_;
  at::Tensor logTie;
};

}  // namespace

void register_comparison(Registry& registry) {
  RewardHead head;
  head.descriptor = {
      "comparison",
      "Comparisons",
      "Which of two pictures is better, or neither: Bradley-Terry with Davidson's ties and a share of "
      "thoughtless answers.",
      "Davidson 1970; arXiv 2305.01569",
      1,
      schema().schema(),
      {{"observation", "comparison"}}};
  head.create = [](const Json& parameters) {
    return std::make_shared<Module>(schema().fromJson(parameters));
  };
  registry.add(std::move(head));
}

}  // namespace plumbline::reward_head
