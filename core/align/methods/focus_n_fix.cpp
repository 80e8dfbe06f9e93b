// Focus-N-Fix: raise the reward of what a prompt draws, and hold every pixel outside the regions that were
// wrong at what the frozen model draws from the same noise. beta = 0 is DRaFT-K.
//   L = mean_i [ -r(I_i, c_i) + beta * || (1 - M_i) * (I0_i - I_i) ||_F ]    unsquared: an exact penalty
// Shapes: b batch, H W pixels.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <tuple>

#include "core/align/alignment_method.h"
#include "core/align/region_mask.h"
#include "core/tensor/noise.h"
#include "core/tensor/picture_tensor.h"
#include "core/types/draw_settings.h"

namespace plumbline::alignment_method {
namespace {

constexpr int kMostRepeats = 8;  // of a picture with an unsafe region, in one round through the items

struct Config : TrainerConfig {
  Config() {
    steps = 60;
    learningRate = 1.6e-3;
    finalRate = 0.1;  // what an even rate leaves moving outside the masks comes to rest
  }

  int rank = 16;
  double alpha = 16;
  std::string layers = "transformer";
  double beta = 1.0;
  double scoreWeight = 1.0;
  double regionWeight = 1.0, unsafeWeight = 3.0;
  std::string maskSource = "both";
  std::string categories = "unsafe,artifact,not_asked,ugly";
  double maskThreshold = 0.5;
  int maskDilation = MaskSettings{}.dilation;
  int maskSmallest = 24;
  int pictures = 400;
  double passes = 2;
  double keepShare = 0.33;  // most of what changes outside masks changes in pictures that have none
  double unsafeShare = 0.5;
  int drawSteps = 10;
  double guidance = DrawSettings{}.guidance, guidanceStart = DrawSettings{}.guidanceStart;
  std::string sampler = DrawSettings{}.sampler;
  std::string gradientChoice = "spread";
  int gradientSteps = 4;
  double gradientFrom = 0.0;
  double gradientTo = 0.8;  // the last steps recolour what is wrong instead of leaving it out
  bool throughInput = false;
  double trustChange = 12;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = [] {
    ConfigSchema<Config> s;
    s.real("beta", &Config::beta, 0, 1e6, "",
           "Weight of the unsquared norm of what changed outside the masks; 0 is DRaFT-K, which has no such "
           "term")
        .choice("mask_source", &Config::maskSource, {"both", "head", "people"},
                "Who says where a picture is wrong: the region head of the reward model, people's own masks, "
                "or both")
        .text("categories", &Config::categories, "Region categories that may change, separated by commas")
        .real("mask_threshold", &Config::maskThreshold, 0.01, 0.99, "",
              "Region probability that counts as wrong")
        .integer("mask_dilation", &Config::maskDilation, 0, 64, "px", "How far a mask is grown on every side")
        .integer("mask_smallest", &Config::maskSmallest, 0, 1e6, "px", "Smaller regions are ignored", true)
        .integer("pictures", &Config::pictures, 1, 1e6, "pictures", "Largest number of training pictures")
        .real(
            "passes", &Config::passes, 0.1, 1e6, "",
            "How often a picture with a region is used at least, were unsafe ones not repeated: no more are "
            "looked for than this leaves room for",
            true)
        .real("keep_share", &Config::keepShare, 0, 1, "",
              "Share of the training pictures that have no region: they pin everything in place", true)
        .real(
            "unsafe_share", &Config::unsafeShare, 0, 1, "",
            "Share of the training pictures with a region whose region is unsafe: they are rarer than others "
            "and are repeated for it; 0 leaves them as rare as they are",
            true)
        .real("score_weight", &Config::scoreWeight, 0, 1e3, "",
              "Weight of the reward model's score in the reward")
        .real("region_weight", &Config::regionWeight, 0, 1e3, "",
              "Weight of the region head's own verdict on the new picture in the reward")
        .real(
            "unsafe_weight", &Config::unsafeWeight, 1, 1e3, "",
            "An unsafe region counts this many times less one beside the worst of all regions; says nothing "
            "where unsafe is the only category")
        .integer("rank", &Config::rank, 1, 256, "", "LoRA rank")
        .real("alpha", &Config::alpha, 0.01, 1024, "", "LoRA alpha; the adapter is scaled by alpha over rank",
              true)
        .text("layers", &Config::layers, "Layers that carry the adapter", true)
        .integer("draw_steps", &Config::drawSteps, 1, 1000, "steps", "Sampler steps of a training picture")
        .real("guidance", &Config::guidance, 0, 30, "", "Guidance scale of a training picture", true)
        .real("guidance_start", &Config::guidanceStart, 0, 1, "",
              "Part of a training picture's steps that are drawn without guidance first", true)
        .text("sampler", &Config::sampler, "Sampler of a training picture", true)
        .choice(
            "gradient_choice", &Config::gradientChoice, {"spread", "random", "last"},
            "Which sampler steps carry gradient: spread over the window with a random shift, drawn from the "
            "window, or the last ones (DRaFT-K)",
            true)
        .integer("gradient_steps", &Config::gradientSteps, 1, 1000, "steps",
                 "How many sampler steps carry gradient")
        .real("gradient_from", &Config::gradientFrom, 0, 1, "",
              "Start of the window of gradient steps, as a part of the drawing (0 is the noisiest step)",
              true)
        .real("gradient_to", &Config::gradientTo, 0, 1, "", "End of that window", true)
        .boolean("through_input", &Config::throughInput,
                 "Gradients also run back through each gradient step's network input", true)
        .real("trust_change", &Config::trustChange, 0, 255, "of 255",
              "A person's mask is used only if the redrawn picture differs less than this from the one "
              "painted on",
              true);
    bindTrainerParameters(s);
    return s;
  }();
  return kSchema;
}

class FocusNFix : public Method {
 public:
  explicit FocusNFix(const Json& json) : config_(schema().fromJson(json)) {
    if (config_.gradientFrom >= config_.gradientTo) {
      throw Error(ErrorKind::kInvalidInput, "gradient_from must be below gradient_to");
    }
    masks_.categories = categoryIndices(config_.categories);
    masks_.threshold = config_.maskThreshold;
    masks_.dilation = config_.maskDilation;
    masks_.smallest = config_.maskSmallest;
    settings_ = {config_.drawSteps, config_.guidance, config_.sampler, 0.0, config_.guidanceStart};
  }

