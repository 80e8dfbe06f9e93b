// Reads and writes safetensors files. The reader maps the file and checks every byte range before use; a file
// that is truncated, overlapping, or says anything false about itself is refused with Error(kCorrupt), one
// that cannot be opened with Error(kNotFound), a pickle checkpoint with Error(kUnsupported) that says what to
// do. Thread-safe once opened. Tensors returned are copies and outlive the file.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace plumbline {

class SafetensorsFile {
 public:
  static SafetensorsFile open(const std::string& path);

  struct Entry {
    at::ScalarType type;
    std::vector<int64_t> shape;
    std::size_t begin = 0, end = 0;  // bytes within the data part
  };

  std::vector<std::string> names() const;  // sorted
  bool contains(const std::string& name) const { return entries_.count(name) > 0; }
  const Entry& entry(const std::string& name) const;  // throws Error(kNotFound)
  at::Tensor tensor(const std::string& name) const;   // as stored; throws Error(kNotFound)
  // Copies (and converts) straight from the mapped bytes into a tensor of the same shape.
  void copyInto(const std::string& name, at::Tensor& target) const;
  std::map<std::string, at::Tensor> tensors() const;  // all
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  const std::string& path() const { return path_; }

 private:
  class Mapping;
  SafetensorsFile() = default;

  std::string path_;
  std::shared_ptr<Mapping> mapping_;
  std::size_t dataStart_ = 0;
  std::map<std::string, Entry> entries_;
  std::map<std::string, std::string> metadata_;
};

// Throws Error(kUnsupported) if the name or the first bytes are those of a pickle checkpoint.
void refusePickle(const std::string& path);

// Temporary name, fsync, rename: path holds the old file or the whole new one. Tensors are written in the
// order of their names, from the CPU, contiguous. metadata gets "format": "pt" if it has no format.
void writeSafetensors(const std::string& path, const std::map<std::string, at::Tensor>& tensors,
                      std::map<std::string, std::string> metadata = {});

}  // namespace plumbline
