// Files and folders that appear whole or not at all: written under a temporary name in the same folder,
// synced, renamed. Threads: any. Failures: plumbline::Error that names the path.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace plumbline {

inline constexpr const char* kTemporaryMark = ".plumbline-partial-";

// A name beside target that no other call, thread or process uses; holds kTemporaryMark.
std::filesystem::path temporaryNameFor(const std::filesystem::path& target);
// Not synced: for the many files of a folder that StagedOutput::commit() syncs at once.
void writePlain(const std::filesystem::path& file, std::string_view bytes);
void writeSynced(const std::filesystem::path& file, std::string_view bytes);
void syncPath(const std::filesystem::path& fileOrFolder);
void renameSynced(const std::filesystem::path& from, const std::filesystem::path& to);
void writeAtomically(const std::filesystem::path& file, std::string_view bytes);
// Throws Error(kNotFound) if it is not there, kInvalidInput if it cannot be read.
std::string readWhole(const std::filesystem::path& file);

// Output under a temporary name; commit() syncs it and gives it its own, otherwise it is removed.
class StagedOutput {
 public:
  enum class Kind { kFile, kFolder };
  // Throws Error(kInvalidInput) if target exists.
  StagedOutput(std::filesystem::path target, Kind kind);
  ~StagedOutput();
  StagedOutput(const StagedOutput&) = delete;
  StagedOutput& operator=(const StagedOutput&) = delete;

  const std::filesystem::path& path() const { return temporary_; }
  void commit();

 private:
  std::filesystem::path target_, temporary_;
  bool committed_ = false;
};

}  // namespace plumbline
