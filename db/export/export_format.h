// Data sets and adapters for other tools. A format is one file formats/<id>.cpp. It writes to a temporary
// name beside outPath and renames at the end: a cancel or a failure leaves nothing. Threads: any. Failures:
// plumbline::Error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "core/types/progress.h"
#include "core/types/registry.h"

namespace plumbline {
class Project;
}

namespace plumbline::export_format {

struct ExportResult {
  std::filesystem::path path;
  std::map<std::string, std::int64_t> counts;  // "rows", "ties", "skipped_corrupt_images", ... to be shown
  std::vector<std::string> notes;              // what got lost or was left out, one line each
  Json toJson() const;
};

struct Format {
  Descriptor descriptor;  // extra: {"file": true or false (a folder), "suffix": ".zip", "lossy": bool}
  std::function<ExportResult(Project&, const std::filesystem::path& outPath, const Json& settings,
                             ProgressSink&, std::stop_token)>
      write;
};

using Registry = plumbline::Registry<Format>;
void registerAll(Registry& registry);

// Checks the settings against the format's schema, refuses an outPath that exists, writes, logs the event.
ExportResult run(const Registry& registry, const std::string& id, Project& project,
                 const std::filesystem::path& outPath, const Json& settings, ProgressSink& sink,
                 std::stop_token stop);

}  // namespace plumbline::export_format
