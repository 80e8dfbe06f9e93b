// Recomputation: a function whose inner values are not kept for the backward pass but computed again there,
// so that memory does not grow with the number of calls.
#pragma once

#include <torch/types.h>

#include <functional>
#include <vector>

namespace plumbline {

// function(x), differentiable in x and in the parameters that function uses (all of them must be listed, and
// must not change before the backward pass). function must give the same result when it is called again.
at::Tensor checkpointed(std::function<at::Tensor(const at::Tensor&)> function, const at::Tensor& x,
                        const std::vector<at::Tensor>& parameters);

}  // namespace plumbline
