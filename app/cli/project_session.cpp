#include "app/cli/project_session.h"

namespace plumbline {

ProjectSession::ProjectSession(const command::Context& context, const std::filesystem::path& folder)
    : ProjectSession(context, Project::open(folder)) {}

ProjectSession::ProjectSession(const command::Context& context, std::unique_ptr<Project> project)
    : project_(std::move(project)), runner_(*project_, context.catalog(), engine_, gate_) {
  project_->jobs().markInterrupted();
}

}  // namespace plumbline
