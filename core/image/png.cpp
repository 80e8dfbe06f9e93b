#include "core/image/png.h"

#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "core/image/crc32.h"
#include "core/types/error.h"

namespace plumbline {
namespace {

constexpr std::string_view kPngSignature("\x89PNG\r\n\x1a\n", 8);
constexpr std::size_t kMaximumPixels = std::size_t(1) << 26;

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorKind::kCorrupt, "not a usable picture: " + why + "; replace the file");
}

std::uint32_t bigEndian(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return std::uint32_t(static_cast<std::uint8_t>(bytes[at + i])); };
  return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
}

void checkSize(std::size_t width, std::size_t height) {
  if (width == 0 || height == 0) refuse("it has no pixels");
  if (width > kMaximumSide || height > kMaximumSide || width * height > kMaximumPixels) {
    refuse("it claims " + std::to_string(width) + " x " + std::to_string(height) + " pixels");
  }
}

// Decoders accept a good deal of damage (grey stripes instead of an error), hence every checksum is checked
// here.
void checkPng(std::string_view bytes) {
  if (bytes.substr(0, 8) != kPngSignature) refuse("no PNG signature");
  bool first = true;
  for (std::size_t at = 8;;) {
    if (bytes.size() - at < 12) refuse("the PNG is truncated");
    const std::size_t length = bigEndian(bytes, at);
    if (length > bytes.size() - at - 12) refuse("the PNG is truncated");
    const std::string_view type = bytes.substr(at + 4, 4);
    if (crc32(bytes.substr(at + 4, length + 4)) != bigEndian(bytes, at + 8 + length)) {
      refuse("a PNG checksum is wrong");
    }
    if (first) {
      if (type != "IHDR" || length != 13) refuse("the PNG header is missing");
      checkSize(bigEndian(bytes, at + 8), bigEndian(bytes, at + 12));
      first = false;
    }
    if (type == "IEND") return;
    at += 12 + length;
  }
}

void checkJpeg(std::string_view bytes) {
  for (std::size_t at = 2; at + 9 < bytes.size();) {
    if (bytes[at] != '\xff') refuse("the JPEG is damaged");
    const auto marker = static_cast<std::uint8_t>(bytes[at + 1]);
    const std::uint32_t sizes = bigEndian(bytes, at + 5);
    const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) return checkSize(sizes & 0xffff, sizes >> 16);
    at += marker == 0xff ? 1 : 2 + (bigEndian(bytes, at + 2) >> 16);
  }
  refuse("the JPEG is truncated");
}

cv::Mat decoded(std::string_view bytes, int flags) {
  const cv::Mat buffer(1, int(bytes.size()), CV_8U, const_cast<char*>(bytes.data()));
  cv::Mat image;
  try {
    image = cv::imdecode(buffer, flags);
  } catch (const cv::Exception& e) {
    throw Error(ErrorKind::kCorrupt, "not a usable picture; replace the file", e.what());
  }
  if (image.empty()) refuse("its pixels cannot be decoded");
  return image;
}

Picture toPicture(const cv::Mat& bgr) {
  Picture picture(bgr.cols, bgr.rows);
  cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, picture.rgb.data());
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return picture;
}

std::string encoded(const cv::Mat& image) {
  // Fixed settings: the bytes are the picture's name in the store.
  static const std::vector<int> kSettings = {cv::IMWRITE_PNG_COMPRESSION, 6, cv::IMWRITE_PNG_STRATEGY,
                                             cv::IMWRITE_PNG_STRATEGY_DEFAULT};
  std::vector<std::uint8_t> bytes;
  if (!cv::imencode(".png", image, bytes, kSettings))
    throw Error(ErrorKind::kInternal, "PNG encoding failed");
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace

std::string encodePng(const Picture& picture) {
  checkSize(std::size_t(picture.width), std::size_t(picture.height));
  const cv::Mat rgb(picture.height, picture.width, CV_8UC3, const_cast<std::uint8_t*>(picture.rgb.data()));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  return encoded(bgr);
}

std::string encodePng(const Mask& mask) {
  checkSize(std::size_t(mask.width), std::size_t(mask.height));
  const cv::Mat inside(mask.height, mask.width, CV_8U, const_cast<std::uint8_t*>(mask.data.data()));
  return encoded(inside != 0);
}

Picture decodePng(std::string_view bytes) {
  checkPng(bytes);
  return toPicture(decoded(bytes, cv::IMREAD_COLOR));
}

Mask decodePngMask(std::string_view bytes) {
  checkPng(bytes);
  const cv::Mat grey = decoded(bytes, cv::IMREAD_GRAYSCALE);
  Mask mask(grey.cols, grey.rows);
  for (int y = 0; y < grey.rows; ++y) {
    for (int x = 0; x < grey.cols; ++x) mask.at(x, y) = grey.at<std::uint8_t>(y, x) > 127 ? 1 : 0;
  }
  return mask;
}

Picture decodePicture(std::string_view bytes) {
  if (bytes.substr(0, 8) == kPngSignature) return decodePng(bytes);
  if (bytes.substr(0, 3) != "\xff\xd8\xff") refuse("it is neither PNG nor JPEG");
  checkJpeg(bytes);
  return toPicture(decoded(bytes, cv::IMREAD_COLOR));
}

Picture readPicture(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorKind::kNotFound, "cannot open the picture " + path);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  try {
    return decodePicture(bytes.str());
  } catch (const Error& e) {
    throw Error(e.kind(), path + ": " + e.message(), e.detail());
  }
}

}  // namespace plumbline
