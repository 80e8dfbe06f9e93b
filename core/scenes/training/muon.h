// Muon (Jordan et al. 2024; update scale of Liu et al., arXiv 2502.16982): momentum whose matrix is replaced
// by the nearest matrix with orthonormal rows or columns. Every direction of a weight learns at the same
// pace; small convolutional networks get along with half the steps of AdamW.
#pragma once

#include <torch/torch.h>

#include <string>

namespace plumbline::training {

// True for the matrices and kernels inside a network. First and last layers and embeddings, whose rows are
// separate things, are left to AdamW.
bool takesMuon(const std::string& name, const at::Tensor& parameter);

// One update in place. gradient as the parameter; momentum is its running sum, changed in place. rate: the
// learning rate one would give AdamW (the update has the root mean square 0.2 times it); keep: factor of the
// weight itself, 1 without weight decay. No autograd mode may be on.
void muonUpdate(at::Tensor& parameter, const at::Tensor& gradient, at::Tensor& momentum, double rate,
                double keep);

// U of m = U S V^T, multiplied by V^T, to about a fifth: Newton-Schulz iteration of fifth degree. m out in.
at::Tensor orthogonalised(const at::Tensor& m);

}  // namespace plumbline::training
