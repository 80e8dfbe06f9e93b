#include "db/project.h"

#include <QLockFile>
#include <QString>

#include "db/atomic_file.h"
#include "db/database.h"
#include "db/migrations/migrations.h"
#include "db/sqlite_file.h"

namespace plumbline {

struct Project::Lock {
  explicit Lock(const std::filesystem::path& folder)
      : file(QString::fromStdString((folder / "window.lock").string())) {
    file.setStaleLockTime(0);  // age says nothing; a lock whose process is dead is taken over
    if (file.tryLock(0)) return;
    if (file.error() == QLockFile::PermissionError) {
      throw Error(ErrorKind::kInvalidInput,
                  "the project folder " + folder.string() + " cannot be written: check its permissions");
    }
    qint64 pid = 0;
    QString host, program;
    file.getLockInfo(&pid, &host, &program);
    throw Error(ErrorKind::kInvalidInput, "the project " + folder.string() +
                                              " is open in another window (process " + std::to_string(pid) +
                                              " on " + host.toStdString() + "): close that window first");
  }
  QLockFile file;
};

namespace {

void quickCheck(const std::filesystem::path& database) {
  SqliteFile file(database);
  const auto findings = file.column("PRAGMA quick_check(3)");
  if (findings.size() == 1 && findings.front() == "ok") return;
  std::string detail;
  for (const std::string& finding : findings) detail += finding + "; ";
  throw Error(
      ErrorKind::kCorrupt,
      "the project's database is damaged: copy the folder away, then restore project.db from a backup",
      detail);
}

void makeFolder(const std::filesystem::path& folder) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code) {
    throw Error(ErrorKind::kInvalidInput,
                "cannot create " + folder.string() + ": " + code.message() + "; choose another place");
  }
}

}  // namespace

bool Project::existsAt(const std::filesystem::path& folder) {
  std::error_code ignored;
  return std::filesystem::exists(folder / "project.db", ignored);
}

std::unique_ptr<Project> Project::create(const std::filesystem::path& folder, OpenAs as) {
  if (existsAt(folder)) {
    throw Error(ErrorKind::kInvalidInput,
                folder.string() + " already holds a project: open it or choose another folder");
  }
  makeFolder(folder);
  // Built under another name, so that a killed process leaves no half-made project.
  const std::filesystem::path partial = temporaryNameFor(folder / "project.db");
  { SqliteFile file(partial, SqliteFile::Mode::kCreate); }
  migrate(partial);
  renameSynced(partial, folder / "project.db");
  auto project = open(folder, as);
  project->events().append("created", folder.filename().string());
  return project;
}

std::unique_ptr<Project> Project::open(const std::filesystem::path& folder, OpenAs as) {
  if (!existsAt(folder)) {
    throw Error(ErrorKind::kNotFound,
                "there is no project in " + folder.string() + ": create one with plumbline init");
  }
  auto lock = as == OpenAs::kWindow ? std::make_unique<Lock>(folder) : nullptr;
  quickCheck(folder / "project.db");
  const int before = migrate(folder / "project.db");
  std::unique_ptr<Project> project(new Project(std::filesystem::absolute(folder), std::move(lock)));
  for (const auto& sub :
       {project->imagesFolder(), project->runsFolder(), project->modelsFolder(), project->exportsFolder()}) {
    makeFolder(sub);
  }
  const int now = embeddedMigrations().back().number;
  if (before != now)
    project->events().append("migrated", "schema " + std::to_string(now), {{"from", before}});
  return project;
}

Project::Project(std::filesystem::path folder, std::unique_ptr<Lock> lock)
    : folder_(std::move(folder)),
      lock_(std::move(lock)),
      queryTypes_(std::make_unique<query_type::Registry>("query type")),
      database_(std::make_unique<Database>(databaseFile())),
      prompts_(*database_),
      models_(*database_),
      images_(*database_, imagesFolder()),
      queries_(*database_),
      answers_(*database_, *queryTypes_),
      observations_(*database_),
      annotators_(*database_),
      jobs_(*database_),
      runs_(*database_),
      rewardModels_(*database_),
      features_(*database_),
      events_(*database_),
      settings_(*database_) {
  query_type::registerAll(*queryTypes_);
}

Project::~Project() = default;

std::int64_t Project::changeCounter() {
  Statement row(*database_, "PRAGMA data_version");
  row.next();
  return row.int64(0);
}

}  // namespace plumbline