  Plan plan() const override {
    Plan plan;
    plan.needs = {DataNeed::kReward, DataNeed::kRegions};
    plan.needs.push_back(config_.maskSource == "people" ? DataNeed::kRegions : DataNeed::kPrompts);
    plan.adapters = {{{"policy", config_.rank, config_.alpha, config_.layers, true}, {}}};
    plan.phases = {{"policy", {"policy"}, config_.steps, config_.accumulation, config_.batch}};
    return plan;
  }
  TrainerConfig trainerConfig() const override { return config_; }

  RoundStart beginRound(Context& context, int) override {
    items_.clear();
    for (std::vector<Item>& part : drawFrozen(context, candidates(context))) {
      std::move(part.begin(), part.end(), std::back_inserter(items_));
    }
    chooseItems(context);
    return RoundStart::kGo;
  }

  std::int64_t itemCount(const Context&, const std::string&) const override {
    return std::int64_t(items_.size());
  }

  LossValue loss(Context& context, const Moment& moment) override {
    std::vector<DrawItem> draws;
    std::vector<std::string> prompts;
    std::vector<at::Tensor> frozen, masks;
    for (const std::int64_t i : moment.items) {
      const Item& item = items_[std::size_t(i)];
      draws.push_back(item.draw);
      prompts.push_back(item.draw.prompt);
      frozen.push_back(item.frozen);
      masks.push_back(item.mask);
    }
    const at::Tensor pictures =
        context.model
            .draw(draws, settings_, "policy", gradientPlan(context.seed, moment), false, context.stop)
            .pictures;
    return lossOf(context, pictures, torch::stack(frozen), torch::stack(masks), prompts);
  }

  Json summary() const override {
    return {{"pictures_drawn", drawn_},
            {"pictures_used", items_.size()},
            {"pictures_with_region", withRegion_},
            {"pictures_with_unsafe_region", withUnsafe_},
            {"mask_share", maskShare_},
            {"people_masks_used", peopleUsed_},
            {"people_masks_distrusted", peopleDistrusted_}};
  }

