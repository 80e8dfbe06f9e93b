// Recorded tensors of a parity folder and the list of comparisons made with them.
// Not thread-safe; one record per folder.
#pragma once

#include <torch/torch.h>

#include <set>
#include <string>
#include <vector>

#include "core/eval/parity.h"
#include "core/weights/safetensors.h"

namespace plumbline {

// |got - expected| may be at most absolute + relative * |expected|, element by element.
struct ParityTolerance {
  double absolute, relative;
};
inline constexpr ParityTolerance kSingleComponent{1e-4, 1e-4};
inline constexpr ParityTolerance kTrajectory{2e-3, 2e-3};

class ParityRecord {
 public:
  // path: an expected.safetensors.
  explicit ParityRecord(const std::string& path) : file_(SafetensorsFile::open(path)) {}

  bool has(const std::string& name) const { return file_.contains(name); }
  std::vector<std::string> names() const { return file_.names(); }
  at::Tensor input(const std::string& name);  // marks it as used
  void compare(const std::string& name, const at::Tensor& got, ParityTolerance tolerance);
  void skip(const std::string& name, const std::string& reason);
  // Every recorded tensor that nothing used becomes a skipped result: none may be overlooked in silence.
  std::vector<ParityResult> finish();

 private:
  SafetensorsFile file_;
  std::set<std::string> used_;
  std::vector<ParityResult> results_;
};

ParityResult compareTensors(const std::string& name, const at::Tensor& got, const at::Tensor& expected,
                            ParityTolerance tolerance);

// The forms of parity folder; each throws Error.
std::vector<ParityResult> pipelineParity(const std::string& folder, const ParityRegistries& registries);
std::vector<ParityResult> adapterParity(const std::string& folder, const ParityRegistries& registries);
std::vector<ParityResult> samplerParity(const std::string& folder, const ParityRegistries& registries);
std::vector<ParityResult> clipParity(const std::string& folder);
std::vector<ParityResult> tokenizerParity(const std::string& folder);

}  // namespace plumbline
