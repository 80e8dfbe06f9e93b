// Batches for contrastive training of the small CLIP: clusters of captions that differ in one attribute
// (colour, shape, count, size, relation, background, which word belongs to which), each with a picture of its
// own, so that everything in a batch is a hard negative for its neighbours, from either side. Reads captions
// and pictures only. Besides, pictures are degraded (blur, noise, contrast) and locally corrupted (pasted,
// noisy, smeared blocks), and the batch says how and where: a task that needs no labels and keeps tokens
// sensitive to what looks broken. Shapes: b pictures, b / clusterSize clusters one after the other, H W
// pixels, p patches a side.
//
// Some have their outlines bent, as a generator draws them, so that a crooked square stays a square.
#pragma once

#include <torch/torch.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/scenes/prompt.h"

namespace plumbline::training {

struct ClipBatch {
  at::Tensor pictures;                // b 3 H W in [-1, 1]
  std::vector<std::string> captions;  // b
  at::Tensor unclear;    // b b, 1 where picture i may also fit caption j != i: neither positive nor negative
  at::Tensor shown;      // b b, how much of what caption j asks for a picture of caption i shows, 0 to 1
  at::Tensor corrupted;  // b p p, share of each patch that was corrupted
  at::Tensor told;       // b kSides k, what each caption says of each side, see caption_reading.h
  at::Tensor degraded;   // b 2, strength of blur and noise over the whole picture, 0 to 1
  at::Tensor bent;       // b, 1 where every outline was bent a little
  at::Tensor mangled;    // b, 1 where an object was bent beyond what anybody would call it
};

struct ClipBatchShape {
  int clusters = 24;
  int clusterSize = 4;
  int pictureSize = 128;
  int patchesPerSide = 8;
  double corruptShare = 0.3;
  double degradeShare = 0.3;
  double bendShare = 0.35;
  double bendStrength = 1;  // 1: by up to three pixels of 128
  double mangleShare = 0;   // of pictures that are not bent; these show no planted fault
};

// Pure in its arguments. Never of a held-out prompt.
ClipBatch clipBatch(std::uint64_t seed, std::uint64_t index, const ClipBatchShape& shape);

// Batches first, first + 1, ... made ahead on one thread, which ends with the object.
class ClipBatchStream {
 public:
  ClipBatchStream(std::uint64_t seed, std::uint64_t first, ClipBatchShape shape);
  ClipBatch next();

 private:
  void produce(const std::stop_token& own);

  std::uint64_t seed_, position_;
  ClipBatchShape shape_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<ClipBatch> ready_;
  std::jthread producer_;
};

}  // namespace plumbline::training
