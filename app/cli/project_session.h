// What a command needs to work on a project with models: the open project, the engine, and a runner for the
// same jobs that the device host runs. Owned by the command, on the main thread.
#pragma once

#include <filesystem>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/host/device_gate.h"
#include "app/cli/host/engine.h"
#include "app/cli/host/job_runner.h"
#include "app/cli/name_values.h"
#include "db/project.h"

namespace plumbline {

class ProjectSession {
 public:
  // Throws Error when DIR is no project.
  ProjectSession(const command::Context& context, const std::filesystem::path& folder);
  ProjectSession(const command::Context& context, std::unique_ptr<Project> project);

  Project& project() { return *project_; }
  Engine& engine() { return engine_; }
  JobRunner& runner() { return runner_; }

 private:
  std::unique_ptr<Project> project_;
  Engine engine_;
  DeviceGate gate_;
  JobRunner runner_;
};

}  // namespace plumbline
