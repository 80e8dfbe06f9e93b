// The few things Qt's SQL driver does not offer: scripts of several statements, the backup API, checks on a
// file before anything else touches it. A connection of its own. Threads: one at a time. Failures:
// plumbline::Error.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;

namespace plumbline {

class SqliteFile {
 public:
  enum class Mode { kReadWrite, kCreate };

  explicit SqliteFile(const std::filesystem::path& file, Mode mode = Mode::kReadWrite);

  void script(const std::string& sql);                      // any number of statements
  std::string value(const std::string& sql);                // first column of the first row, "" if none
  std::vector<std::string> column(const std::string& sql);  // first column of all rows
  // Copies page by page through the backup API, so that the copy is consistent while others write.
  void backupTo(const std::filesystem::path& target);

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  [[noreturn]] void fail(int code, const std::string& what);

  std::filesystem::path file_;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace plumbline
