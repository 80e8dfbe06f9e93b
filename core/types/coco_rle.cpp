#include "core/types/coco_rle.h"

#include <numeric>

#include "core/types/error.h"

namespace plumbline {

std::vector<std::uint32_t> cocoCounts(const Mask& mask) {
  std::vector<std::uint32_t> counts;
  std::uint8_t value = 0;
  std::uint32_t run = 0;
  for (int x = 0; x < mask.width; ++x) {
    for (int y = 0; y < mask.height; ++y) {
      const std::uint8_t v = mask.at(x, y) != 0;
      if (v != value) {
        counts.push_back(run);
        run = 0;
        value = v;
      }
      ++run;
    }
  }
  counts.push_back(run);
  return counts;
}

std::string cocoCompress(const std::vector<std::uint32_t>& counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    std::int64_t x = counts[i];
    if (i > 2) x -= counts[i - 2];
    for (bool more = true; more;) {
      std::int64_t group = x & 0x1f;
      x >>= 5;
      more = (group & 0x10) ? x != -1 : x != 0;
      if (more) group |= 0x20;
      text += static_cast<char>(group + 48);
    }
  }
  return text;
}

std::vector<std::uint32_t> cocoDecompress(const std::string& text) {
  std::vector<std::uint32_t> counts;
  for (std::size_t p = 0; p < text.size();) {
    std::int64_t x = 0;
    int shift = 0;
    for (bool more = true; more; shift += 5) {
      if (p >= text.size() || shift > 35) throw Error(ErrorKind::kCorrupt, "mask run-length string ends inside a number");
      const int group = text[p++] - 48;
      if (group < 0 || group > 63) throw Error(ErrorKind::kCorrupt, "mask run-length string holds a foreign character");
      x |= std::int64_t(group & 0x1f) << shift;
      more = group & 0x20;
      if (!more && (group & 0x10)) x |= -(std::int64_t(1) << (shift + 5));
    }
    if (counts.size() > 2) x += counts[counts.size() - 2];
    if (x < 0 || x > UINT32_MAX) throw Error(ErrorKind::kCorrupt, "mask run-length string holds a negative run");
    counts.push_back(static_cast<std::uint32_t>(x));
  }
  return counts;
}

nlohmann::json cocoEncode(const Mask& mask) {
  return {{"size", {mask.height, mask.width}}, {"counts", cocoCompress(cocoCounts(mask))}};
}

Mask cocoDecode(const nlohmann::json& rle) {
  try {
    const int h = rle.at("size").at(0).get<int>(), w = rle.at("size").at(1).get<int>();
    if (h < 0 || w < 0 || h > 65536 || w > 65536) throw Error(ErrorKind::kCorrupt, "mask size is out of range");
    const auto& c = rle.at("counts");
    const auto counts = c.is_string() ? cocoDecompress(c.get<std::string>()) : c.get<std::vector<std::uint32_t>>();
    if (std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) != std::uint64_t(h) * w) {
      throw Error(ErrorKind::kCorrupt, "mask runs do not add up to its size");
    }
    Mask mask(w, h);
    std::uint64_t index = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      for (std::uint32_t k = 0; k < counts[i]; ++k, ++index) {
        if (i % 2 == 1) mask.at(int(index / h), int(index % h)) = 1;
      }
    }
    return mask;
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorKind::kCorrupt, "mask is not a COCO run-length object", e.what());
  }
}

}  // namespace plumbline
