#include "core/eval/win_rate.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/tensor/noise.h"
#include "core/types/error.h"

namespace plumbline {
namespace {

struct Cluster {
  double sum = 0;
  double count = 0;
};

double percentile(std::vector<double>& sorted, double p) {
  const double position = p * double(sorted.size() - 1);
  const auto low = std::size_t(std::floor(position));
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (position - double(low)) * (sorted[high] - sorted[low]);
}

}  // namespace

Interval meanInterval(const std::vector<double>& values, const std::vector<std::string>& clusters, int draws,
                      std::uint64_t seed) {
  if (values.empty() || values.size() != clusters.size() || draws < 1) {
    throw Error(ErrorKind::kInvalidInput, "there is nothing to compare");
  }
  std::map<std::string, Cluster> byName;
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    byName[clusters[i]].sum += values[i];
    byName[clusters[i]].count += 1;
    sum += values[i];
  }
  std::vector<Cluster> list;
  for (const auto& [name, cluster] : byName) list.push_back(cluster);
  std::vector<double> means;
  NoiseStream random(seed, 0, 0, NoisePurpose::kBootstrap);
  for (int d = 0; d < draws; ++d) {
    Cluster drawn;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Cluster& pick = list[std::size_t(random.below(list.size()))];
      drawn.sum += pick.sum;
      drawn.count += pick.count;
    }
    means.push_back(drawn.sum / drawn.count);
  }
  std::sort(means.begin(), means.end());
  return {sum / double(values.size()), percentile(means, 0.025), percentile(means, 0.975),
          std::int64_t(values.size())};
}

WinRate winRate(const std::vector<double>& first, const std::vector<double>& second,
                const std::vector<std::string>& clusters, double margin, int draws, std::uint64_t seed) {
  if (first.size() != second.size()) throw Error(ErrorKind::kInvalidInput, "the two sides differ in number");
  WinRate result;
  std::vector<double> wins;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const double difference = first[i] - second[i];
    const bool tie = std::abs(difference) <= margin;
    result.ties += tie;
    wins.push_back(tie ? 0.5 : difference > 0 ? 1.0 : 0.0);
  }
  result.rate = meanInterval(wins, clusters, draws, seed);
  return result;
}

}  // namespace plumbline
