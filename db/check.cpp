#include "db/check.h"

#include <unistd.h>

#include <set>

#include "core/types/coco_rle.h"
#include "core/types/sha256.h"
#include "db/atomic_file.h"
#include "db/project.h"
#include "db/sqlite_file.h"
#include "db/stores/integrity_store.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

class Check {
 public:
  Check(Project& project, bool repair, ProgressSink& sink, std::stop_token stop)
      : project_(project), rows_(project.database()), repair_(repair), sink_(sink), stop_(std::move(stop)) {}

  CheckReport run() {
    checkDatabase();
    checkAnswers();
    checkMasks();
    checkPictures();
    checkStrayFiles();
    checkRunFiles();
    report_.answers = rows_.count("answer");
    report_.observations = rows_.count("observation");
    if (repair_ && !report_.findings.empty()) {
      project_.events().append("repair", std::to_string(report_.findings.size()) + " findings",
                               report_.toJson());
    }
    return std::move(report_);
  }

 private:
  void found(const std::string& kind, const std::string& subject, const std::string& message,
             bool repaired = false) {
    report_.findings.push_back({kind, subject, message, repaired, kind == "image_orphan"});
  }
  void foundAll(const std::string& kind, const std::string& what, const std::vector<std::int64_t>& ids,
                const std::string& message) {
    for (const std::int64_t id : ids) found(kind, what + " " + std::to_string(id), message);
  }

  void checkDatabase() {
    sink_.progress("database", 0, 1);
    for (const std::string& text : rows_.databaseFindings()) found("database", "project.db", text);
    throwIfStopped(stop_);
    for (const std::string& text : rows_.danglingReferences())
      found("foreign_key", text, "refers to nothing");
    for (const std::string& text : rows_.unreadableJson()) found("json", text, "does not hold readable JSON");
    sink_.progress("database", 1, 1);
  }

  void checkAnswers() {
    throwIfStopped(stop_);
    foundAll("answer_observations", "answer", rows_.answersWithoutTheirObservations(),
             "does not have the observations that were recorded with it");
    foundAll("answer_chain", "answer", rows_.brokenChains(),
             "supersedes a row that is not the one before it");
    foundAll("observation", "observation", rows_.observationsOfErased(),
             "belongs to an answer that says nothing");
    foundAll("observation", "observation", rows_.incompleteObservations(), "lacks what its kind needs");
    for (const std::int64_t query : rows_.queriesInTheWrongState()) {
      if (repair_) rows_.refreshQueryState(query);
      found("query_state", "query " + std::to_string(query), "its state does not follow from its answers",
            repair_);
    }
  }

  void checkMasks() {
    foundAll("mask", "mask", rows_.unreferencedMasks(), "belongs to no observation");
    const std::int64_t total = rows_.count("mask");
    for (auto batch = rows_.masks(0, 500); !batch.empty(); batch = rows_.masks(batch.back().id, 500)) {
      for (const StoredMask& mask : batch) {
        throwIfStopped(stop_);
        checkMask(mask);
        sink_.progress("masks", ++report_.masks, total);
      }
    }
  }

  void checkMask(const StoredMask& stored) {
    const std::string subject = "mask " + std::to_string(stored.id);
    try {
      const Mask mask = cocoDecode(Json::parse(stored.rle));
      if (mask.width != stored.width || mask.height != stored.height) {
        found("mask", subject, "is not of its picture's size");
      }
    } catch (const Error& error) {
      found("mask", subject, error.message());
    } catch (const Json::exception&) {
      found("mask", subject, "is not a COCO run-length object");
    }
  }

  void checkPictures() {
    ImageFilter page;
    page.limit = 500;
    const std::int64_t total = project_.images().count();
    for (auto batch = project_.images().list(page); !batch.empty(); batch = project_.images().list(page)) {
      page.offset += static_cast<std::int64_t>(batch.size());
      for (const ImageRow& row : batch) {
        throwIfStopped(stop_);
        checkPicture(row);
        sink_.progress("pictures", ++report_.images, total);
      }
    }
  }

  void checkPicture(const ImageRow& row) {
    known_.insert(row.hash);
    const fs::path file = project_.images().path(row.hash);
    std::error_code code;
    const bool exists = fs::is_regular_file(file, code);
    const bool whole = exists && isWhole(file, row.hash);
    if (whole) {
      if (row.state == ImageState::kOk) return;
      if (repair_) project_.images().setState(row.hash, ImageState::kOk);
      found("image_state", row.hash, "is marked " + imageStateName(row.state) + " although its file is whole",
            repair_);
    } else if (exists) {
      if (repair_) moveAside(file);
      if (repair_) project_.images().setState(row.hash, ImageState::kCorrupt);
      found("image_corrupt", row.hash, "its file does not hold the bytes it is named after", repair_);
    } else if (fs::exists(project_.imagesFolder() / "damaged" / file.filename())) {
      ++report_.setAside;
    } else {
      if (repair_) project_.images().setState(row.hash, ImageState::kMissing);
      found("image_missing", row.hash, "its file is not there", repair_);
    }
  }

