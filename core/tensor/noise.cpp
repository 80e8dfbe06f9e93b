#include "core/tensor/noise.h"

#include <cmath>
#include <numeric>

#include "core/types/error.h"

namespace plumbline {
namespace {

using Key = std::array<std::uint32_t, 2>;
using Counter = std::array<std::uint32_t, 4>;

// Philox 4x32-10 (Salmon and others, 2011).
Counter philox(Counter counter, Key key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t(0xd2511f53) * counter[0];
    const std::uint64_t b = std::uint64_t(0xcd9e8d57) * counter[2];
    counter = {std::uint32_t(b >> 32) ^ counter[1] ^ key[0], std::uint32_t(b),
               std::uint32_t(a >> 32) ^ counter[3] ^ key[1], std::uint32_t(a)};
    key[0] += 0x9e3779b9;
    key[1] += 0xbb67ae85;
  }
  return counter;
}

std::uint64_t mixed(std::uint64_t x) {  // splitmix64's finisher: a bijection
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9;
  x ^= x >> 27;
  x *= 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// The counter's first word counts blocks; the other 160 bits of address and seed stand in the rest and the
// key.
void address(std::uint64_t seed, std::uint64_t imageIndex, std::uint64_t step, NoisePurpose purpose, Key& key,
             Counter& counter) {
  const std::uint64_t where = mixed(imageIndex + 0x9e3779b97f4a7c15 * (std::uint64_t(purpose) + 1));
  const std::uint64_t full = mixed(seed ^ mixed(where ^ 0x6a09e667f3bcc909));
  key = {std::uint32_t(full), std::uint32_t(full >> 32)};
  counter = {0, std::uint32_t(step), std::uint32_t(step >> 32) ^ std::uint32_t(where),
             std::uint32_t(where >> 32)};
}

// Box-Muller in double: after rounding to float32 the last bit of libm's log and cos no longer shows.
void gaussianPair(std::uint32_t a, std::uint32_t b, double& first, double& second) {
  constexpr double kUnit = 1.0 / 4294967296.0;
  constexpr double kTwoPi = 6.283185307179586476925286766559;
  const double radius = std::sqrt(-2.0 * std::log((a + 0.5) * kUnit));
  const double angle = kTwoPi * (b * kUnit);
  first = radius * std::cos(angle);
  second = radius * std::sin(angle);
}

}  // namespace

at::Tensor noiseFor(std::uint64_t seed, std::uint64_t imageIndex, std::uint64_t step, NoisePurpose purpose,
                    at::IntArrayRef shape) {
  Key key;
  Counter counter;
  address(seed, imageIndex, step, purpose, key, counter);
  at::Tensor noise = at::empty(shape, at::TensorOptions().dtype(at::kFloat).device(at::kCPU));
  float* out = noise.data_ptr<float>();
  const std::int64_t count = noise.numel();
  for (std::int64_t i = 0; i < count; i += 4, ++counter[0]) {
    const Counter bits = philox(counter, key);
    double values[4];
    gaussianPair(bits[0], bits[1], values[0], values[1]);
    gaussianPair(bits[2], bits[3], values[2], values[3]);
    for (std::int64_t j = 0; j < 4 && i + j < count; ++j) out[i + j] = static_cast<float>(values[j]);
  }
  return noise;
}

NoiseStream::NoiseStream(std::uint64_t seed, std::uint64_t imageIndex, std::uint64_t step,
                         NoisePurpose purpose) {
  address(seed, imageIndex, step, purpose, key_, counter_);
}

std::uint32_t NoiseStream::bits() {
  if (used_ == 4) {
    block_ = philox(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return block_[used_++];
}

double NoiseStream::uniform() {
  const std::uint64_t high = bits();
  return double((high << 21) ^ (bits() >> 11)) * (1.0 / 9007199254740992.0);
}

double NoiseStream::normal() {
  if (hasSpare_) {
    hasSpare_ = false;
    return spare_;
  }
  const std::uint32_t a = bits(), b = bits();
  double first = 0;
  gaussianPair(a, b, first, spare_);
  hasSpare_ = true;
  return first;
}

std::uint64_t NoiseStream::below(std::uint64_t bound) {
  if (bound == 0) throw Error(ErrorKind::kInternal, "cannot choose among nothing");
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  while (true) {
    const std::uint64_t high = bits();
    const std::uint64_t value = (high << 32) | bits();
    if (value < limit) return value % bound;
  }
}

std::vector<std::int64_t> NoiseStream::permutation(std::size_t count) {
  std::vector<std::int64_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[below(i)]);
  return order;
}

}  // namespace plumbline
