// The header of a safetensors file (formats.md c.12), parsed and checked against the size of the file. Pure
// text work without LibTorch. Throws Error(kCorrupt) on anything false, Error(kUnsupported) on an unknown
// number type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline {

struct SafetensorsHeader {
  struct Entry {
    std::string type;  // "F32", "BF16", ...
    std::vector<std::int64_t> shape;
    std::size_t begin = 0, end = 0;  // bytes within the data part
  };
  std::map<std::string, Entry> entries;
  std::map<std::string, std::string> metadata;
};

inline constexpr std::size_t kMaximumSafetensorsHeader = 100'000'000;

// Bytes of one number of a type; 0 if the type is unknown.
std::size_t safetensorsTypeSize(std::string_view type);

// text: the JSON alone; dataSize: bytes that follow it; path: for messages.
SafetensorsHeader parseSafetensorsHeader(std::string_view text, std::size_t dataSize,
                                         const std::string& path);

}  // namespace plumbline