 private:
  struct Candidate {
    DrawItem draw;
    const PaintedRegion* painted = nullptr;
  };
  struct Item {
    DrawItem draw;
    at::Tensor frozen;  // 3 H W
    at::Tensor mask;    // H W, dilated
    bool unsafe = false;
  };

  // People's pictures first, then prompts, each noise once.
  std::vector<Candidate> candidates(const Context& context) const {
    std::vector<Candidate> all;
    std::set<std::tuple<std::string, std::uint64_t, std::int64_t>> seen;
    const auto add = [&](const DrawItem& draw, const PaintedRegion* painted) {
      if (int(all.size()) >= config_.pictures) return;
      if (seen.insert({draw.prompt, draw.seed, draw.index}).second) all.push_back({draw, painted});
    };
    if (config_.maskSource != "head") {
      for (const PaintedRegion& region : context.data.regions) add(region.source.item, &region);
    }
    if (config_.maskSource != "people") {
      for (const DrawItem& draw : context.data.prompts) add(draw, nullptr);
    }
    return all;
  }

  // In batches of the training's own shape: the frozen twin then goes through the same kernels as the tuned
  // one.
  std::vector<std::vector<Item>> drawFrozen(Context& context, const std::vector<Candidate>& all) {
    torch::NoGradGuard guard;
    std::vector<std::vector<Item>> parts;
    drawn_ = peopleUsed_ = peopleDistrusted_ = 0;
    const double uses = double(config_.steps) * config_.accumulation * config_.batch;
    const double enough = std::max(1.0, uses * (1 - config_.keepShare) / config_.passes);
    double found = 0;
    for (std::size_t start = 0; start < all.size() && found < enough; start += std::size_t(config_.batch)) {
      context.throwIfPaused();
      std::vector<DrawItem> draws;
      std::vector<std::string> prompts;
      for (int j = 0; j < config_.batch; ++j) {
        draws.push_back(all[std::min(start + std::size_t(j), all.size() - 1)].draw);
        prompts.push_back(draws.back().prompt);
      }
      const at::Tensor pictures = context.model.draw(draws, settings_, "", {}, false, context.stop).pictures;
      const Regions regions = regionsOf(context, pictures, prompts);
      parts.emplace_back();
      for (std::size_t j = 0; j < draws.size() && start + j < all.size(); ++j) {
        const auto i = std::int64_t(j);
        addItem(parts.back(), all[start + j], pictures[i], regions.mask[i], regions.unsafe[i].item<bool>());
        ++drawn_;
      }
      for (const Item& item : parts.back()) found += item.mask.max().item<double>() > 0;
      context.sink.progress("frozen pictures", drawn_, std::int64_t(all.size()));
    }
    return parts;
  }

  // What the region head says of pictures that the base drew; nothing where people alone are asked.
  struct Regions {
    at::Tensor mask;    // b H W, dilated
    at::Tensor unsafe;  // b, is there an unsafe region?
  };

  Regions regionsOf(Context& context, const at::Tensor& pictures,
                    const std::vector<std::string>& prompts) const {
    Regions regions{torch::zeros({pictures.size(0), pictures.size(2), pictures.size(3)}),
                    torch::zeros({pictures.size(0)}, torch::kBool)};
    if (config_.maskSource == "people" || !context.data.reward->hasRegions()) return regions;
    const at::Tensor map = context.data.reward->regionMap(pictures, prompts);
    if (aboutUnsafe()) {
      const MaskSettings bare{masks_.categories, masks_.threshold, 0, masks_.smallest};
      regions.unsafe = maskOf(map.select(1, categoryIndices("unsafe")[0]), bare).amax({1, 2}) > 0;
    }
    regions.mask = maskOf(joinCategories(map, masks_.categories), masks_);
    return regions;
  }

  void addItem(std::vector<Item>& part, const Candidate& candidate, const at::Tensor& picture,
               const at::Tensor& predicted, bool unsafe) {
    at::Tensor mask = predicted;
    if (candidate.painted) {
      if (trusted(*candidate.painted, picture)) {
        const at::Tensor painted = maskTensor(candidate.painted->mask);  // 1 H W
        mask = dilate(painted, config_.maskDilation)[0];  // who looked at it knows better than the head
        unsafe = candidate.painted->unsafe;
        ++peopleUsed_;
      } else {
        ++peopleDistrusted_;
        if (config_.maskSource == "people") return;
      }
    }
    part.push_back({candidate.draw, picture.clone(), mask.clone(), unsafe});
  }

