// The pictures of an export: copied once each into its images folder, damaged ones remembered. Threads: one.
// Failures: plumbline::Error.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "db/project.h"

namespace plumbline::export_format {

class PictureCopies {
 public:
  // folder must exist; its sub-folder images/ is made here.
  PictureCopies(Project& project, const std::filesystem::path& folder);

  // False if the picture is damaged or gone; then nothing of it is exported.
  bool take(const std::string& hash);
  static std::string relativePath(const std::string& hash) { return "images/" + hash + ".png"; }
  std::int64_t copied() const { return copied_; }
  std::int64_t damaged() const { return static_cast<std::int64_t>(seen_.size()) - copied_; }

 private:
  Project& project_;
  std::filesystem::path folder_;
  std::map<std::string, bool> seen_;
  std::int64_t copied_ = 0;
};

}  // namespace plumbline::export_format
