// The weight files of one component folder (unet/, vae/ ...): a single safetensors file, its fp16 variant, or
// shards with an index; and how they fill a module.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/weights/safetensors.h"

namespace plumbline {

class WeightSource {
 public:
  // stem: "diffusion_pytorch_model" or "model". Throws Error(kNotFound) if there is none, and
  // Error(kUnsupported) if there is only a pickle file.
  static WeightSource open(const std::string& folder, const std::string& stem);

  struct Rules {
    // Names in older files to today's names.
    std::function<std::string(const std::string&)> rename;
    // Names (after renaming) that old files carry and nothing needs: position_ids.
    std::set<std::string> ignored;
  };

  // Every tensor of the files must be used and every parameter filled with its own shape; otherwise one
  // Error(kCorrupt) lists what is missing, what is left over and what has the wrong shape.
  void fill(torch::nn::Module& module, const Rules& rules = {}) const;

 private:
  std::string folder_;
  std::vector<SafetensorsFile> files_;
};

// All parameters and buffers of a module as they would be stored; floating tensors in half precision.
std::map<std::string, at::Tensor> halfPrecisionState(const torch::nn::Module& module);

}  // namespace plumbline
