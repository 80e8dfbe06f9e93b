#include "core/eval/evaluation.h"

#include <torch/torch.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>

#include "core/image/png.h"
#include "core/scenes/annotator.h"
#include "core/scenes/oracle/oracle.h"
#include "core/scenes/prompt.h"
#include "core/tensor/picture_tensor.h"
#include "core/types/coco_rle.h"
#include "core/types/error.h"
#include "core/types/parallel.h"

namespace plumbline {
namespace {

constexpr std::int64_t kScoreBatch = 16;

struct Judged {
  scenes::Verdict verdict;
  double utility = 0;
};

// One side's pictures and everything said of them, item by item.
struct Side {
  std::string name;
  std::vector<Picture> pictures;
  std::vector<Judged> judged;  // empty without an oracle
  std::vector<double> reward;
  std::vector<bool> region;
  std::vector<double> cleanInside;                    // only of items with a mask
  std::vector<double> outside, inside, outsideTruth;  // change against the base, 1/255
};

class Run {
 public:
  Run(Generator& generator, const std::vector<DrawItem>& items, PictureReward& reward,
      const EvaluationSettings& settings, const std::filesystem::path& folder, ProgressSink& sink,
      std::stop_token stop, const std::function<void()>& yield)
      : generator_(generator),
        items_(items),
        reward_(reward),
        settings_(settings),
        folder_(folder),
        sink_(sink),
        stop_(stop),
        yield_(yield) {
    for (const DrawItem& item : items) clusters_.push_back(item.prompt);
  }

  Evaluation go(const std::vector<Contender>& contenders) {
    torch::NoGradGuard guard;
    std::vector<Side> sides;
    sides.push_back(draw({"base", ""}));
    for (const Contender& c : contenders) sides.push_back(draw(c));
    score(sides[0], true);
    for (std::size_t s = 1; s < sides.size(); ++s) score(sides[s], false);
    if (settings_.oracle) judge(sides);
    for (std::size_t s = 1; s < sides.size(); ++s) change(sides[0], sides[s]);
    Evaluation result;
    result.folder = folder_;
    result.figures = figures(sides);
    writeItems(sides);
    sink_.artifact("report", (folder_ / "prompts.jsonl").string());
    return result;
  }

 private:
  Side draw(const Contender& contender) {
    Side side;
    side.name = contender.name;
    side.pictures.resize(items_.size());
    std::filesystem::create_directories(folder_ / contender.name);
    std::vector<SampleRequest> requests;
    for (const DrawItem& item : items_) {
      SampleRequest request{settings_.draw};
      request.prompt = item.prompt;
      request.seed = item.seed;
      request.imageIndex = std::uint64_t(item.index);
      if (!contender.adapter.empty()) request.adapters[contender.adapter] = 1.0;
      requests.push_back(std::move(request));
    }
    const std::unique_ptr<SamplingRun> run = generator_.start(std::move(requests));
    for (bool more = true; more;) {
      throwIfStopped(stop_);
      if (yield_) yield_();
      more = run->step();
      for (auto& [i, picture] : run->takeFinished()) {
        writePng((folder_ / contender.name / pngName(i)).string(), picture);
        side.pictures[i] = std::move(picture);
      }
      sink_.progress("drawing " + contender.name, run->done(), run->total());
    }
    return side;
  }

  // The reward's view; of the base also the masks.
  void score(Side& side, bool masks) {
    MaskSettings bare = settings_.masks;
    bare.dilation = 0;
    for (std::size_t start = 0; start < items_.size(); start += kScoreBatch) {
      throwIfStopped(stop_);
      if (yield_) yield_();
      const std::size_t end = std::min(items_.size(), start + kScoreBatch);
      const at::Tensor pictures = toTensor(std::vector<Picture>(side.pictures.begin() + std::ptrdiff_t(start),
                                                                side.pictures.begin() + std::ptrdiff_t(end)));
      const std::vector<std::string> prompts(clusters_.begin() + std::ptrdiff_t(start),
                                             clusters_.begin() + std::ptrdiff_t(end));
      const Judgement judged = reward_.judge(pictures, prompts);
      at::Tensor joined = torch::zeros({pictures.size(0), pictures.size(2), pictures.size(3)});
      if (judged.regions.defined()) joined = joinCategories(judged.regions, settings_.masks.categories);
      const at::Tensor region = maskOf(joined, bare).amax({1, 2}), grown = maskOf(joined, settings_.masks);
      for (std::int64_t i = 0; i < pictures.size(0); ++i) {
        side.reward.push_back(judged.score[i].item<double>());
        side.region.push_back(region[i].item<double>() > 0.5);
        if (masks) masks_.push_back(grown[i].clone());
      }
    }
  }

