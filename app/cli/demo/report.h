// The page at the end of the demo: figures, curves and pictures side by side. Plain HTML with relative links
// and no script, so that it can be opened from disk, moved with its folder, and read in ten years.
#pragma once

#include <filesystem>

#include "core/types/parameter_schema.h"
#include "db/project.h"

namespace plumbline {

struct DemoReport {
  Json figures;     // the demo's result, flat
  Json evaluation;  // of the evaluate job
  Json reward;      // the reward model's report
  std::int64_t run = 0;
};

// Writes folder/report.html; links into folder/eval and folder/runs.
std::filesystem::path writeReport(Project& project, const DemoReport& report);

}  // namespace plumbline
