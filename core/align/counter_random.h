// Random numbers as a pure function of (seed, stream, position), so that a resumed run draws what the
// uninterrupted one would have drawn. Value type.
#pragma once

#include <cstdint>
#include <numeric>
#include <vector>

namespace plumbline {

class CounterRandom {
 public:
  CounterRandom(std::uint64_t seed, std::uint64_t stream, std::uint64_t position = 0)
      : state_(mix(mix(seed + kGamma) ^ mix(stream * 0xD1B54A32D192ED03ull + position))) {}

  std::uint64_t next() { return mix(state_ += kGamma); }
  double uniform() { return double(next() >> 11) * 0x1.0p-53; }  // [0, 1)
  std::int64_t below(std::int64_t n) { return std::int64_t(uniform() * double(n)); }

  std::vector<std::int64_t> permutation(std::int64_t n) {
    std::vector<std::int64_t> order(std::size_t(n), 0);
    std::iota(order.begin(), order.end(), 0);
    for (std::int64_t i = n - 1; i > 0; --i)
      std::swap(order[std::size_t(i)], order[std::size_t(below(i + 1))]);
    return order;
  }

 private:
  static constexpr std::uint64_t kGamma = 0x9E3779B97F4A7C15ull;
  static std::uint64_t mix(std::uint64_t z) {  // the finaliser of SplitMix64
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

}  // namespace plumbline
