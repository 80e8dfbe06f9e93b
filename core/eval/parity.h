// Holds the engine against tensors recorded from the reference implementations (`plumbline parity
// FOLDER...`). Everything comes from the folder: other folders of the same form, with other sizes and seeds,
// work as well. Forms, told apart by their files: a pipeline, an adapter for a pipeline beside it, samplers,
// a clip, a tokenizer. Throws Error when a folder cannot be read; a wrong number is a failed result, not an
// error.
#pragma once

#include <string>
#include <vector>

#include "core/lora/lora_format.h"
#include "core/sampling/sampler.h"

namespace plumbline {

enum class ParityOutcome { kPass, kFail, kSkipped };

struct ParityResult {
  std::string name;
  double maxAbsolute = 0;
  double maxRelative = 0;  // over elements whose expected value is not nearly 0
  ParityOutcome outcome = ParityOutcome::kFail;
  std::string note;  // why it was skipped, or what is wrong besides the numbers
};

struct ParityRegistries {
  const sampler::Registry& samplers;
  const lora_format::Registry& loraFormats;
};

std::vector<ParityResult> runParity(const std::string& folder, const ParityRegistries& registries);

}  // namespace plumbline
