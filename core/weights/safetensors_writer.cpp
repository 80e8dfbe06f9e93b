#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/types/error.h"
#include "core/weights/safetensors.h"

namespace plumbline {
namespace {

std::string typeName(at::ScalarType type, const std::string& name) {
  switch (type) {
    case at::kDouble:
      return "F64";
    case at::kFloat:
      return "F32";
    case at::kHalf:
      return "F16";
    case at::kBFloat16:
      return "BF16";
    case at::kLong:
      return "I64";
    case at::kInt:
      return "I32";
    case at::kShort:
      return "I16";
    case at::kChar:
      return "I8";
    case at::kByte:
      return "U8";
    case at::kBool:
      return "BOOL";
    default:
      throw Error(ErrorKind::kInternal, "tensor '" + name + "' has a number type that cannot be stored");
  }
}

// A file under a temporary name that vanishes unless it was committed.
class PendingFile {
 public:
  explicit PendingFile(const std::string& path) : path_(path), temporary_(path + ".partial") {
    fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd_ < 0) fail(ErrorKind::kNotFound);
  }
  ~PendingFile() {
    if (fd_ >= 0) ::close(fd_);
    if (!committed_) ::unlink(temporary_.c_str());
  }
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  void write(const void* data, std::size_t size) {
    const char* p = static_cast<const char*>(data);
    while (size > 0) {
      const ssize_t n = ::write(fd_, p, size);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail(ErrorKind::kExhausted);
      p += n;
      size -= std::size_t(n);
    }
  }

  void commit() {
    if (::fsync(fd_) != 0) fail(ErrorKind::kExhausted);
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(ErrorKind::kExhausted);
    committed_ = true;
    const std::string folder = std::filesystem::path(path_).parent_path().string();
    const int directory = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0) {
      ::fsync(directory);
      ::close(directory);
    }
  }

 private:
  [[noreturn]] void fail(ErrorKind kind) const {
    throw Error(kind, "cannot write " + path_ + ": " + std::strerror(errno));
  }

  std::string path_, temporary_;
  int fd_ = -1;
  bool committed_ = false;
};

struct Piece {
  std::string name;
  at::Tensor tensor;
};

// Widest numbers first, so that every tensor is aligned for its type as other readers expect.
std::vector<Piece> arranged(const std::map<std::string, at::Tensor>& tensors) {
  std::vector<Piece> pieces;
  for (const auto& [name, tensor] : tensors) {
    if (!tensor.defined()) throw Error(ErrorKind::kInternal, "tensor '" + name + "' is undefined");
    pieces.push_back({name, tensor.detach().to(at::kCPU).contiguous()});
  }
  std::stable_sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
    return a.tensor.element_size() > b.tensor.element_size();
  });
  return pieces;
}

}  // namespace

void writeSafetensors(const std::string& path, const std::map<std::string, at::Tensor>& tensors,
                      std::map<std::string, std::string> metadata) {
  metadata.emplace("format", "pt");
  const std::vector<Piece> pieces = arranged(tensors);
  nlohmann::ordered_json header;
  header["__metadata__"] = metadata;
  std::size_t position = 0;
  for (const Piece& piece : pieces) {
    const std::size_t end = position + piece.tensor.nbytes();
    header[piece.name] = {{"dtype", typeName(piece.tensor.scalar_type(), piece.name)},
                          {"shape", piece.tensor.sizes().vec()},
                          {"data_offsets", {position, end}}};
    position = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');

  unsigned char length[8];
  for (int i = 0; i < 8; ++i) length[i] = static_cast<unsigned char>(std::uint64_t(text.size()) >> (8 * i));
  PendingFile file(path);
  file.write(length, sizeof length);
  file.write(text.data(), text.size());
  for (const Piece& piece : pieces) file.write(piece.tensor.data_ptr(), piece.tensor.nbytes());
  file.commit();
}

}  // namespace plumbline
