// One picture as fast as it goes, for a person who turns dials.
#pragma once

#include <filesystem>

#include "app/cli/host/engine.h"
#include "core/types/parameter_schema.h"
#include "core/types/progress.h"
#include "db/project.h"

namespace plumbline {

// The settings of a preview request, checked. Throws Error(kInvalidInput).
Json previewSettings(const Json& request);
// Draws it and writes a file below the system's temporary folder; number tells this host's previews apart.
std::filesystem::path drawPreview(Engine& engine, Project& project, const Json& settings, int number,
                                  ProgressSink& sink, std::stop_token stop);

}  // namespace plumbline
