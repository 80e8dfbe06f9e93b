#include "core/reward/observation_table.h"

#include <algorithm>

#include "core/types/coco_rle.h"
#include "core/types/sha256.h"

namespace plumbline::reward {
namespace {

int foldOf(const std::string& prompt, int folds, std::uint64_t seed) {
  const auto digest = sha256(std::to_string(seed) + "/" + prompt);
  std::uint32_t number = 0;
  for (int i = 0; i < 4; ++i) number = number << 8 | digest[std::size_t(i)];
  return int(number % std::uint32_t(folds));
}

std::array<std::uint8_t, 32> bytesHash(const Mask& mask) {
  return sha256({reinterpret_cast<const char*>(mask.data.data()), mask.data.size()});
}

class Builder {
 public:
  Builder(const TrainingSet& data, int folds, std::uint64_t seed) {
    table_.pictures = data.pictures;
    auto& pictures = table_.pictures;
    std::sort(pictures.begin(), pictures.end(),
              [](const auto& a, const auto& b) { return a.image < b.image; });
    pictures.erase(std::unique(pictures.begin(), pictures.end(),
                               [](const auto& a, const auto& b) { return a.image == b.image; }),
                   pictures.end());
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      rows_[pictures[i].image] = std::int64_t(i);
      table_.folds.push_back(foldOf(pictures[i].prompt, folds, seed));
    }
  }

  void add(const Comparison& c) {
    std::int64_t a = row(c.winner), b = row(c.loser);
    if (a == b) return;
    if (c.tie && a > b) std::swap(a, b);
    table_.comparisons.push_back({a, b, c.tie, c.strength});
  }
  void add(const Level& l) { table_.levels[l.criterion].push_back({row(l.image), l.value}); }
  void add(const Region& r) {
    auto& masks = painted_[row(r.image)];
    if (!r.category.empty()) masks[r.category].push_back(cocoDecode(r.mask));
  }

  ObservationTable finish() {
    const auto key = [](const ComparisonRow& c) { return std::tuple(c.winner, c.loser, c.tie, c.strength); };
    std::sort(table_.comparisons.begin(), table_.comparisons.end(),
              [&](const auto& a, const auto& b) { return key(a) < key(b); });
    for (auto& [criterion, rows] : table_.levels) {
      std::sort(rows.begin(), rows.end(), [](const LevelRow& a, const LevelRow& b) {
        return std::pair(a.picture, a.value) < std::pair(b.picture, b.value);
      });
    }
    for (auto& [picture, masks] : painted_) {
      for (auto& [category, list] : masks) {
        std::sort(list.begin(), list.end(),
                  [](const Mask& a, const Mask& b) { return bytesHash(a) < bytesHash(b); });
      }
      table_.painted.push_back({picture, std::move(masks)});
    }
    return std::move(table_);
  }

 private:
  std::int64_t row(const std::string& image) const {
    const auto found = rows_.find(image);
    if (found == rows_.end()) {
      throw Error(ErrorKind::kInvalidInput,
                  "an answer is about picture " + image.substr(0, 12) +
                      ", which is not in the training set; run check on the project");
    }
    return found->second;
  }

  ObservationTable table_;
  std::map<std::string, std::int64_t> rows_;
  std::map<std::int64_t, std::map<std::string, std::vector<Mask>>> painted_;
};

bool chosen(bool inside, int fold, bool heldOut) {
  return fold < 0 ? !heldOut : inside == heldOut;
}

at::Tensor indices(const std::vector<std::int64_t>& values) {
  return torch::tensor(values, at::kLong);
}
at::Tensor numbers(const std::vector<double>& values) {
  return torch::tensor(values, at::TensorOptions(at::kDouble)).to(at::kFloat);
}

}  // namespace

ObservationTable observationTable(const TrainingSet& data, int folds, std::uint64_t seed) {
  Builder builder(data, folds, seed);
  for (const Observation& observation : data.observations) {
    std::visit([&](const auto& o) { builder.add(o); }, observation);
  }
  return builder.finish();
}

reward_head::ComparisonTargets comparisonTargets(const ObservationTable& table, int fold, bool heldOut,
                                                 const std::vector<double>& weights) {
  std::vector<std::int64_t> winners, losers;
  std::vector<double> ties, strengths;
  for (std::size_t i = 0; i < table.comparisons.size(); ++i) {
    const ComparisonRow& c = table.comparisons[i];
    const bool inside =
        table.folds[std::size_t(c.winner)] == fold || table.folds[std::size_t(c.loser)] == fold;
    if (!chosen(inside, fold, heldOut)) continue;
    winners.push_back(c.winner);
    losers.push_back(c.loser);
    ties.push_back(c.tie ? 1 : 0);
    strengths.push_back(c.strength * (weights.empty() ? 1 : weights[i]));
  }
  return {indices(winners), indices(losers), numbers(ties), numbers(strengths)};
}

reward_head::LevelTargets levelTargets(const ObservationTable& table, const std::string& criterion, int fold,
                                       bool heldOut, const std::vector<double>& weights) {
  std::vector<std::int64_t> pictures;
  std::vector<double> values, factors;
  const auto found = table.levels.find(criterion);
  for (std::size_t i = 0; found != table.levels.end() && i < found->second.size(); ++i) {
    const LevelRow& level = found->second[i];
    if (!chosen(table.folds[std::size_t(level.picture)] == fold, fold, heldOut)) continue;
    pictures.push_back(level.picture);
    values.push_back(level.value);
    factors.push_back(weights.empty() ? 1 : weights[table.comparisons.size() + i]);
  }
  return {indices(pictures), numbers(values), numbers(factors)};
}

std::optional<double> repeatAgreement(const ObservationTable& table) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::pair<int, int>>
      votes;  // for the first, for the second
  for (const ComparisonRow& c : table.comparisons) {
    if (c.tie) continue;
    auto& v = votes[std::minmax(c.winner, c.loser)];
    ++(c.winner < c.loser ? v.first : v.second);
  }
  double agreeing = 0, all = 0;
  for (const auto& [pair, v] : votes) {
    const double n = v.first + v.second;
    if (n < 2) continue;
    agreeing += (v.first * (v.first - 1.0) + v.second * (v.second - 1.0)) / 2;
    all += n * (n - 1) / 2;
  }
  if (all == 0) return std::nullopt;
  return agreeing / all;
}

}  // namespace plumbline::reward
