// Which generator a project draws with.
#pragma once

#include <filesystem>

namespace plumbline {

class Project;

// Its folder: named models lie among the program's own, relative paths in the project. Throws Error(kNotFound)
// when it is gone.
std::filesystem::path projectModelPath(Project& project);

}  // namespace plumbline
