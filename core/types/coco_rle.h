// COCO run-length masks (formats.md c.8): size is [height, width], pixels run column by column, the first run
// counts zeros. The compressed string is what pycocotools reads. Throws Error(kCorrupt) on impossible input.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/types/picture.h"

namespace plumbline {

std::vector<std::uint32_t> cocoCounts(const Mask& mask);
std::string cocoCompress(const std::vector<std::uint32_t>& counts);
std::vector<std::uint32_t> cocoDecompress(const std::string& text);

// {"size": [h, w], "counts": "..."} and back; reads uncompressed count lists too.
nlohmann::json cocoEncode(const Mask& mask);
Mask cocoDecode(const nlohmann::json& rle);

}  // namespace plumbline
