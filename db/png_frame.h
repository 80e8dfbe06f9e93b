// Tells a whole PNG from anything else without decoding its pixels: signature, chunk lengths, checksums,
// first and last chunk. Pure functions, thread-safe.
#pragma once

#include <string_view>

namespace plumbline {

struct PngSize {
  int width = 0, height = 0;
};

// Throws Error(kInvalidInput) if the bytes are not a whole PNG of 1 to 16384 pixels a side.
PngSize readPngSize(std::string_view png);

}  // namespace plumbline
