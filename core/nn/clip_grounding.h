// Words and patches of a CLIP in one space: the same projections that compare a caption with a picture,
// applied to each word and each patch. An unmodified CLIP answers dimly; one trained with a word-to-patch
// contrast answers where each word is seen. Pure functions of the model's weights, differentiable. Shapes: b
// pictures, c captions, p patches, t tokens, e projection width, d features.
#pragma once

#include <torch/torch.h>

#include "core/nn/clip_model.h"

namespace plumbline::nn {

at::Tensor clipPatchEmbeds(ClipModel& clip, const at::Tensor& patches);         // b p d to b p e, unit length
at::Tensor clipWordEmbeds(ClipModel& clip, const at::Tensor& lastHiddenState);  // c t d to c t e, unit length
// 1 for the text's own tokens, 0 for start, end and padding. ids c t, whole numbers.
at::Tensor clipIsWord(const at::Tensor& ids, int64_t startId, int64_t endId);
// n groups of b pictures and c captions: the best patch of every word. patches n b p e, words n c t e to n b
// c t.
at::Tensor bestPatchOfWords(const at::Tensor& patches, const at::Tensor& words);

}  // namespace plumbline::nn