  static bool isWhole(const fs::path& file, const std::string& hash) {
    try {
      return sha256Hex(readWhole(file)) == hash;
    } catch (const Error&) {
      return false;
    }
  }

  void moveAside(const fs::path& file) {
    const fs::path folder = project_.imagesFolder() / "damaged";
    fs::create_directories(folder);
    renameSynced(file, folder / file.filename());
  }

  // Files in images/ without a row: left by a process killed between the file and the row, or put there by
  // hand.
  void checkStrayFiles() {
    for (const auto& entry : fs::recursive_directory_iterator(project_.imagesFolder())) {
      throwIfStopped(stop_);
      if (!entry.is_regular_file() || entry.path().parent_path().filename() == "damaged") continue;
      const std::string name = entry.path().filename().string();
      const bool partial = name.find(kTemporaryMark) != std::string::npos;
      if (!partial && known_.count(entry.path().stem().string())) continue;
      if (partial && isBeingWritten(name)) continue;
      // A whole picture without a row may be on its way into the database right now: only report what is old.
      const auto age = fs::file_time_type::clock::now() - entry.last_write_time();
      if (!partial && age < std::chrono::minutes(1)) continue;
      if (repair_) partial ? void(fs::remove(entry.path())) : moveAside(entry.path());
      found("image_orphan", fs::relative(entry.path(), project_.folder()).string(),
            partial ? "was left half-written by a process that died" : "belongs to no row", repair_);
    }
  }

  static bool isBeingWritten(const std::string& name) {
    const std::string pid = name.substr(name.find(kTemporaryMark) + std::string(kTemporaryMark).size());
    return fs::exists("/proc/" + pid.substr(0, pid.find('-')));
  }

  void checkRunFiles() {
    for (const RunRow& run : project_.runs().list()) {
      for (const CheckpointRow& checkpoint : project_.runs().checkpoints(run.id)) {
        throwIfStopped(stop_);
        const fs::path file = project_.folder() / checkpoint.path;
        const std::string subject = "checkpoint " + std::to_string(checkpoint.id);
        if (!fs::exists(file)) {
          found("checkpoint", subject, checkpoint.path + " is not there");
        } else if (!checkpoint.hash.empty() && fs::is_regular_file(file) && !isWhole(file, checkpoint.hash)) {
          found("checkpoint", subject, checkpoint.path + " does not hold the bytes that were written");
        }
      }
    }
  }

  Project& project_;
  IntegrityStore rows_;
  bool repair_;
  ProgressSink& sink_;
  std::stop_token stop_;
  std::set<std::string> known_;
  CheckReport report_;
};

}  // namespace

bool CheckReport::ok() const {
  for (const Finding& finding : findings) {
    if (!finding.harmless) return false;
  }
  return true;
}

bool CheckReport::allRepaired() const {
  for (const Finding& finding : findings) {
    if (!finding.repaired) return false;
  }
  return true;
}

Json CheckReport::toJson() const {
  Json list = Json::array();
  for (const Finding& f : findings) {
    list.push_back(
        {{"kind", f.kind}, {"subject", f.subject}, {"message", f.message}, {"repaired", f.repaired}});
  }
  return {{"ok", ok()},     {"images", images},      {"answers", answers}, {"observations", observations},
          {"masks", masks}, {"set_aside", setAside}, {"findings", list}};
}

CheckReport checkProject(Project& project, bool repair, ProgressSink& sink, std::stop_token stop) {
  return Check(project, repair, sink, std::move(stop)).run();
}

void backupDatabase(const fs::path& database, const fs::path& target) {
  StagedOutput staged(target, StagedOutput::Kind::kFile);
  SqliteFile(database).backupTo(staged.path());
  staged.commit();
}

void backupProject(Project& project, const fs::path& target, ProgressSink& sink, std::stop_token stop) {
  StagedOutput staged(target, StagedOutput::Kind::kFolder);
  // The database first: pictures are never removed, so every row of the copy finds its file.
  SqliteFile(project.databaseFile()).backupTo(staged.path() / "project.db");
  std::int64_t copied = 0;
  for (const char* part : {"images", "runs", "models"}) {
    const fs::path from = project.folder() / part;
    fs::create_directories(staged.path() / part);
    for (const auto& entry : fs::recursive_directory_iterator(from)) {
      throwIfStopped(stop);
      const fs::path to = staged.path() / part / fs::relative(entry.path(), from);
      if (entry.is_directory()) {
        fs::create_directories(to);
      } else if (entry.path().filename().string().find(kTemporaryMark) == std::string::npos) {
        writePlain(to, readWhole(entry.path()));
        sink.progress("copying", ++copied, 0);
      }
    }
  }
  staged.commit();
  project.events().append("backup", target.string());
}

}  // namespace plumbline
