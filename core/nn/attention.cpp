#include "core/nn/attention.h"

#include <algorithm>
#include <cmath>

namespace plumbline::nn {
namespace {

constexpr int64_t kMaximumScores = int64_t{1} << 24;  // numbers held at once in one block of scores

// b s (heads d) to (b heads) s d
at::Tensor splitHeads(const at::Tensor& x, int64_t heads) {
  const int64_t b = x.size(0), s = x.size(1), d = x.size(2) / heads;
  return x.view({b, s, heads, d}).transpose(1, 2).reshape({b * heads, s, d});
}

at::Tensor attendBlock(const at::Tensor& q, const at::Tensor& kT, const at::Tensor& v,
                       const at::Tensor& mask) {
  at::Tensor scores = at::bmm(q, kT);
  if (mask.defined()) scores = scores + mask;
  return at::bmm(at::softmax(scores, -1), v);
}

}  // namespace

at::Tensor multiHeadAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t heads,
                              const at::Tensor& mask) {
  const int64_t b = q.size(0), s = q.size(1), d = q.size(2) / heads, keys = k.size(1);
  const at::Tensor queries = splitHeads(q * (1.0 / std::sqrt(double(d))), heads);
  const at::Tensor kT = splitHeads(k, heads).transpose(1, 2);
  const at::Tensor values = splitHeads(v, heads);
  const bool byRow = mask.defined() && mask.dim() == 3;
  const at::Tensor added = byRow ? mask.repeat_interleave(heads, 0) : mask;
  const int64_t block = std::max<int64_t>(1, kMaximumScores / (b * heads * keys));
  at::Tensor y;
  if (s <= block) {
    y = attendBlock(queries, kT, values, added);
  } else {
    std::vector<at::Tensor> parts;
    for (int64_t from = 0; from < s; from += block) {
      const int64_t count = std::min(block, s - from);
      parts.push_back(attendBlock(queries.narrow(1, from, count), kT, values,
                                  mask.defined() && !byRow ? mask.narrow(0, from, count) : added));
    }
    y = at::cat(parts, 1);
  }
  return y.view({b, heads, s, d}).transpose(1, 2).reshape({b, s, heads * d});
}

AttentionImpl::AttentionImpl(int64_t dim, int64_t contextDim, int64_t heads, int64_t headDim)
    : heads_(heads),
      toQ_(register_module("to_q", LoraCapableLinear(dim, heads * headDim, false))),
      toK_(register_module("to_k", LoraCapableLinear(contextDim, heads * headDim, false))),
      toV_(register_module("to_v", LoraCapableLinear(contextDim, heads * headDim, false))),
      toOut_(register_module("to_out", torch::nn::ModuleList())),
      out_(heads * headDim, dim) {
  toOut_->push_back(out_);
}

at::Tensor AttentionImpl::forward(const at::Tensor& x, const at::Tensor& context) {
  return out_(multiHeadAttention(toQ_(x), toK_(context), toV_(context), heads_));
}

}  // namespace plumbline::nn
