#include "db/png_frame.h"

#include <array>
#include <cstdint>

#include "core/types/error.h"

namespace plumbline {
namespace {

constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);

constexpr std::array<std::uint32_t, 256> kTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ (value & 1 ? 0xedb88320u : 0u);
    table[i] = value;
  }
  return table;
}();

std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t value = 0xffffffffu;
  for (const char byte : bytes)
    value = kTable[(value ^ static_cast<unsigned char>(byte)) & 0xff] ^ (value >> 8);
  return ~value;
}

std::uint32_t bigEndian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  return value;
}

[[noreturn]] void refuse() {
  throw Error(ErrorKind::kInvalidInput, "these bytes are not a whole PNG picture");
}

}  // namespace

PngSize readPngSize(std::string_view png) {
  if (png.substr(0, 8) != kSignature) refuse();
  png.remove_prefix(8);
  PngSize size;
  bool isFirst = true, isLast = false;
  while (!png.empty()) {
    if (isLast || png.size() < 12) refuse();
    const std::uint32_t length = bigEndian(png);
    if (length > png.size() - 12 || checksum(png.substr(4, length + 4)) != bigEndian(png.substr(length + 8)))
      refuse();
    const std::string_view type = png.substr(4, 4);
    if (isFirst != (type == "IHDR") || (isFirst && length != 13)) refuse();
    if (isFirst) {
      const std::uint32_t width = bigEndian(png.substr(8)), height = bigEndian(png.substr(12));
      if (width == 0 || height == 0 || width > 16384 || height > 16384) {
        throw Error(ErrorKind::kInvalidInput, "a picture must have 1 to 16384 pixels a side");
      }
      size = {static_cast<int>(width), static_cast<int>(height)};
    }
    isFirst = false;
    isLast = type == "IEND";
    png.remove_prefix(length + 12);
  }
  if (!isLast) refuse();
  return size;
}

}  // namespace plumbline
