// Data sets, prompts and answers from files. A format is one file formats/<id>.cpp. Bad rows are skipped and
// counted, with the first few reasons; a file in which nothing is readable is an error. Threads: any.
// Failures: plumbline::Error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/progress.h"
#include "core/types/registry.h"

namespace plumbline {
class Project;
}

namespace plumbline::import_format {

struct ImportResult {
  std::map<std::string, std::int64_t> counts;  // "rows", "prompts", "images", "answers", "skipped", ...
  std::vector<std::string> notes;              // first reasons for skipped rows, "line 12: ..."
  // Counts a skipped row and keeps the first reasons.
  void skip(const std::string& reason);
  Json toJson() const;
};

// The bytes of any picture file as those of a PNG; throws Error(kCorrupt). This layer has no decoder: who has
// one lends it, without one only PNG is taken.
using ToPng = std::function<std::string(std::string_view bytes)>;

struct Format {
  Descriptor descriptor;  // extra: {"suffixes": [".txt", ".csv"], "folder": true if it reads folders}
  std::function<ImportResult(Project&, const std::filesystem::path& inPath, const Json& settings,
                             const ToPng&, ProgressSink&, std::stop_token)>
      read;
};

using Registry = plumbline::Registry<Format>;
void registerAll(Registry& registry);

// Checks the settings against the format's schema, reads, logs the event.
ImportResult run(const Registry& registry, const std::string& id, Project& project,
                 const std::filesystem::path& inPath, const Json& settings, ProgressSink& sink,
                 std::stop_token stop, const ToPng& toPng = {});

}  // namespace plumbline::import_format