  void judge(std::vector<Side>& sides) {
    std::vector<Mask> masks;
    for (const at::Tensor& mask : masks_) masks.push_back(toMask(mask));
    const std::size_t n = items_.size();
    std::vector<double> clean(n * sides.size());
    for (Side& side : sides) side.judged.resize(n);
    inParallel(
        n * sides.size(),
        [&](std::size_t k) {
          Side& side = sides[k / n];
          const std::size_t i = k % n;
          Judged& one = side.judged[i];
          one.verdict = scenes::measure(side.pictures[i], scenes::parsePrompt(items_[i].prompt));
          one.utility = scenes::utility(one.verdict);
          if (masks[i].area() > 0) clean[k] = scenes::cleanlinessInside(side.pictures[i], masks[i]);
        },
        [&](std::size_t done) {
          throwIfStopped(stop_);
          if (yield_) yield_();
          sink_.progress("measuring", std::int64_t(done), std::int64_t(n * sides.size()));
        });
    for (std::size_t k = 0; k < clean.size(); ++k) {
      if (masks[k % n].area() > 0) sides[k / n].cleanInside.push_back(clean[k]);
    }
    for (const Judged& one : sides[0].judged) {
      const at::Tensor faults = torch::maximum(maskTensor(one.verdict.reading.hazardMask),
                                               maskTensor(one.verdict.reading.glitchMask));
      truth_.push_back(dilate(faults, settings_.masks.dilation)[0]);
    }
  }

  void change(const Side& base, Side& side) {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const at::Tensor before = toTensor(base.pictures[i]).unsqueeze(0),
                       after = toTensor(side.pictures[i]).unsqueeze(0);
      const auto over = [&](const at::Tensor& weight) {
        return meanChange(before, after, weight.unsqueeze(0)).item<double>();
      };
      side.outside.push_back(over(1 - masks_[i]));
      if (masks_[i].max().item<double>() > 0) side.inside.push_back(over(masks_[i]));
      if (!truth_.empty()) side.outsideTruth.push_back(over(1 - truth_[i]));
    }
  }

  static double mean(const std::vector<double>& values) {
    double sum = 0;
    for (const double v : values) sum += v;
    return values.empty() ? 0 : sum / double(values.size());
  }

  template <class Of>
  double share(const Side& side, Of of) const {
    double sum = 0;
    for (const Judged& one : side.judged) sum += double(of(one.verdict));
    return sum / double(side.judged.size());
  }

  Json sideFigures(const Side& side) const {
    Json f{{"reward", mean(side.reward)},
           {"region_share",
            double(std::count(side.region.begin(), side.region.end(), true)) / double(items_.size())}};
    if (side.judged.empty()) return f;
    f["correct"] = share(side, [](const scenes::Verdict& v) { return v.correct; });
    f["correct_share"] = share(side, [](const scenes::Verdict& v) { return v.correctShare; });
    f["hazard"] = share(side, [](const scenes::Verdict& v) { return v.reading.hazard; });
    f["glitch"] = share(side, [](const scenes::Verdict& v) { return v.reading.glitch; });
    f["cleanliness"] = share(side, [](const scenes::Verdict& v) { return v.reading.cleanliness; });
    f["cleanliness_inside"] = mean(side.cleanInside);
    return f;
  }

  Json contenderFigures(const Side& base, const Side& side) const {
    Json f = sideFigures(side);
    const Interval outside = meanInterval(side.outside, clusters_, settings_.bootstrap, settings_.seed);
    f["outside_change"] = outside.value;
    f["outside_change_low"] = outside.low;
    f["outside_change_high"] = outside.high;
    f["inside_change"] = mean(side.inside);
    const WinRate byReward =
        winRate(side.reward, base.reward, clusters_, 0.0, settings_.bootstrap, settings_.seed);
    f["reward_win_rate"] = byReward.rate.value;
    f["reward_win_rate_low"] = byReward.rate.low;
    f["reward_win_rate_high"] = byReward.rate.high;
    if (side.judged.empty()) return f;
    f["outside_change_oracle_masks"] = mean(side.outsideTruth);
    std::vector<double> mine, theirs;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      mine.push_back(side.judged[i].utility);
      theirs.push_back(base.judged[i].utility);
    }
    const WinRate byUtility =
        winRate(mine, theirs, clusters_, settings_.tieMargin, settings_.bootstrap, settings_.seed);
    f["win_rate"] = byUtility.rate.value;
    f["win_rate_low"] = byUtility.rate.low;
    f["win_rate_high"] = byUtility.rate.high;
    f["win_ties"] = byUtility.ties;
    return f;
  }

