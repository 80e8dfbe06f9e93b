// Batches of clip_batch.h with their pictures as rewards will see them: some through the autoencoder and
// back, some as the model itself draws them. Making them so costs more than a training step, so a batch is
// used several times. Without gradients. One caller. Shapes: b pictures, p patches a side.
#pragma once

#include <torch/torch.h>

#include <optional>
#include <string>
#include <vector>

#include "core/nn/autoencoder_kl.h"
#include "core/scenes/training/clip_batch.h"
#include "core/scenes/training/redrawing.h"
#include "core/text/clip_tokenizer.h"

namespace plumbline::training {

// Where they come from.
struct ClipPictures {
  std::string tokenizerFolder;    // of the model it will stand beside
  std::string autoencoderFolder;  // a vae folder; "" for none: share of pictures that go through it and back
  double roundTripShare = 0.5;    // of those not drawn anew: rewards see nothing but decoded pictures
  std::string diffusionFolder;    // a pipeline folder with a trained U-Net; "" for none
  double redrawShare = 0.6;       // of whole pictures, that it draws anew (redrawing.h)
  double layoutKept = kLayoutKept;  // when it does
  int uses = 3;            // at least 1, of a batch whose pictures are made so: that costs more than a step
  std::uint64_t seed = 1;  // of scenes, captions and noise
};

struct PreparedClipBatch {
  ClipBatch batch;
  at::Tensor drawn;   // b, 1 for what the model drew
  at::Tensor judged;  // b, 1 where off is known: drawn, or whole and as the autoencoder decodes it
  at::Tensor off;     // b p p, share of each patch that the drawing has otherwise than the rendered scene
};

// The pictures first ... end - 1 of a batch, whole clusters.
PreparedClipBatch partOf(const PreparedClipBatch& whole, std::int64_t first, std::int64_t end);

at::Tensor tokensOf(const ClipTokenizer& tokenizer, const std::vector<std::string>& captions);  // b s
// Padding past the longest caption teaches nothing: attention is causal. b s to b s', no longer.
at::Tensor withoutPadding(const at::Tensor& ids, std::int64_t endId);

class PreparedClipBatches {
 public:
  // The stream settings.seed from its batch `first` on. Throws Error(kNotFound), Error(kCorrupt) where the
  // autoencoder or the model is not whole.
  PreparedClipBatches(const ClipPictures& settings, const ClipBatchShape& shape, std::uint64_t first);

  // Of step `number`: a new one, or one that was made before. Pure in the settings and the numbers so far.
  PreparedClipBatch next(std::int64_t number);

 private:
  struct Origins;

  PreparedClipBatch prepare(ClipBatch batch, std::int64_t number);
  Origins seen(at::Tensor& pictures, const std::vector<std::string>& captions, const at::Tensor& whole,
               at::Generator& generator);
  at::Tensor latents(const at::Tensor& pictures);
  at::Tensor decoded(const at::Tensor& latents);

  ClipPictures settings_;
  ClipBatchShape shape_;
  ClipTokenizer tokenizer_;
  std::optional<nn::AutoencoderKl> vae_;
  std::optional<Redrawing> redrawing_;
  ClipBatchStream stream_;
  std::vector<PreparedClipBatch> made_;  // pictures in half precision
  std::size_t oldest_ = 0;
};

}  // namespace plumbline::training
