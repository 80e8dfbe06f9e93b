// Trains the head that reads a caption and a picture together (core/nn/match_reader.h) beside a finished
// CLIP, which stays as it is: of every picture it is asked how much of each of many captions it shows, and
// whether all of it, the captions a change or a few apart. A picture of which an object was mangled shows all
// of no caption. Pictures are those of the CLIP's training
// (prepared_clip_batch.h), more of them as the model itself draws. Reads captions and pictures only.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "core/scenes/training/prepared_clip_batch.h"
#include "core/types/progress.h"

namespace plumbline::training {

struct MatchSettings {
  ClipPictures pictures{.roundTripShare = 0.8, .redrawShare = 0.7, .layoutKept = 0.1, .uses = 4};
  ClipBatchShape shape{.clusters = 8,
                       .clusterSize = 8,
                       .corruptShare = 0.1,
                       .degradeShare = 0.15,
                       .bendShare = 0.15,
                       .bendStrength = 0.6,
                       .mangleShare = 0.25};
  double seconds = 1800;   // wall clock; the learning rate falls with it
  std::int64_t steps = 0;  // if not 0, this many steps instead: reproducible to the bit with as many threads
  double learningRate = 1e-3;
  double weightDecay = 0.05;
  double emaDecay = 0.998;
};

// clipFolder: a CLIP that trainClip wrote. Writes match_reader.safetensors there (EMA, half precision) and
// match_training.safetensors (the state to go on from) every few minutes and at the end. resume: go on from
// that state where there is one, or from finished weights at a lower rate (with another seed, or the same
// pictures come again). Metrics: "match_loss", "caption_of_cluster" (share of pictures whose caption is told
// from the others of its cluster), "pictures_per_second". Throws Error(kNotFound), Error(kCorrupt) where the
// CLIP is not whole; Error(kCancelled) after writing.
void trainMatchReader(const std::string& clipFolder, const MatchSettings& settings, bool resume,
                      ProgressSink& progress, std::stop_token stop);

}  // namespace plumbline::training
