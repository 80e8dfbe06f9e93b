// Data-parallel training on the cores of one machine: see core/tensor/shards.h.
#pragma once

#include <torch/torch.h>

#include <functional>

#include "core/scenes/training/training_state.h"

namespace plumbline::training {

// Puts the mean over the shards of the gradient of loss(shard), a scalar, into the parameters; returns the
// mean loss. Gradients that stood there are replaced. loss must not write to shared tensors. working: what
// loss computes with in place of the parameters of these names, as in mixed precision (Micikevicius et al.
// 2018): gradients are taken there, and added up in the precision of the parameters.
double gradientsInShards(const NamedTensors& parameters, int shards,
                         const std::function<at::Tensor(int)>& loss, const NamedTensors& working = {});

// The weights in bfloat16 that networks compute with, beside those in float that an optimizer steps. None
// where the processor does not multiply bfloat16 faster: then networks compute with the float ones
// themselves.
class WorkingWeights {
 public:
  // From now on the network is in bfloat16, and its parameters, here named prefix + name, are copies in
  // float.
  void split(torch::nn::Module& network, const std::string& prefix, NamedTensors& parameters);
  // What the optimizer has made of them.
  void refresh(const NamedTensors& parameters);
  const NamedTensors& tensors() const { return tensors_; }

 private:
  NamedTensors tensors_;
};

}  // namespace plumbline::training
