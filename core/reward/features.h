// The frozen backbones of every reward: what CLIP, a small pixel pyramid, aesthetics.h and the generator
// (denoising.h) say about a picture and its prompt, once per picture, cacheable; and what CLIP says about it
// for a prompt, cheap, from the cached part. Deterministic. Differentiable with respect to the picture
// (Focus-N-Fix needs the gradient down to the pixels) except for what the generator says. Thread-safe for
// concurrent reading: weights are never changed. Shapes: b batch, H W pixels, s patch tokens (rows x
// columns), d token width, e projection width, t text tokens, g side of the dense grid, m pixel channels or
// sides, k answers.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/reward/aesthetics.h"
#include "core/reward/clip_answers.h"
#include "core/reward/denoising.h"
#include "core/types/picture.h"
#include "core/types/progress.h"

namespace plumbline {

struct DiffusionModel;

namespace reward {

// Everything a reward reads of pictures.
struct PictureFeatures {
  at::Tensor embedding;   // b e, unit length
  at::Tensor tokens;      // b s d, last layer before projection, normed
  at::Tensor projected;   // b s e, patch tokens in the shared space of pictures and text, unit length
  at::Tensor pixels;      // b m g g, local colour and texture
  at::Tensor aesthetics;  // b kAesthetics
  at::Tensor anomaly;     // b s kAnomalies, log odds of what may be wrong with a patch; zeros if unknown
  at::Tensor degraded;    // b 2, how blurred and how noisy the whole is; likewise
  at::Tensor shown;       // b m k, what is read on each side, log probabilities, with a prompt those of the
                          // mean over two looks, half a patch apart; k = 0 if unknown
  // For the prompt it was computed with; undefined without one:
  at::Tensor matched;    // b nn::kMatchAnswers, log odds that it is what the prompt says, mean over these
                         // looks; zeros if unknown
  at::Tensor denoising;  // b kDenoisingFeatures
};

// And of prompts.
struct PromptFeatures {
  at::Tensor embedding;            // b e, unit length
  at::Tensor words;                // b t e, unit length
  at::Tensor isWord;               // b t, 1 for words, 0 for start, end and padding
  at::Tensor asked;                // b m k, what each side is to show, probabilities; k = 0 if unknown
  std::vector<int64_t> questions;  // how many of the k belong to each question, see clip_answers.h
};

class Backbone;

class FeatureExtractor {
 public:
  // Throws Error(kUnsupported) if the model folder has no clip/ beside it.
  explicit FeatureExtractor(std::shared_ptr<const DiffusionModel> model);
  ~FeatureExtractor();

  // Names the weights and this code: cached vectors of another version must not be used.
  const std::string& version() const;
  int64_t pictureSize() const;    // pictures of other sizes are resized inside
  int64_t gridSize() const;       // g
  int64_t tokenRows() const;      // rows of patch tokens; s = rows * rows
  int64_t embeddingSize() const;  // e
  int64_t tokenSize() const;      // d
  int64_t pixelChannels() const;  // m

  // images b 3 H W in [-1, 1]; keeps the graph if they require gradients. With prompts, one for each, all
  // that a score reads; without, what a region map reads. Throws Error(kInternal) where the counts differ.
  PictureFeatures pictures(const at::Tensor& images) const;
  PictureFeatures pictures(const at::Tensor& images, const std::vector<std::string>& prompts) const;
  PromptFeatures prompts(const std::vector<std::string>& prompts) const;

  // One float vector per picture and its prompt for the store's cache, and back. No gradient.
  std::vector<std::vector<float>> compute(const std::vector<Picture>& pictures,
                                          const std::vector<std::string>& prompts, ProgressSink& progress,
                                          const std::stop_token& stop) const;
  PictureFeatures fromVectors(const std::vector<const std::vector<float>*>& vectors) const;
  std::vector<float> toVector(const PictureFeatures& features, int64_t row) const;
  int64_t vectorSize() const;

 private:
  std::unique_ptr<Backbone> backbone_;
};

// What a prompt adds: similarity figures of a picture for its prompt, b f (f = kAlignmentFeatures),
// differentiable: cosine; mean and smooth minimum over words of the best patch; mean and smooth minimum over
// patches of the best word (what no word explains is extra); cosine of the patches' mean with the prompt; and
// readingFeatures (clip_answers.h).
inline constexpr int64_t kLikenessFeatures = 6, kAlignmentFeatures = kLikenessFeatures + 2 * kQuestions;
at::Tensor alignmentFeatures(const PictureFeatures& pictures, const PromptFeatures& prompts);

}  // namespace reward
}  // namespace plumbline
