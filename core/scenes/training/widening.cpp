#include "core/scenes/training/widening.h"

#include "core/types/error.h"

namespace plumbline::training {
namespace {

std::int64_t copiesOf(const std::string& name, const at::Tensor& narrow, const at::Tensor& wide,
                      std::int64_t dimension) {
  const auto before = narrow.size(dimension), after = wide.size(dimension);
  if (after % before != 0) {
    throw Error(ErrorKind::kInvalidInput, name + " cannot be widened from " + std::to_string(before) +
                                              " to " + std::to_string(after) +
                                              " channels; the new number must be a multiple");
  }
  return after / before;
}

// o i ... -> o i*copies ...: each input's weight in parts that sum up to it.
at::Tensor shared(const at::Tensor& weight, std::int64_t copies, at::Generator& generator) {
  auto parts = at::rand({weight.size(0), weight.size(1), copies}, generator) + 0.5;
  parts = parts / parts.sum(2, true);
  const auto repeated = weight.repeat_interleave(copies, 1);
  auto sizes = std::vector<std::int64_t>(std::size_t(weight.dim()), 1);
  sizes[0] = repeated.size(0), sizes[1] = repeated.size(1);
  return repeated * parts.reshape(sizes);
}

}  // namespace

NamedTensors widened(const NamedTensors& narrow, const NamedTensors& wide, std::uint64_t seed) {
  auto generator = at::detail::createCPUGenerator(seed);
  NamedTensors result;
  for (const auto& [name, form] : wide) {
    const auto found = narrow.find(name);
    if (found == narrow.end() || found->second.dim() != form.dim())
      throw Error(ErrorKind::kInvalidInput, name + " is missing in the weights to go on from");
    at::Tensor weight = found->second;
    if (weight.sizes() != form.sizes()) {
      weight = weight.to(at::kFloat);
      const auto outputs = copiesOf(name, weight, form, 0);
      const auto inputs = form.dim() > 1 ? copiesOf(name, weight, form, 1) : 1;
      weight = weight.repeat_interleave(outputs, 0);
      if (inputs > 1) weight = shared(weight, inputs, generator);
    }
    result[name] = weight;
  }
  for (const auto& [name, tensor] : narrow) {
    if (!wide.contains(name))
      throw Error(ErrorKind::kInvalidInput, name + " has no place in the wider network");
  }
  return result;
}

}  // namespace plumbline::training
