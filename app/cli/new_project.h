// Making a project: its folder, its generator and its prompts. Used by `init` and `demo`.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "db/project.h"

namespace plumbline {

struct NewProject {
  std::filesystem::path folder;
  std::string model;              // name or path; "" the default model
  std::filesystem::path prompts;  // file; "" prompts of the default world
  std::filesystem::path images;   // folder of pictures to label; "" none
  int trainPrompts = 512;         // of the default world
  int heldOutPrompts = 320;
  std::uint64_t seed = 0;
};

// Throws Error; then the folder is as it was.
std::unique_ptr<Project> makeProject(const NewProject& wanted, const command::Context& context,
                                     ProgressSink& progress, std::stop_token stop);

// Prompts of the default world, all different, of both splits.
std::vector<Prompt> scenePrompts(int train, int heldOut, std::uint64_t seed);

}  // namespace plumbline
