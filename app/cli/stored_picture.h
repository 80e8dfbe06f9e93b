// Pictures of a project as pixels.
#pragma once

#include <string>

#include "core/types/picture.h"
#include "db/project.h"

namespace plumbline {

// Throws Error(kCorrupt) that says what to do when the file is damaged or gone.
Picture loadStoredPicture(Project& project, const std::string& hash);

}  // namespace plumbline
