// PNG files to and from plain pictures. Encoding is deterministic: the same picture gives the same bytes,
// hence the same SHA-256. Decoding checks every chunk first and refuses what is corrupt, truncated or
// absurdly large with Error(kCorrupt). Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/picture.h"

namespace plumbline {

inline constexpr int kMaximumSide = 16384;  // pixels

std::string encodePng(const Picture& picture);
std::string encodePng(const Mask& mask);  // grey, 0 and 255
Picture decodePng(std::string_view bytes);
// Grey or colour; inside where a pixel is brighter than half.
Mask decodePngMask(std::string_view bytes);

// PNG or JPEG, told apart by its first bytes: pictures that a user brings.
Picture decodePicture(std::string_view bytes);

// Whole files; the message names the path. writePng replaces atomically (temporary name, then rename).
Picture readPicture(const std::string& path);
void writePng(const std::string& path, const Picture& picture);
// "0007.png": the name of picture i of a folder that lists them in order.
std::string pngName(std::size_t i);

}  // namespace plumbline
