// Trains the default model's small CLIP (text and picture tower) on rendered scenes: symmetric contrast over
// clusters of captions that differ in one attribute, a word-to-patch contrast within each cluster, how much
// of a caption each picture shows by their likeness, and label-free tasks (where is the picture corrupted,
// how much is it degraded, where is a drawing of the model off, what does each patch look like) that keep in
// the tokens what captions never mention. Writes an ordinary CLIPModel folder, and beside it what these tasks
// learnt (patch_tasks.safetensors): what tells corrupted, degraded and drawn pictures and what is asked and
// shown on each side, which rewards read where it is there (core/reward/clip_answers.h), and the rest to go
// on with.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>

#include "core/scenes/training/prepared_clip_batch.h"
#include "core/types/progress.h"

namespace plumbline::training {

struct ClipSettings {
  ClipPictures pictures;
  int clusters = 24;       // of four pictures each per step
  double seconds = 1800;   // wall clock; the learning rate falls with it
  std::int64_t steps = 0;  // if not 0, this many steps instead: reproducible to the bit with as many threads
  double learningRate = 1e-3;
  double weightDecay = 0.05;
  double emaDecay = 0.998;
  double wordWeight = 0.5;  // of the word-to-patch contrast
  double matchWeight = 1;   // of how much of a caption a picture shows
  double taskWeight = 0.5;  // of the label-free tasks
  double readingWeight =
      0.2;  // of what stands on each side, asked of caption and picture (caption_reading.h)
};

// Vision 128 wide and 4 layers at patch 8 (4 for pictures of 64 pixels; a small object is two or three
// patches wide), text 128 wide and 2 layers.
nlohmann::json defaultClipConfig(int pictureSize, const std::string& tokenizerFolder);

// Writes folder/config.json, preprocessor_config.json, model.safetensors and patch_tasks.safetensors (EMA,
// half precision) and training.safetensors (the state to go on from) every few minutes and at the end.
// resume: go on from that state where there is one, with a new learning-rate cycle, or from finished weights
// at a lower rate (with another seed, or the same pictures come again). Metrics: "clip_loss",
// "caption_of_four" and "picture_of_four" (share of pictures whose caption, and captions whose picture, is
// told from its cluster), "pictures_per_second". Throws Error(kCancelled) after writing.
void trainClip(const nlohmann::json& config, const std::string& folder, const ClipSettings& settings,
               bool resume, ProgressSink& progress, std::stop_token stop);

}  // namespace plumbline::training
