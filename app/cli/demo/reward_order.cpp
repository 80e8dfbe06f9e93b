#include "app/cli/demo/reward_order.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>

#include "core/image/png.h"
#include "core/scenes/annotator.h"
#include "core/scenes/oracle/oracle.h"
#include "core/tensor/picture_tensor.h"
#include "core/types/parallel.h"

namespace plumbline {
namespace {

constexpr double kTieMargin = 0.05;    // of the utility, as in the evaluation
constexpr double kEquallyClean = 0.1;  // of cleanliness
constexpr std::size_t kScoreBatch = 32;
constexpr double kRegionThreshold = 0.5;

struct Judged {
  scenes::Verdict verdict;
  double utility = 0;
};

std::vector<Judged> judgeAll(const HeldOutPictures& heldOut, ProgressSink& progress,
                             const std::stop_token& stop) {
  std::vector<Judged> all(heldOut.pictures.size());
  inParallel(
      all.size(),
      [&](std::size_t i) {
        all[i].verdict = scenes::measure(heldOut.pictures[i], scenes::parsePrompt(heldOut.prompts[i]));
        all[i].utility = scenes::utility(all[i].verdict);
      },
      [&](std::size_t done) {
        throwIfStopped(stop);
        progress.progress("measuring", std::int64_t(done), std::int64_t(all.size()));
      });
  return all;
}

// What the reward gives each picture for its own prompt and for another's.
struct Scores {
  std::vector<double> own, other;
};

Scores scores(const reward::RewardModel& model, const std::vector<Picture>& pictures,
              const std::vector<std::string>& prompts, const std::vector<std::string>& others,
              const std::stop_token& stop) {
  torch::NoGradGuard guard;
  Scores all;
  for (std::size_t begin = 0; begin < pictures.size(); begin += kScoreBatch) {
    throwIfStopped(stop);
    const auto from = std::ptrdiff_t(begin),
               to = std::ptrdiff_t(std::min(begin + kScoreBatch, pictures.size()));
    const std::vector<Picture> seen(pictures.begin() + from, pictures.begin() + to);
    const auto add = [&](const std::vector<std::string>& asked, std::vector<double>& into) {
      for (const reward::Score& score : model.score(seen, {asked.begin() + from, asked.begin() + to}))
        into.push_back(score.mean);
    };
    add(prompts, all.own);
    add(others, all.other);
  }
  return all;
}

// By how much the first is better in each.
std::array<double, kOrderParts.size()> advantages(const scenes::Verdict& a, const scenes::Verdict& b) {
  const double cleaner = a.reading.cleanliness - b.reading.cleanliness;
  return {a.correctShare - b.correctShare, double(b.reading.hazard) - double(a.reading.hazard),
          double(b.reading.glitch) - double(a.reading.glitch),
          std::abs(cleaner) < kEquallyClean ? 0 : cleaner};
}

// Nothing where the pair differs in several parts or in none. Pictures with a fault are compared only for
// that fault.
std::optional<std::pair<OrderPart, bool>> onlyDifference(const scenes::Verdict& a, const scenes::Verdict& b) {
  const auto by = advantages(a, b);
  if (std::count_if(by.begin(), by.end(), [](double d) { return d != 0; }) != 1) return {};
  const auto found = std::find_if(by.begin(), by.end(), [](double d) { return d != 0; });
  const auto part = OrderPart(found - by.begin());
  const bool faults = (a.reading.hazard && b.reading.hazard) || (a.reading.glitch && b.reading.glitch);
  if (faults) return {};
  return std::pair(part, *found > 0);
}

// Each picture with the prompt of one that asks for something else.
std::vector<std::string> permuted(const std::vector<std::string>& prompts, scenes::SceneRng& rng) {
  std::vector<std::string> others;
  for (const std::string& prompt : prompts) {
    std::string other;
    do {
      other = prompts[std::size_t(rng.below(int(prompts.size())))];
    } while (other == prompt);
    others.push_back(other);
  }
  return others;
}

struct Tally {
  std::int64_t pairs = 0, right = 0;
  void add(bool isRight) {
    pairs += 1;
    right += isRight;
  }
  Json share() const { return pairs ? Json(double(right) / double(pairs)) : Json(); }
};

Json regionFigures(const reward::RewardModel& model, const HeldOutPictures& heldOut,
                   const std::vector<Judged>& judged, const std::stop_token& stop) {
  torch::NoGradGuard guard;
  double sum = 0;
  std::int64_t count = 0, found = 0;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    throwIfStopped(stop);
    if (!judged[i].verdict.reading.hazard) continue;
    const at::Tensor map = model.regionMap(toTensor(heldOut.pictures[i]).unsqueeze(0), {heldOut.prompts[i]});
    const at::Tensor predicted = map[0][0] > kRegionThreshold;  // category 0: unsafe
    const at::Tensor truth = maskTensor(judged[i].verdict.reading.hazardMask)[0] > 0.5;
    const double both = predicted.logical_and(truth).sum().item<double>();
    const double either = predicted.logical_or(truth).sum().item<double>();
    sum += either > 0 ? both / either : 0;
    found += both > 0;
    ++count;
  }
  return {{"region_iou", count ? Json(sum / double(count)) : Json()},
          {"region_recall", count ? Json(double(found) / double(count)) : Json()},
          {"region_pictures", count}};
}

}  // namespace

