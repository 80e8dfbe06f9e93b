// Checkpoints of a run: one safetensors file each, tensors and state together, so that a checkpoint is whole
// or is not there. The state (JSON) lies in the file's metadata.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace plumbline {

struct Checkpoint {
  std::map<std::string, at::Tensor> tensors;
  nlohmann::json state;
};

std::filesystem::path checkpointPath(const std::filesystem::path& runFolder, std::int64_t step);
// Steps of the checkpoints in a run's folder, ascending.
std::vector<std::int64_t> checkpointSteps(const std::filesystem::path& runFolder);

// Temporary name, sync, rename.
void writeCheckpoint(const std::filesystem::path& runFolder, std::int64_t step, const Checkpoint& checkpoint);
// Throws Error(kCorrupt) or Error(kNotFound).
Checkpoint readCheckpoint(const std::filesystem::path& path);

}  // namespace plumbline
