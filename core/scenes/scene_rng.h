// Random numbers of the scenes world: splitmix64 over a counter, the same on every compiler and machine, so
// that (seed, index) names a picture for good. No std:: distribution is used, since those differ between
// libraries.
#pragma once

#include <cmath>
#include <cstdint>

namespace plumbline::scenes {

constexpr std::uint64_t mix64(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

class SceneRng {
 public:
  SceneRng(std::uint64_t seed, std::uint64_t index, std::uint64_t stream = 0)
      : key_(mix64(mix64(mix64(seed + 0x9e3779b97f4a7c15ULL) ^ index) + stream)) {}

  std::uint64_t next() { return mix64(key_ + 0x9e3779b97f4a7c15ULL * ++counter_); }
  double uniform() { return double(next() >> 11) * 0x1.0p-53; }  // [0, 1)
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  int below(int n) { return int(((next() >> 32) * std::uint64_t(n)) >> 32); }  // 0 .. n - 1
  int between(int low, int high) { return low + below(high - low + 1); }       // both ends included
  bool chance(double p) { return uniform() < p; }
  double normal() {  // Box-Muller, one of the two
    const double u = 1.0 - uniform(), v = uniform();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586 * v);
  }

 private:
  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

}  // namespace plumbline::scenes