  // Other sampler settings than the painted picture's can draw another picture from the same noise.
  bool trusted(const PaintedRegion& region, const at::Tensor& redrawn) const {
    const Picture& p = region.source.picture;
    if (region.mask.width != redrawn.size(2) || region.mask.height != redrawn.size(1)) return false;
    if (p.rgb.empty()) return region.source.settings == settings_;
    if (p.width != redrawn.size(2) || p.height != redrawn.size(1)) return false;
    return (redrawn - toTensor(p)).abs().mean().item<double>() * 127.5 < config_.trustChange;
  }

  // All pictures with a region, unsafe ones as often as unsafe_share says, and so many without that they are
  // keep_share of the whole.
  void chooseItems(Context& context) {
    std::vector<Item> with, without;
    double share = 0;
    for (Item& item : items_) {
      const double covered = item.mask.mean().item<double>();
      share += covered;
      (covered > 0 ? with : without).push_back(std::move(item));
    }
    withRegion_ = std::int64_t(with.size());
    withUnsafe_ = std::count_if(with.begin(), with.end(), [](const Item& item) { return item.unsafe; });
    maskShare_ = with.empty() ? 0 : share / double(with.size());
    if (with.empty()) {
      throw Error(
          ErrorKind::kInvalidInput,
          "no training picture has a region to fix; paint more masks of the categories it is about (" +
              config_.categories + "), name others in categories, or lower mask_threshold");
    }
    repeatUnsafe(with);
    const double keep = std::min(config_.keepShare, 0.99);
    const auto wanted = std::size_t(std::lround(double(with.size()) * keep / (1 - keep)));
    const std::size_t withAll = with.size();
    items_ = std::move(with);
    for (const std::int64_t i :
         NoiseStream(context.seed, 0, 0, NoisePurpose::kShuffle).permutation(without.size())) {
      if (items_.size() >= withAll + wanted) break;
      items_.push_back(std::move(without[std::size_t(i)]));
    }
  }

  // Each unsafe one equally often, so often that their share is as near to the wanted one as whole repeats
  // come, but not so often that a few of them are learnt by heart and the others never seen.
  void repeatUnsafe(std::vector<Item>& with) const {
    std::vector<Item> unsafe;
    std::copy_if(with.begin(), with.end(), std::back_inserter(unsafe),
                 [](const Item& i) { return i.unsafe; });
    const double share = std::min(config_.unsafeShare, 0.99);
    if (unsafe.empty() || unsafe.size() == with.size()) return;
    const double wanted = double(with.size() - unsafe.size()) * share / (1 - share) / double(unsafe.size());
    const int repeats = std::min(kMostRepeats, int(std::lround(std::min(wanted, 1e6))));
    for (int times = 1; times < repeats; ++times) with.insert(with.end(), unsafe.begin(), unsafe.end());
  }

  bool aboutUnsafe() const {
    const std::int64_t unsafe = categoryIndices("unsafe")[0];
    return std::find(masks_.categories.begin(), masks_.categories.end(), unsafe) != masks_.categories.end();
  }

  GradientPlan gradientPlan(std::uint64_t seed, const Moment& moment) const {
    const int total = config_.drawSteps;
    const int from = std::min(total - 1, int(std::lround(config_.gradientFrom * total)));
    const int to = std::max(from + 1, int(std::lround(config_.gradientTo * total)));
    const int count = std::min(config_.gradientSteps, to - from);
    GradientPlan plan;
    plan.throughInput = config_.throughInput;
    NoiseStream random(seed, std::uint64_t(moment.micro), std::uint64_t(moment.step), NoisePurpose::kChoice);
    if (config_.gradientChoice == "last") {
      for (int i = total - count; i < total; ++i) plan.steps.push_back(i);
    } else if (config_.gradientChoice == "spread") {
      const double stride = double(to - from) / count;
      const double shift = random.uniform() * stride;
      for (int i = 0; i < count; ++i) plan.steps.push_back(from + int(shift + i * stride));
    } else {
      const std::vector<std::int64_t> order = random.permutation(std::size_t(to - from));
      for (int i = 0; i < count; ++i) plan.steps.push_back(from + int(order[std::size_t(i)]));
      std::sort(plan.steps.begin(), plan.steps.end());
    }
    return plan;
  }

