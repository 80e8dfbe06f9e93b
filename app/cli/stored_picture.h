// Pictures of a project as pixels.
#pragma once

#include <string>
#include <string_view>

#include "core/types/picture.h"
#include "db/project.h"

namespace plumbline {

// Throws Error(kCorrupt) that says what to do when the file is damaged or gone.
Picture loadStoredPicture(Project& project, const std::string& hash);

// The bytes of a PNG or JPEG file as those of a PNG; a whole PNG stays as it is. Throws Error(kCorrupt).
std::string pngFromFile(std::string_view bytes);

}  // namespace plumbline