HeldOutPictures readHeldOut(const std::string& folder) {
  HeldOutPictures heldOut;
  const std::filesystem::path base = folder;
  std::ifstream lines(base / "prompts.jsonl");
  for (std::string line; std::getline(lines, line);) {
    const Json row = Json::parse(line);
    heldOut.pictures.push_back(readPicture((base / "base" / row.at("file").get<std::string>()).string()));
    heldOut.prompts.push_back(row.at("prompt").get<std::string>());
  }
  if (heldOut.pictures.size() < 2) {
    throw Error(ErrorKind::kNotFound, "no evaluation in '" + folder + "'; run 'plumbline evaluate' first");
  }
  return heldOut;
}

Json rewardOrder(const reward::RewardModel& model, const HeldOutPictures& heldOut, std::uint64_t seed,
                 ProgressSink& progress, std::stop_token stop) {
  const std::vector<Judged> judged = judgeAll(heldOut, progress, stop);
  scenes::SceneRng rng(seed, 0);
  const auto [score, wrong] =
      scores(model, heldOut.pictures, heldOut.prompts, permuted(heldOut.prompts, rng), stop);
  Tally all, shuffled;
  std::array<Tally, kOrderParts.size()> only;
  std::int64_t ties = 0;
  for (std::size_t a = 0; a < judged.size(); ++a) {
    for (std::size_t b = a + 1; b < judged.size(); ++b) {
      const double difference = judged[a].utility - judged[b].utility;
      if (std::abs(difference) < kTieMargin) {
        ++ties;
      } else {
        all.add((score[a] > score[b]) == (difference > 0));
        shuffled.add((wrong[a] > wrong[b]) == (difference > 0));
      }
      if (const auto differ = onlyDifference(judged[a].verdict, judged[b].verdict))
        only[std::size_t(differ->first)].add((score[a] > score[b]) == differ->second);
    }
  }
  Json figures{{"accuracy", all.share()},
               {"pairs", all.pairs},
               {"ties", ties},
               {"accuracy_permuted_prompts", shuffled.share()}};
  for (std::size_t part = 0; part < kOrderParts.size(); ++part) {
    const std::string name = std::string(kOrderParts[part]) + "_only";
    figures["accuracy_" + name] = only[part].share();
    figures["pairs_" + name] = only[part].pairs;
  }
  figures.update(regionFigures(model, heldOut, judged, stop));
  return figures;
}

}  // namespace plumbline
