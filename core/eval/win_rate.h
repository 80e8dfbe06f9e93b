// How often one of two is better, with what certainty. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plumbline {

struct Interval {
  double value = 0, low = 0, high = 0;  // 95 %, percentiles of the bootstrap
  std::int64_t n = 0;
};

struct WinRate {
  Interval rate;  // of the first over the second, ties half
  std::int64_t ties = 0;
};

// Item by item. A difference of at most margin is a tie. clusters: equal names are drawn together (items of
// one prompt are not independent). The bootstrap draws clusters, keeping the pairs. Throws
// Error(kInvalidInput) on sizes.
WinRate winRate(const std::vector<double>& first, const std::vector<double>& second,
                const std::vector<std::string>& clusters, double margin, int draws, std::uint64_t seed);

// Mean of values and, by the same bootstrap, its interval. Also for paired differences.
Interval meanInterval(const std::vector<double>& values, const std::vector<std::string>& clusters, int draws,
                      std::uint64_t seed);

}  // namespace plumbline