  // pictures, frozen b 3 H W; masks b H W.
  LossValue lossOf(Context& context, const at::Tensor& pictures, const at::Tensor& frozen,
                   const at::Tensor& masks, const std::vector<std::string>& prompts) const {
    PictureReward& reward = *context.data.reward;
    LossValue value;
    const Judgement judged = reward.judge(pictures, prompts);
    at::Tensor gain = torch::zeros({pictures.size(0)});
    value.metrics["reward"] = judged.score.mean().item<double>();
    if (config_.scoreWeight > 0) gain = gain + config_.scoreWeight * judged.score;
    if (judged.regions.defined()) {
      const at::Tensor joined = joinCategories(judged.regions, masks_.categories);
      const at::Tensor wrong = worstRegionLoss(joined);
      const at::Tensor unsafe = unsafeLoss(judged.regions);
      if (config_.regionWeight > 0)
        gain = gain - config_.regionWeight * (wrong + (config_.unsafeWeight - 1) * unsafe);
      value.metrics["unsafe_loss"] = unsafe.mean().item<double>();
      MaskSettings bare = masks_;
      bare.dilation = 0;
      const at::Tensor remaining = maskOf(joined.detach(), bare).amax({1, 2});
      const at::Tensor had = masks.amax({1, 2});
      value.metrics["region_loss"] = wrong.mean().item<double>();
      if (had.sum().item<double>() > 0) {
        value.metrics["region_remaining"] = (remaining * had).sum().item<double>() / had.sum().item<double>();
      }
    }
    const at::Tensor outside = 1 - masks;
    const at::Tensor penalty = norms((outside.unsqueeze(1) * (frozen - pictures)).flatten(1));
    value.loss = (config_.beta * penalty - gain).mean();
    value.metrics["penalty"] = penalty.mean().item<double>();
    value.metrics["outside_change"] = meanChange(frozen, pictures.detach(), outside).mean().item<double>();
    value.metrics["inside_change"] = meanChange(frozen, pictures.detach(), masks).mean().item<double>();
    return value;
  }

  // Of what is unsafe alone, b; 0 where the run is about nothing else or not about that.
  at::Tensor unsafeLoss(const at::Tensor& regions) const {
    if (!aboutUnsafe() || masks_.categories.size() == 1) return torch::zeros({regions.size(0)});
    return worstRegionLoss(regions.select(1, categoryIndices("unsafe")[0]));
  }

  // Frobenius norm of each row (b n), with gradient zero where there is no difference beyond rounding.
  static at::Tensor norms(const at::Tensor& rows) {
    const at::Tensor squares = rows.square().sum(1);
    const at::Tensor differs = squares > 1e-6;
    return torch::where(differs, torch::where(differs, squares, torch::ones_like(squares)).sqrt(),
                        torch::zeros_like(squares));
  }

  Config config_;
  MaskSettings masks_;
  DrawSettings settings_;
  std::vector<Item> items_;
  std::int64_t drawn_ = 0, withRegion_ = 0, withUnsafe_ = 0, peopleUsed_ = 0, peopleDistrusted_ = 0;
  double maskShare_ = 0;
};

}  // namespace

void register_focus_n_fix(Registry& registry) {
  AlignmentMethod method;
  method.descriptor = {
      "focus_n_fix",
      "Focus-N-Fix (repair regions)",
      "Fine-tunes the generator with gradients of the reward model, only where pictures are wrong: every "
      "pixel outside "
      "the masks is held at what the untouched model draws from the same noise. With beta = 0 it is DRaFT-K.",
      "2501.06481",
      3,  // unsafe_weight, guidance_start, unsafe_share and final_rate change what a stored configuration
          // means
      schema().schema(),
      {{"needs", {"prompts", "reward", "regions"}}}};
  method.create = [](const Json& config) { return std::make_unique<FocusNFix>(config); };
  registry.add(std::move(method));
}

}  // namespace plumbline::alignment_method
