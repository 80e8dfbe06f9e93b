// PNG writing of a headless build, which has neither OpenCV nor zlib: the pixels are stored, not compressed.
#include <algorithm>

#include "core/image/crc32.h"
#include "core/image/png.h"
#include "core/types/error.h"

namespace plumbline {
namespace {

constexpr std::size_t kBlock = 65535;  // bytes in a stored block of the deflate format

void appendBigEndian(std::string& bytes, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) bytes += char(value >> shift & 255);
}

void appendChunk(std::string& png, const std::string& type, const std::string& data) {
  appendBigEndian(png, std::uint32_t(data.size()));
  png += type + data;
  appendBigEndian(png, crc32(type + data));
}

std::uint32_t adler32(const std::string& bytes) {
  std::uint32_t a = 1, b = 0;
  for (const char byte : bytes) {
    a = (a + static_cast<std::uint8_t>(byte)) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

std::string stored(const std::string& bytes) {
  std::string zlib("\x78\x01", 2);
  for (std::size_t at = 0; at < bytes.size(); at += kBlock) {
    const std::size_t length = std::min(kBlock, bytes.size() - at);
    zlib += char(at + length == bytes.size());
    for (const std::size_t field : {length, ~length}) {
      zlib += char(field & 255);
      zlib += char(field >> 8 & 255);
    }
    zlib.append(bytes, at, length);
  }
  appendBigEndian(zlib, adler32(bytes));
  return zlib;
}

}  // namespace

std::string encodePng(const Picture& picture) {
  if (picture.width < 1 || picture.height < 1 || std::max(picture.width, picture.height) > kMaximumSide)
    throw Error(ErrorKind::kInvalidInput, "a picture has 1 to 16384 pixels a side");
  std::string header;
  appendBigEndian(header, std::uint32_t(picture.width));
  appendBigEndian(header, std::uint32_t(picture.height));
  header += std::string("\x08\x02\x00\x00\x00", 5);  // 8 bits a channel, RGB
  std::string rows;
  const std::size_t stride = std::size_t(picture.width) * 3;
  for (int y = 0; y < picture.height; ++y) {
    rows += '\0';  // no filter
    rows.append(reinterpret_cast<const char*>(picture.rgb.data()) + std::size_t(y) * stride, stride);
  }
  std::string png("\x89PNG\r\n\x1a\n", 8);
  appendChunk(png, "IHDR", header);
  appendChunk(png, "IDAT", stored(rows));
  appendChunk(png, "IEND", "");
  return png;
}

}  // namespace plumbline
