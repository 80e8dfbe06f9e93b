#include "core/align/checkpoint.h"

#include <algorithm>
#include <cstdio>

#include "core/types/error.h"
#include "core/weights/safetensors.h"

namespace plumbline {
namespace {
constexpr const char* kStateKey = "plumbline_state";
}

std::filesystem::path checkpointPath(const std::filesystem::path& runFolder, std::int64_t step) {
  char name[48];
  std::snprintf(name, sizeof name, "step-%08lld.safetensors", static_cast<long long>(step));
  return runFolder / "checkpoints" / name;
}

std::vector<std::int64_t> checkpointSteps(const std::filesystem::path& runFolder) {
  std::vector<std::int64_t> steps;
  const std::filesystem::path folder = runFolder / "checkpoints";
  if (!std::filesystem::is_directory(folder)) return steps;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    long long step = 0;
    const std::string name = entry.path().filename().string();
    if (std::sscanf(name.c_str(), "step-%lld.safetensors", &step) == 1 &&
        checkpointPath(runFolder, step) == entry) {
      steps.push_back(step);
    }
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

void writeCheckpoint(const std::filesystem::path& runFolder, std::int64_t step,
                     const Checkpoint& checkpoint) {
  const std::filesystem::path path = checkpointPath(runFolder, step);
  std::filesystem::create_directories(path.parent_path());
  writeSafetensors(path.string(), checkpoint.tensors, {{kStateKey, checkpoint.state.dump()}});
}

Checkpoint readCheckpoint(const std::filesystem::path& path) {
  const SafetensorsFile file = SafetensorsFile::open(path.string());
  const auto state = file.metadata().find(kStateKey);
  if (state == file.metadata().end()) {
    throw Error(ErrorKind::kCorrupt, path.string() + " is not a checkpoint of a run; start the run afresh");
  }
  const nlohmann::json parsed = nlohmann::json::parse(state->second, nullptr, false);
  if (!parsed.is_object()) {
    throw Error(ErrorKind::kCorrupt,
                path.string() + " is damaged; delete it to go on from the checkpoint before it");
  }
  return {file.tensors(), parsed};
}

}  // namespace plumbline
