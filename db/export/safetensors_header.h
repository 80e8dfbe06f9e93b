// The head of a safetensors file: enough to tell that a file is whole and what it holds, without its tensors
// (the engine's reader is not part of this layer). Threads: any. Throws Error(kCorrupt), kUnsupported for
// pickles.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace plumbline::export_format {

struct SafetensorsHeader {
  std::vector<std::string> names;
  std::map<std::string, std::string> metadata;
};

// Checks length, JSON, every byte range, and that the ranges cover the file without holes.
SafetensorsHeader readSafetensorsHeader(const std::filesystem::path& file);

}  // namespace plumbline::export_format
