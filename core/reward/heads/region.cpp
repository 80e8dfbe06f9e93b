#include "core/reward/reward_head.h"

namespace plumbline::reward_head {
namespace {

struct Config {
  double overlap = 0.5;
  double faultWeight = 2.0;
};

const ConfigSchema<Config>& schema() {
  static const auto kSchema =
      ConfigSchema<Config>()
          .real("overlap", &Config::overlap, 0, 10, "",
                "Weight of the soft overlap (Dice) of each painted region beside the cells' likelihood")
          .real("fault_weight", &Config::faultWeight, 0.1, 100, "",
                "Weight of painted cells: faults are small and rare");
  return kSchema;
}

class Module : public HeadModule {
 public:
  explicit Module(const Config& config) : config_(config) {}

  at::Tensor loss(const HeadInput& input) override {
    const auto& r = input.regions;
    if (!r.picture.defined() || r.picture.numel() == 0) return input.logits.sum() * 0;
    const auto logits = input.logits.index_select(0, r.picture);  // q k g g
    const auto known = r.known.unsqueeze(-1).unsqueeze(-1);
    const auto cells = at::binary_cross_entropy_with_logits(logits, r.map, {}, {}, at::Reduction::None);
    const auto weight = known * (1 + (config_.faultWeight - 1) * r.map);
    const auto likelihood = (cells * weight).sum() / weight.sum().clamp_min(1e-6);
    const auto p = at::sigmoid(logits);
    const auto both = (p * r.map).sum({2, 3}), sum = p.sum({2, 3}) + r.map.sum({2, 3});
    const auto painted = r.known * (r.map.amax({2, 3}) > 0.5).to(at::kFloat);
    const auto missed = (1 - 2 * both / (sum + 1)) * painted;
    return likelihood + config_.overlap * missed.sum() / painted.sum().clamp_min(1);
  }

  at::Tensor probability(const HeadInput& input) override {
    torch::NoGradGuard noGrad;
    const auto p = at::sigmoid(input.logits.index_select(0, input.regions.picture));
    const auto right = input.regions.map * p + (1 - input.regions.map) * (1 - p);
    const auto perCategory = right.mean({2, 3}) * input.regions.known;
    return perCategory.sum(1) / input.regions.known.sum(1).clamp_min(1);
  }

 private:
  Config config_;
};

}  // namespace

void register_region(Registry& registry) {
  RewardHead head;
  head.descriptor = {
      "region",
      "Regions",
      "Where a picture is wrong, per category: likelihood of every cell of the dense map and the overlap "
      "with what was painted.",
      "arXiv 2312.10240",
      1,
      schema().schema(),
      {{"observation", "region"}}};
  head.create = [](const Json& parameters) {
    return std::make_shared<Module>(schema().fromJson(parameters));
  };
  registry.add(std::move(head));
}

}  // namespace plumbline::reward_head
