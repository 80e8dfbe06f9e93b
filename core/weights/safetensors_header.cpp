#include "core/weights/safetensors_header.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/types/error.h"

namespace plumbline {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
  throw Error(ErrorKind::kCorrupt, path + ": " + reason + "; get the file again from where it came");
}

json parseStrictly(std::string_view text, const std::string& path) {
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int depth, json::parse_event_t event, json& value) {
    if (depth > 3) refuse(path, "the header is nested too deeply");
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second) {
      refuse(path, "the header names '" + value.get<std::string>() + "' twice");
    }
    return true;
  };
  try {
    return json::parse(text.begin(), text.end(), watch);
  } catch (const json::exception&) {
    refuse(path, "the header is not valid JSON");
  }
}

SafetensorsHeader::Entry readEntry(const std::string& name, const json& value, const std::string& path) {
  const auto isList = [](const json& j) {
    return j.is_array() &&
           std::all_of(j.begin(), j.end(), [](const json& n) { return n.is_number_unsigned(); });
  };
  if (!value.is_object() || !value.contains("dtype") || !value["dtype"].is_string() ||
      !value.contains("shape") || !isList(value["shape"]) || !value.contains("data_offsets") ||
      !isList(value["data_offsets"]) || value["data_offsets"].size() != 2) {
    refuse(path, "the header's entry for '" + name + "' needs dtype, shape and data_offsets");
  }
  SafetensorsHeader::Entry entry;
  entry.type = value["dtype"].get<std::string>();
  for (const json& n : value["shape"]) {
    if (n.get<std::uint64_t>() > std::uint64_t{1} << 48)
      refuse(path, "the shape of '" + name + "' is impossible");
    entry.shape.push_back(n.get<std::int64_t>());
  }
  entry.begin = value["data_offsets"][0].get<std::size_t>();
  entry.end = value["data_offsets"][1].get<std::size_t>();
  return entry;
}

void checkRange(const std::string& name, const SafetensorsHeader::Entry& entry, std::size_t dataSize,
                const std::string& path) {
  const std::size_t typeSize = safetensorsTypeSize(entry.type);
  if (typeSize == 0) {
    throw Error(ErrorKind::kUnsupported, path + ": tensor '" + name + "' has number type " + entry.type +
                                             ", which is not supported; store it as F16, BF16 or F32");
  }
  if (entry.begin > entry.end || entry.end > dataSize) {
    refuse(path, "tensor '" + name + "' lies outside the file (cut short, or the header is wrong)");
  }
  std::size_t bytes = typeSize;
  for (const std::int64_t n : entry.shape) {
    if (__builtin_mul_overflow(bytes, std::size_t(n), &bytes)) {
      refuse(path, "the shape of '" + name + "' is impossible");
    }
  }
  if (bytes != entry.end - entry.begin) {
    refuse(path, "tensor '" + name + "' has " + std::to_string(entry.end - entry.begin) +
                     " bytes, its type and shape need " + std::to_string(bytes));
  }
}

// Ranges must cover the data part exactly: no overlap, no hole, nothing behind the last tensor.
void checkCoverage(const SafetensorsHeader& header, std::size_t dataSize, const std::string& path) {
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  for (const auto& [name, entry] : header.entries) ranges.emplace_back(entry.begin, entry.end);
  std::sort(ranges.begin(), ranges.end());
  std::size_t position = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin < position) refuse(path, "two tensors overlap");
    if (begin > position) refuse(path, "bytes " + std::to_string(position) + " onward belong to no tensor");
    position = end;
  }
  if (position != dataSize) refuse(path, "bytes " + std::to_string(position) + " onward belong to no tensor");
}

}  // namespace

std::size_t safetensorsTypeSize(std::string_view type) {
  if (type == "F64" || type == "I64") return 8;
  if (type == "F32" || type == "I32") return 4;
  if (type == "F16" || type == "BF16" || type == "I16") return 2;
  if (type == "I8" || type == "U8" || type == "BOOL") return 1;
  return 0;
}

SafetensorsHeader parseSafetensorsHeader(std::string_view text, std::size_t dataSize,
                                         const std::string& path) {
  if (text.empty() || text.front() != '{')
    refuse(path, "this is no safetensors file (the header does not start with {)");
  const json root = parseStrictly(text, path);
  SafetensorsHeader header;
  for (const auto& [name, value] : root.items()) {
    if (name != "__metadata__") {
      const auto entry = readEntry(name, value, path);
      checkRange(name, entry, dataSize, path);
      header.entries.emplace(name, entry);
      continue;
    }
    if (value.is_null()) continue;
    if (!value.is_object()) refuse(path, "__metadata__ must map text to text");
    for (const auto& [key, text2] : value.items()) {
      if (!text2.is_string()) refuse(path, "__metadata__ must map text to text");
      header.metadata[key] = text2.get<std::string>();
    }
  }
  checkCoverage(header, dataSize, path);
  return header;
}

}  // namespace plumbline
