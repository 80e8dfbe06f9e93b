// What our own small CLIP answers of its tokens beside what any CLIP does: which patches are corrupted or off
// as the generator's own drawings are, how degraded the whole is, and, in the same words for captions and
// pictures, what is asked for and what is shown on each side, and, looking at both together, whether the one
// is what the other shows. Written beside the CLIP by core/scenes/training: patch_tasks.safetensors with the
// CLIP itself (clip_trainer.h), match_reader.safetensors after it (match_trainer.h); another CLIP answers
// nothing. Read-only and thread-safe once loaded. Shapes: b batch, H W pixels, s patch tokens, t text tokens,
// d width, m sides, k answers to all questions together.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/nn/clip_model.h"
#include "core/nn/match_reader.h"
#include "core/nn/side_reader.h"
#include "core/types/sha256.h"

namespace plumbline::reward {

// That a patch is corrupted; that it is off as the generator's own drawings are.
inline constexpr std::int64_t kAnomalies = 2;
// Colour, shape, count, size.
inline constexpr std::int64_t kQuestions = 4;

class ClipAnswers {
 public:
  // Throws Error(kCorrupt) where a file does not fit the CLIP beside it.
  ClipAnswers(const std::string& clipFolder, const nn::ClipModelImpl& clip);

  bool canRead() const { return !questions_.empty() || !match_.is_empty(); }  // shown, or matched, or both
  at::Tensor anomaly(const at::Tensor& patches) const;  // b s d to b s kAnomalies, log odds; zeros if unknown
  at::Tensor degraded(const at::Tensor& pooled) const;  // b d to b 2, likewise
  at::Tensor shown(const at::Tensor& patches) const;    // b s d to b m k, log probabilities; k = 0 if unknown
  at::Tensor asked(const at::Tensor& hidden) const;     // b t d to b m k, probabilities
  // b 3 H W in [-1, 1] as large as the CLIP sees them, b s d, b t d and b t (1 for words) to b
  // nn::kMatchAnswers, log odds; zeros if unknown.
  at::Tensor matched(const at::Tensor& pictures, const at::Tensor& patches, const at::Tensor& hidden,
                     const at::Tensor& isWord) const;

  std::int64_t sides() const { return sides_; }
  // How many answers each question has: kQuestions numbers that add up to k, or none.
  const std::vector<std::int64_t>& questions() const { return questions_; }
  std::int64_t answers() const;  // k
  void addTo(Sha256& hash) const;

 private:
  // Log probabilities of every question's answers, b m k; k = 0 without questions.
  at::Tensor read(const nn::SideReader& reader, const at::Tensor& features) const;

  at::Tensor anomalyWeight_, anomalyBias_;    // kAnomalies d, kAnomalies
  at::Tensor degradedWeight_, degradedBias_;  // 2 d, 2
  nn::SideReader captions_{nullptr}, pictures_{nullptr};
  nn::MatchReader match_{nullptr};
  std::int64_t sides_ = 1;
  std::vector<std::int64_t> questions_;
};

// How far a picture is from showing what is asked for, b 2 * kQuestions: for each question, mean and worst
// over the sides of the divergence of what is shown (b m k) from what is asked (b m k), squeezed to a
// logarithm and negative, so that more is better. Zeros without questions. Differentiable.
at::Tensor readingFeatures(const at::Tensor& shown, const at::Tensor& asked,
                           const std::vector<std::int64_t>& questions);

}  // namespace plumbline::reward
