#include "core/weights/safetensors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/types/error.h"
#include "core/weights/safetensors_header.h"

namespace plumbline {
namespace {

constexpr std::size_t kLengthBytes = 8;

constexpr std::array<std::pair<const char*, at::ScalarType>, 10> kTypes{{{"F64", at::kDouble},
                                                                         {"F32", at::kFloat},
                                                                         {"F16", at::kHalf},
                                                                         {"BF16", at::kBFloat16},
                                                                         {"I64", at::kLong},
                                                                         {"I32", at::kInt},
                                                                         {"I16", at::kShort},
                                                                         {"I8", at::kChar},
                                                                         {"U8", at::kByte},
                                                                         {"BOOL", at::kBool}}};

at::ScalarType scalarType(const std::string& name) {
  for (const auto& [text, type] : kTypes) {
    if (name == text) return type;
  }
  throw Error(ErrorKind::kUnsupported, "number type " + name + " is not supported");
}

[[noreturn]] void refusePickleNow(const std::string& path) {
  throw Error(ErrorKind::kUnsupported,
              path +
                  " is a pickle checkpoint, which can run any program when opened; convert it to safetensors "
                  "(in diffusers: save_pretrained(folder, safe_serialization=True)) and use that");
}

// A zip archive (torch.save) or a bare pickle stream, protocol 2 to 5.
bool startsLikePickle(const unsigned char* p, std::size_t size) {
  if (size >= 4 && p[0] == 'P' && p[1] == 'K' && p[2] == 3 && p[3] == 4) return true;
  return size >= 2 && p[0] == 0x80 && p[1] >= 2 && p[1] <= 5;
}

}  // namespace

class SafetensorsFile::Mapping {
 public:
  explicit Mapping(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw Error(ErrorKind::kNotFound, "cannot open " + path + ": " + std::strerror(errno));
    struct stat info {};
    const bool known = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    size_ = known ? std::size_t(info.st_size) : 0;
    void* p = size_ > 0 ? ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    ::close(fd);
    if (!known) throw Error(ErrorKind::kInvalidInput, path + " is not a file");
    if (p == MAP_FAILED && size_ > 0) throw Error(ErrorKind::kNotFound, "cannot read " + path);
    data_ = size_ > 0 ? static_cast<const unsigned char*>(p) : nullptr;
  }
  ~Mapping() {
    if (data_) ::munmap(const_cast<unsigned char*>(data_), size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  const unsigned char* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  const unsigned char* data_ = nullptr;
  std::size_t size_ = 0;
};

void refusePickle(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  for (const char* pickle : {".bin", ".ckpt", ".pt", ".pth", ".pkl"}) {
    if (extension == pickle) refusePickleNow(path);
  }
}

SafetensorsFile SafetensorsFile::open(const std::string& path) {
  refusePickle(path);
  SafetensorsFile file;
  file.path_ = path;
  file.mapping_ = std::make_shared<Mapping>(path);
  const unsigned char* p = file.mapping_->data();
  const std::size_t size = file.mapping_->size();
  if (size < kLengthBytes) {
    throw Error(ErrorKind::kCorrupt, path + " is cut short or empty; get the file again from where it came");
  }
  std::uint64_t length = 0;
  for (int i = 7; i >= 0; --i) length = length << 8 | p[i];
  const bool fits = length <= kMaximumSafetensorsHeader && length <= size - kLengthBytes;
  if (startsLikePickle(p, size) && (!fits || p[kLengthBytes] != '{')) refusePickleNow(path);
  if (!fits) {
    throw Error(ErrorKind::kCorrupt, path + ": the header claims " + std::to_string(length) +
                                         " bytes, more than the file can hold; get the file again");
  }
  file.dataStart_ = kLengthBytes + std::size_t(length);
  const std::string_view text(reinterpret_cast<const char*>(p) + kLengthBytes, std::size_t(length));
  auto header = parseSafetensorsHeader(text, size - file.dataStart_, path);
  file.metadata_ = std::move(header.metadata);
  for (auto& [name, e] : header.entries) {
    file.entries_[name] = {scalarType(e.type), std::move(e.shape), e.begin, e.end};
  }
  return file;
}

std::vector<std::string> SafetensorsFile::names() const {
  std::vector<std::string> list;
  for (const auto& [name, entry] : entries_) list.push_back(name);
  return list;
}

const SafetensorsFile::Entry& SafetensorsFile::entry(const std::string& name) const {
  const auto it = entries_.find(name);
  if (it == entries_.end()) throw Error(ErrorKind::kNotFound, path_ + " has no tensor '" + name + "'");
  return it->second;
}

at::Tensor SafetensorsFile::tensor(const std::string& name) const {
  const Entry& e = entry(name);
  at::Tensor copy = torch::empty(e.shape, e.type);
  // Not a tensor over the mapped bytes: they need not be aligned for their type.
  if (e.end > e.begin) std::memcpy(copy.data_ptr(), mapping_->data() + dataStart_ + e.begin, e.end - e.begin);
  return copy;
}

void SafetensorsFile::copyInto(const std::string& name, at::Tensor& target) const {
  const Entry& e = entry(name);
  if (target.sizes() != at::IntArrayRef(e.shape)) {
    throw Error(ErrorKind::kInternal, "tensor '" + name + "' is copied into one of another shape");
  }
  torch::NoGradGuard guard;
  if (target.scalar_type() == e.type && target.is_contiguous() && target.device().is_cpu()) {
    if (e.end > e.begin)
      std::memcpy(target.data_ptr(), mapping_->data() + dataStart_ + e.begin, e.end - e.begin);
  } else {
    target.copy_(tensor(name));
  }
}

std::map<std::string, at::Tensor> SafetensorsFile::tensors() const {
  std::map<std::string, at::Tensor> all;
  for (const auto& [name, e] : entries_) all[name] = tensor(name);
  return all;
}

}  // namespace plumbline
