#include "core/scenes/training/shard_gradients.h"

#include "core/tensor/shards.h"

namespace plumbline::training {

double gradientsInShards(const NamedTensors& parameters, int shards,
                         const std::function<at::Tensor(int)>& loss) {
  std::vector<at::Tensor> inputs;
  for (const auto& [name, p] : parameters) inputs.push_back(p);
  std::vector<std::vector<at::Tensor>> gradients(static_cast<std::size_t>(shards));
  std::vector<double> losses(static_cast<std::size_t>(shards));
  inShards(shards, [&](int shard) {
    const at::Tensor value = loss(shard);
    gradients[std::size_t(shard)] = torch::autograd::grad({value}, inputs, {}, {}, false, true);
    losses[std::size_t(shard)] = value.item<double>();
  });
  double mean = 0;
  for (int shard = 0; shard < shards; ++shard) mean += losses[std::size_t(shard)] / shards;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    at::Tensor sum;
    for (const auto& one : gradients) {
      if (one[i].defined()) sum = sum.defined() ? sum.add_(one[i]) : one[i];
    }
    inputs[i].mutable_grad() = sum.defined() ? sum.div_(shards).contiguous() : sum;
  }
  return mean;
}

}  // namespace plumbline::training
