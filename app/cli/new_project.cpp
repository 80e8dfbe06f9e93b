#include "app/cli/new_project.h"

#include "app/cli/catalog.h"
#include "app/cli/stored_picture.h"
#include "core/scenes/prompt.h"
#include "db/import/import_format.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

const import_format::Format& formatFor(const import_format::Registry& formats, const fs::path& path) {
  const bool folder = fs::is_directory(path);
  for (const auto& format : formats.all()) {
    const Json& extra = format->descriptor.extra;
    if (folder != extra.value("folder", false)) continue;
    if (folder) return *format;
    for (const Json& suffix : extra.value("suffixes", Json::array())) {
      if (suffix == path.extension().string()) return *format;
    }
  }
  throw Error(ErrorKind::kUnsupported,
              "'" + path.string() +
                  "' is of no kind that can be read; see the import formats of 'plumbline describe'");
}

// A file is judged before the project is made, so that a bad one leaves nothing behind.
void requireReadable(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error))
    throw Error(ErrorKind::kNotFound, "'" + path.string() + "' does not exist; check the path");
  if (fs::is_regular_file(path, error) && fs::file_size(path, error) == 0) {
    throw Error(ErrorKind::kInvalidInput, "'" + path.string() + "' is empty; put one prompt on each line");
  }
}

void importInto(Project& project, const fs::path& path, const command::Context& context,
                ProgressSink& progress, std::stop_token stop) {
  const import_format::Registry& formats = context.catalog().importFormats;
  const import_format::Format& format = formatFor(formats, path);
  const auto result =
      import_format::run(formats, format.descriptor.id, project, path,
                         format.descriptor.parameters.complete(Json::object()), progress, stop, pngFromFile);
  for (const std::string& note : result.notes) progress.warning(note);
}

// Removes what was made unless the project came to be.
class FolderGuard {
 public:
  explicit FolderGuard(fs::path folder) : folder_(std::move(folder)), existed_(fs::exists(folder_)) {}
  ~FolderGuard() {
    if (kept_) return;
    std::error_code ignored;
    if (!existed_) {
      fs::remove_all(folder_, ignored);
      return;
    }
    for (const char* part :
         {"project.db", "project.db-wal", "project.db-shm", "images", "runs", "models", "exports"}) {
      fs::remove_all(folder_ / part, ignored);
    }
  }
  void keep() { kept_ = true; }

 private:
  fs::path folder_;
  bool existed_;
  bool kept_ = false;
};

}  // namespace

std::vector<Prompt> scenePrompts(int train, int heldOut, std::uint64_t seed) {
  scenes::SceneRng rng(seed, 0);
  std::vector<Prompt> prompts;
  for (const bool held : {false, true}) {
    for (const auto& prompt : scenes::distinctPrompts(rng, held ? heldOut : train, held)) {
      const std::string groups = std::to_string(prompt.groups.size()) + " groups";
      const std::string objects = "objects " + std::to_string(prompt.objects());
      prompts.push_back(
          {0, scenes::canonicalText(prompt), {groups, objects}, held ? "held_out" : "train", 0});
    }
  }
  return prompts;
}

std::unique_ptr<Project> makeProject(const NewProject& wanted, const command::Context& context,
                                     ProgressSink& progress, std::stop_token stop) {
  const fs::path model = command::Context::modelFolder(wanted.model);
  for (const fs::path& path : {wanted.prompts, wanted.images}) {
    if (!path.empty()) requireReadable(path);
  }
  if (Project::existsAt(wanted.folder)) {
    throw Error(ErrorKind::kInvalidInput,
                "'" + wanted.folder.string() + "' already holds a project; choose another folder");
  }
  FolderGuard guard(wanted.folder);
  auto project = Project::create(wanted.folder);
  if (wanted.prompts.empty()) {
    project->prompts().add(scenePrompts(wanted.trainPrompts, wanted.heldOutPrompts, wanted.seed));
  } else {
    importInto(*project, wanted.prompts, context, progress, stop);
  }
  if (!wanted.images.empty()) importInto(*project, wanted.images, context, progress, stop);
  // A model of this program is named, so that the project can move to another machine.
  const bool shipped = model.parent_path() == command::Context::resources() / "models";
  project->settings().set(
      "model", shipped ? Json{{"name", model.filename().string()}} : Json{{"path", model.string()}});
  project->settings().set("query_mix", {{"pair", 0.6}, {"binary", 0.25}, {"mask", 0.15}});
  guard.keep();
  return project;
}

}  // namespace plumbline