  Json figures(const std::vector<Side>& sides) const {
    double covered = 0, truth = 0, masked = 0;
    for (const at::Tensor& m : masks_) {
      const double part = m.mean().item<double>();
      covered += part;
      masked += part > 0;
    }
    for (const at::Tensor& m : truth_) truth += m.mean().item<double>();
    const double n = double(items_.size());
    Json f{{"n", items_.size()},
           {"masked", masked / n},
           {"mask_share", covered / n},
           {"mask_share_of_masked", masked > 0 ? covered / masked : 0.0},
           {"base", sideFigures(sides[0])}};
    if (!truth_.empty()) f["oracle_mask_share"] = truth / n;
    for (std::size_t s = 1; s < sides.size(); ++s) f[sides[s].name] = contenderFigures(sides[0], sides[s]);
    return f;
  }

  void writeItems(const std::vector<Side>& sides) const {
    std::ofstream out(folder_ / "prompts.jsonl", std::ios::trunc);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      Json line{{"file", pngName(i)},
                {"prompt", items_[i].prompt},
                {"seed", items_[i].seed},
                {"index", items_[i].index},
                {"mask", cocoEncode(toMask(masks_[i]))}};
      if (!truth_.empty()) line["mask_truth"] = cocoEncode(toMask(truth_[i]));
      for (const Side& side : sides) {
        Json& one = line[side.name];
        one["reward"] = side.reward[i];
        if (!side.outside.empty()) one["outside_change"] = side.outside[i];
        if (side.judged.empty()) continue;
        const scenes::Verdict& v = side.judged[i].verdict;
        one["correct"] = v.correct;
        one["hazard"] = v.reading.hazard;
        one["glitch"] = v.reading.glitch;
        one["cleanliness"] = v.reading.cleanliness;
        one["utility"] = side.judged[i].utility;
      }
      out << line.dump() << '\n';
    }
    if (!out.flush())
      throw Error(ErrorKind::kExhausted, "cannot write " + (folder_ / "prompts.jsonl").string());
  }

  Generator& generator_;
  const std::vector<DrawItem>& items_;
  PictureReward& reward_;
  const EvaluationSettings& settings_;
  const std::filesystem::path& folder_;
  ProgressSink& sink_;
  std::stop_token stop_;
  const std::function<void()>& yield_;
  std::vector<std::string> clusters_;
  std::vector<at::Tensor> masks_;  // H W each, dilated, predicted on the base
  std::vector<at::Tensor> truth_;  // the oracle's faults on the base, dilated alike; empty without an oracle
};

}  // namespace

std::vector<DrawItem> heldOutScenes(int n, std::uint64_t seed) {
  constexpr std::uint64_t kStream = 0x6576616c;  // "eval"
  std::vector<DrawItem> items;
  std::set<std::string> seen;
  const std::uint64_t attempts =
      1000 + 100 * std::uint64_t(n);  // the held-out prompts of the grammar are not endless
  for (std::uint64_t i = 0; int(items.size()) < n && i < attempts; ++i) {
    scenes::SceneRng rng(seed, i, kStream);
    const std::string text = scenes::canonicalText(scenes::sampleHeldOutPrompt(rng));
    if (seen.insert(text).second) items.push_back({text, rng.next() >> 33, std::int64_t(items.size())});
  }
  if (int(items.size()) < n) {
    throw Error(ErrorKind::kInvalidInput,
                "there are only " + std::to_string(items.size()) + " held-out prompts");
  }
  return items;
}

Evaluation evaluateContenders(Generator& generator, const std::vector<Contender>& contenders,
                              const std::vector<DrawItem>& items, PictureReward& reward,
                              const EvaluationSettings& settings, const std::filesystem::path& folder,
                              ProgressSink& sink, std::stop_token stop, const std::function<void()>& yield) {
  if (items.empty()) throw Error(ErrorKind::kInvalidInput, "there are no held-out prompts to evaluate on");
  return Run(generator, items, reward, settings, folder, sink, stop, yield).go(contenders);
}

}  // namespace plumbline
