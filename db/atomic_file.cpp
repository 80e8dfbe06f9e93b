#include "db/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "core/types/error.h"

namespace plumbline {
namespace {

[[noreturn]] void failFor(const std::filesystem::path& path, const char* what, int code) {
  const ErrorKind kind = code == ENOSPC || code == EDQUOT ? ErrorKind::kExhausted
                         : code == ENOENT                 ? ErrorKind::kNotFound
                                                          : ErrorKind::kInvalidInput;
  throw Error(kind, std::string("cannot ") + what + " " + path.string() + ": " + std::strerror(code));
}

class FileHandle {
 public:
  FileHandle(const std::filesystem::path& path, int flags, const char* what)
      : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) failFor(path, what, errno);
  }
  ~FileHandle() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::write(descriptor_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) failFor(path_, "write", errno);
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  void sync() {
    if (::fsync(descriptor_) != 0) failFor(path_, "write", errno);
  }
  // One call for a folder of thousands of pictures, where a call for each would take minutes.
  void syncFileSystem() {
    if (::syncfs(descriptor_) != 0) failFor(path_, "write", errno);
  }

 private:
  std::filesystem::path path_;
  int descriptor_;
};

}  // namespace

std::filesystem::path temporaryNameFor(const std::filesystem::path& target) {
  static std::atomic<unsigned> counter{0};
  const std::string name = target.filename().string() + kTemporaryMark + std::to_string(::getpid()) + "-" +
                           std::to_string(counter.fetch_add(1));
  return target.parent_path() / name;
}

void writePlain(const std::filesystem::path& file, std::string_view bytes) {
  FileHandle(file, O_WRONLY | O_CREAT | O_TRUNC, "write").write(bytes);
}

void writeSynced(const std::filesystem::path& file, std::string_view bytes) {
  FileHandle out(file, O_WRONLY | O_CREAT | O_TRUNC, "write");
  out.write(bytes);
  out.sync();
}

void syncPath(const std::filesystem::path& fileOrFolder) {
  FileHandle(fileOrFolder, O_RDONLY, "read").sync();
}

void renameSynced(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) failFor(to, "write", errno);
  syncPath(to.has_parent_path() ? to.parent_path() : std::filesystem::path("."));
}

void writeAtomically(const std::filesystem::path& file, std::string_view bytes) {
  const std::filesystem::path temporary = temporaryNameFor(file);
  try {
    writeSynced(temporary, bytes);
    renameSynced(temporary, file);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

std::string readWhole(const std::filesystem::path& file) {
  if (std::filesystem::is_directory(file)) failFor(file, "read", EISDIR);
  std::ifstream in(file, std::ios::binary);
  if (!in) failFor(file, "read", errno ? errno : EIO);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (in.bad()) failFor(file, "read", EIO);
  return std::move(bytes).str();
}

StagedOutput::StagedOutput(std::filesystem::path target, Kind kind) : target_(std::move(target)) {
  if (!target_.has_filename()) target_ = target_.parent_path();
  if (std::filesystem::exists(target_)) {
    throw Error(ErrorKind::kInvalidInput,
                target_.string() + " exists already: choose another name or remove it first");
  }
  if (target_.has_parent_path()) {
    std::error_code code;
    std::filesystem::create_directories(target_.parent_path(), code);
    if (code) failFor(target_.parent_path(), "create", code.value());
  }
  temporary_ = temporaryNameFor(target_);
  if (kind == Kind::kFolder) {
    std::error_code code;
    std::filesystem::create_directory(temporary_, code);
    if (code) failFor(temporary_, "create", code.value());
  }
}

StagedOutput::~StagedOutput() {
  if (committed_) return;
  std::error_code ignored;
  std::filesystem::remove_all(temporary_, ignored);
}

void StagedOutput::commit() {
  FileHandle(temporary_, O_RDONLY, "read").syncFileSystem();
  renameSynced(temporary_, target_);
  committed_ = true;
}

}  // namespace plumbline
