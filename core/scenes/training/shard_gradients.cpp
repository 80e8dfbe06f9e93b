#include "core/scenes/training/shard_gradients.h"

#include "core/tensor/precision.h"
#include "core/tensor/shards.h"

namespace plumbline::training {

double gradientsInShards(const NamedTensors& parameters, int shards,
                         const std::function<at::Tensor(int)>& loss, const NamedTensors& working) {
  std::vector<at::Tensor> inputs, targets;
  for (const auto& [name, p] : parameters) {
    const auto found = working.find(name);
    inputs.push_back(found == working.end() ? p : found->second);
    targets.push_back(p);
  }
  std::vector<std::vector<at::Tensor>> gradients(static_cast<std::size_t>(shards));
  std::vector<double> losses(static_cast<std::size_t>(shards));
  inShards(shards, [&](int shard) {
    const at::Tensor value = loss(shard);
    gradients[std::size_t(shard)] = torch::autograd::grad({value}, inputs, {}, {}, false, true);
    losses[std::size_t(shard)] = value.item<double>();
  });
  double mean = 0;
  for (int shard = 0; shard < shards; ++shard) mean += losses[std::size_t(shard)] / shards;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    at::Tensor sum;
    for (const auto& one : gradients) {
      if (!one[i].defined()) continue;
      const at::Tensor part = one[i].to(targets[i].scalar_type());
      sum = sum.defined() ? sum.add_(part) : part;
    }
    targets[i].mutable_grad() = sum.defined() ? sum.div_(shards).contiguous() : sum;
  }
  return mean;
}

void WorkingWeights::split(torch::nn::Module& network, const std::string& prefix, NamedTensors& parameters) {
  if (!cpuHasBFloat16()) return;
  for (const auto& item : network.named_parameters())
    parameters.at(prefix + item.key()) = item.value().detach().clone();
  network.to(at::kBFloat16);
  tensors_.merge(namedParameters(network, prefix));
}

void WorkingWeights::refresh(const NamedTensors& parameters) {
  torch::NoGradGuard noGrad;
  for (auto& [name, tensor] : tensors_) tensor.copy_(parameters.at(name));
}

}  // namespace plumbline::training
