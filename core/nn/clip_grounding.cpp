#include "core/nn/clip_grounding.h"

namespace plumbline::nn {
namespace {

at::Tensor unit(const at::Tensor& x) {
  return x / (x.norm(2, -1, /*keepdim=*/true) + 1e-6);
}

}  // namespace

at::Tensor clipPatchEmbeds(ClipModel& clip, const at::Tensor& patches) {
  // The last layer's tokens are not normed; without weights, since the tower's own norm is for its class
  // token.
  return unit(clip->projectImage(at::layer_norm(patches, {patches.size(-1)})));
}

at::Tensor clipWordEmbeds(ClipModel& clip, const at::Tensor& lastHiddenState) {
  return unit(clip->projectText(lastHiddenState));
}

at::Tensor clipIsWord(const at::Tensor& ids, int64_t startId, int64_t endId) {
  // Padding may be the end token again or anything else: everything from the first end on is no word.
  const at::Tensor ended = at::cumsum(ids == endId, 1) > 0;
  return at::logical_not(at::logical_or(ended, ids == startId)).to(at::kFloat);
}

at::Tensor bestPatchOfWords(const at::Tensor& patches, const at::Tensor& words) {
  const auto n = patches.size(0), b = patches.size(1), p = patches.size(2), e = patches.size(3);
  const auto c = words.size(1), t = words.size(2);
  const at::Tensor all =
      at::bmm(patches.reshape({n, b * p, e}), words.reshape({n, c * t, e}).transpose(1, 2));
  return std::get<0>(all.view({n, b, p, c, t}).max(2));  // n b c t
}

}  // namespace plumbline::nn
