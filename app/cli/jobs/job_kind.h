// Kinds of long work: one file per kind, jobs/<id>.cpp, and its id in jobs/CMakeLists.txt. The id is what
// stands in a job row's `kind`, the schema is that of the row's specification. A kind must give the same
// result when it was killed at any moment and runs again from the same row: it skips what it finds done.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/types/job.h"
#include "core/types/progress.h"
#include "core/types/registry.h"
#include "db/project.h"

namespace plumbline {
struct Catalog;
class Engine;
}  // namespace plumbline

namespace plumbline::job_kind {

// What a job works with; lives as long as the job runs, on its thread.
struct Work {
  Project& project;
  const Catalog& catalog;
  Engine& engine;
  JobRow row;            // as claimed
  const Json& spec;      // row.spec, completed and checked
  ProgressSink& sink;    // progress() lets more urgent jobs pass; call it before each step
  std::stop_token stop;  // leave by Error(kCancelled) within one step; what is on disk stays for a resume
  const std::atomic<bool>& pause;   // kinds with pausesItself: checkpoint, then leave by Error(kCancelled)
  const std::atomic<bool>& finish;  // stop and save: end now, as if all was done
  // Lets more urgent jobs pass; for code that has a hook between steps but no progress to report there.
  std::function<void()> yield;
  // Names the run row that this job's metrics belong to; also written to the job row.
  std::function<void(std::int64_t run)> attachRun;
};

struct Outcome {
  Json result = Json::object();
  // Set by a job that cannot go on before people have answered: it gives the device back and is run again
  // then.
  struct Wait {
    std::vector<std::int64_t> queries;
    std::int64_t answers = 0;
  };
  std::optional<Wait> wait;
};

struct Kind {
  Descriptor descriptor;             // parameters: the specification's flat part
  std::vector<std::string> objects;  // names in the specification that hold an object of another schema
  JobPriority priority = JobPriority::kTraining;
  bool usesDevice = true;
  bool pausesItself = false;  // looks at Work::pause; others are stopped and resume from what is on disk
  std::function<Outcome(Work&)> run;
};

// The whole specification: defaults filled in, checked. Throws Error(kInvalidInput).
Json completeSpec(const Kind& kind, const Json& given);

using Registry = plumbline::Registry<Kind>;
// Adds the variant after writing {"priority", "objects"} into its descriptor's extra.
void addKind(Registry& registry, Kind kind);
void registerAll(Registry& registry);

}  // namespace plumbline::job_kind
