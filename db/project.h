// A project: one folder with project.db, images/, runs/, models/, exports/ (DESIGN section 4). Opening checks
// the database and brings it to this build's schema; a newer one is refused. The window takes a lock that
// refuses a second window; the device host and the command line join as further writers. Threads: every store
// method may be called from any thread, each thread gets its own connection. A Project must outlive its
// stores' callers and be destroyed in the thread that opened it. Failures: plumbline::Error. A
// QCoreApplication must exist (Qt loads the database driver through it).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "core/types/query_type.h"
#include "db/stores/annotator_store.h"
#include "db/stores/answer_store.h"
#include "db/stores/event_log.h"
#include "db/stores/feature_store.h"
#include "db/stores/image_store.h"
#include "db/stores/job_store.h"
#include "db/stores/model_store.h"
#include "db/stores/observation_store.h"
#include "db/stores/prompt_store.h"
#include "db/stores/query_store.h"
#include "db/stores/reward_model_store.h"
#include "db/stores/run_store.h"
#include "db/stores/setting_store.h"

namespace plumbline {

class Database;

enum class OpenAs {
  kWindow,  // exclusive among windows: a second one gets Error(kInvalidInput)
  kWorker,  // device host, command line, tests: no lock
};

class Project {
 public:
  // Makes the folder if need be. Throws Error(kInvalidInput) if it already holds a project.
  static std::unique_ptr<Project> create(const std::filesystem::path& folder, OpenAs as = OpenAs::kWorker);
  // Throws Error(kNotFound) if there is no project, kInvalidInput if it is open in another window, kCorrupt
  // if the database does not pass its check, kUnsupported if a newer Plumbline wrote it.
  static std::unique_ptr<Project> open(const std::filesystem::path& folder, OpenAs as = OpenAs::kWorker);
  static bool existsAt(const std::filesystem::path& folder);

  ~Project();
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path databaseFile() const { return folder_ / "project.db"; }
  std::filesystem::path imagesFolder() const { return folder_ / "images"; }
  std::filesystem::path runsFolder() const { return folder_ / "runs"; }
  std::filesystem::path modelsFolder() const { return folder_ / "models"; }
  std::filesystem::path exportsFolder() const { return folder_ / "exports"; }
  std::filesystem::path runFolder(std::int64_t run) const { return runsFolder() / std::to_string(run); }

  PromptStore& prompts() { return prompts_; }
  ModelStore& models() { return models_; }
  ImageStore& images() { return images_; }
  QueryStore& queries() { return queries_; }
  AnswerStore& answers() { return answers_; }
  ObservationStore& observations() { return observations_; }
  AnnotatorStore& annotators() { return annotators_; }
  JobStore& jobs() { return jobs_; }
  RunStore& runs() { return runs_; }
  RewardModelStore& rewardModels() { return rewardModels_; }
  FeatureStore& features() { return features_; }
  EventLog& events() { return events_; }
  SettingStore& settings() { return settings_; }

  const query_type::Registry& queryTypes() const { return *queryTypes_; }
  Database& database() { return *database_; }

  // A number that differs after any other connection (another thread or process) has written: poll it cheaply
  // and reload the screen when it changed. Compare only numbers of the same thread.
  std::int64_t changeCounter();

 private:
  struct Lock;
  Project(std::filesystem::path folder, std::unique_ptr<Lock> lock);

  std::filesystem::path folder_;
  std::unique_ptr<Lock> lock_;
  std::unique_ptr<query_type::Registry> queryTypes_;
  std::unique_ptr<Database> database_;
  PromptStore prompts_;
  ModelStore models_;
  ImageStore images_;
  QueryStore queries_;
  AnswerStore answers_;
  ObservationStore observations_;
  AnnotatorStore annotators_;
  JobStore jobs_;
  RunStore runs_;
  RewardModelStore rewardModels_;
  FeatureStore features_;
  EventLog events_;
  SettingStore settings_;
};

}  // namespace plumbline
