#include "db/export/safetensors_header.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "core/types/error.h"

namespace plumbline::export_format {
namespace {

constexpr std::uint64_t kLargestHeader = 100'000'000;

struct Range {
  std::uint64_t begin, end;
};

[[noreturn]] void corrupt(const std::filesystem::path& file, const std::string& why) {
  throw Error(ErrorKind::kCorrupt, file.filename().string() + " is not a whole safetensors file: " + why);
}

std::uint64_t elementSize(const std::string& dtype) {
  static const std::map<std::string, std::uint64_t> kSizes = {
      {"F64", 8}, {"I64", 8}, {"U64", 8}, {"F32", 4}, {"I32", 4},     {"U32", 4},     {"F16", 2}, {"BF16", 2},
      {"I16", 2}, {"U16", 2}, {"I8", 1},  {"U8", 1},  {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"BOOL", 1}};
  const auto found = kSizes.find(dtype);
  return found == kSizes.end() ? 0 : found->second;
}

std::string readHeaderText(const std::filesystem::path& file, std::uint64_t& bufferSize) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(ErrorKind::kNotFound, "cannot read " + file.string());
  const std::uint64_t size = std::filesystem::file_size(file);
  unsigned char prefix[8] = {};
  if (size < 10 || !in.read(reinterpret_cast<char*>(prefix), 8)) corrupt(file, "it is too short");
  std::uint64_t length = 0;
  for (int i = 7; i >= 0; --i) length = length << 8 | prefix[i];
  const bool fits = length <= kLargestHeader && length <= size - 8;
  // A header may well be 0x80 bytes longer than a multiple of 256: only what is no header can be a pickle.
  if (prefix[0] == 0x80 || (prefix[0] == 'P' && prefix[1] == 'K')) {
    if (!fits || in.peek() != '{') {
      throw Error(ErrorKind::kUnsupported,
                  file.filename().string() +
                      " is a pickle checkpoint, which can run code: convert it to safetensors");
    }
  }
  if (!fits) corrupt(file, "its header does not fit into it");
  std::string text(static_cast<std::size_t>(length), '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(length))) corrupt(file, "its header cannot be read");
  bufferSize = size - 8 - length;
  return text;
}

// nlohmann keeps the last of two equal keys; the format forbids them.
nlohmann::json parseWithoutDuplicates(const std::filesystem::path& file, const std::string& text) {
  std::vector<std::set<std::string>> open;
  bool duplicate = false;
  const auto watch = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start) open.emplace_back();
    if (event == Event::object_end && !open.empty()) open.pop_back();
    if (event == Event::key && !open.empty())
      duplicate |= !open.back().insert(parsed.get<std::string>()).second;
    return true;
  };
  nlohmann::json header = nlohmann::json::parse(text, watch, false);
  if (!header.is_object()) corrupt(file, "its header is not JSON");
  if (duplicate) corrupt(file, "its header names a tensor twice");
  return header;
}

Range rangeOf(const std::filesystem::path& file, const std::string& name, const nlohmann::json& entry) {
  const std::uint64_t element = elementSize(entry.at("dtype").get<std::string>());
  if (element == 0) corrupt(file, "tensor " + name + " has an unknown type");
  std::uint64_t bytes = element;
  for (const auto& side : entry.at("shape")) {
    if (!side.is_number_unsigned() || __builtin_mul_overflow(bytes, side.get<std::uint64_t>(), &bytes)) {
      corrupt(file, "tensor " + name + " has an impossible shape");
    }
  }
  const auto& offsets = entry.at("data_offsets");
  const Range range{offsets.at(0).get<std::uint64_t>(), offsets.at(1).get<std::uint64_t>()};
  if (offsets.size() != 2 || range.begin > range.end || range.end - range.begin != bytes) {
    corrupt(file, "the range of tensor " + name + " does not match its shape");
  }
  return range;
}

}  // namespace

SafetensorsHeader readSafetensorsHeader(const std::filesystem::path& file) {
  std::uint64_t bufferSize = 0;
  const nlohmann::json json = parseWithoutDuplicates(file, readHeaderText(file, bufferSize));
  SafetensorsHeader header;
  std::vector<Range> ranges;
  try {
    for (const auto& [name, entry] : json.items()) {
      if (name == "__metadata__") {
        header.metadata = entry.get<std::map<std::string, std::string>>();
        continue;
      }
      ranges.push_back(rangeOf(file, name, entry));
      header.names.push_back(name);
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::kCorrupt,
                file.filename().string() + " is not a whole safetensors file: its header is wrong",
                error.what());
  }
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  std::uint64_t covered = 0;
  for (const Range& range : ranges) {
    if (range.begin != covered) corrupt(file, "the ranges of its tensors leave holes or overlap");
    covered = range.end;
  }
  if (covered != bufferSize)
    corrupt(file, covered > bufferSize ? "it ends too early" : "it is longer than its tensors");
  return header;
}

}  // namespace plumbline::export_format
