// Is the project whole? Database structure, references, every picture's bytes, every answer's meaning. And
// copies of it that are consistent while others write. Threads: any, may take long. Failures:
// plumbline::Error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/types/parameter_schema.h"
#include "core/types/progress.h"

namespace plumbline {

class Project;

struct Finding {
  // "database", "foreign_key", "json", "image_corrupt", "image_missing", "image_state", "image_orphan",
  // "answer_observations", "answer_chain", "observation", "mask", "query_state", "checkpoint"
  std::string kind;
  std::string subject;  // hash, "answer 12", ...
  std::string message;  // one line
  bool repaired = false;
  // A left-over file of a killed process: worth clearing away, but nothing is wrong with the project.
  bool harmless = false;
};

struct CheckReport {
  std::int64_t images = 0, answers = 0, observations = 0, masks = 0;  // looked at
  std::int64_t setAside = 0;  // damaged pictures that an earlier repair has moved to images/damaged/
  std::vector<Finding> findings;
  bool ok() const;  // nothing but harmless findings
  bool allRepaired() const;
  Json toJson() const;
};

// repair: damaged pictures are moved to images/damaged/ and their rows marked, temporary files of killed
// processes and query states are put right. Nothing a person said is ever removed.
CheckReport checkProject(Project& project, bool repair, ProgressSink& sink, std::stop_token stop);

// A copy of the database alone, consistent while others write; written to a temporary name, then renamed.
void backupDatabase(const std::filesystem::path& database, const std::filesystem::path& target);
// A copy of the whole project folder (database, images, runs, models). Throws if target exists; cancel leaves
// nothing.
void backupProject(Project& project, const std::filesystem::path& target, ProgressSink& sink,
                   std::stop_token stop);

}  // namespace plumbline
