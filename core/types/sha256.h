// SHA-256 (FIPS 180-4), here because the layers below Qt need it: prompt splits, model hashes, image names.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace plumbline {

class Sha256 {
 public:
  void update(const void* data, std::size_t size);
  // The digest of everything so far; the object must not be used afterwards.
  std::array<std::uint8_t, 32> finish();

 private:
  void block(const std::uint8_t* p);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> buffer_{};
  std::uint64_t length_ = 0;
};

std::array<std::uint8_t, 32> sha256(std::string_view bytes);
std::string sha256Hex(std::string_view bytes);                 // 64 lower-case hex digits
std::string hexDigest(const std::array<std::uint8_t, 32>& d);  // likewise

}  // namespace plumbline
