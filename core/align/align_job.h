// Whole alignment jobs on a loaded model: what a worker, a run bundle and the demo call. One thread, together
// with the model; others may use the model between network evaluations through the run's yield hook. Throws
// Error.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/align/region_analysis.h"
#include "core/align/trainer.h"
#include "core/models/diffusion_model.h"

namespace plumbline {

struct AlignRequest {
  std::string method = "focus_n_fix";
  Json settings = Json::object();  // of the method; what is absent takes its default
  std::shared_ptr<DiffusionModel> model;
  AlignData data;
  AlignRun run;  // its config is filled from the settings
};

// The run's adapters live as long as the call; the result is in the outcome's folder.
AlignOutcome runAlignment(const alignment_method::Registry& registry, const AlignRequest& request,
                          ProgressSink& sink, std::stop_token stop);

// The mask settings that a run of Focus-N-Fix with these settings uses: for evaluations to speak of the same
// regions.
MaskSettings maskSettingsOf(const Json& settings);

// A comparison run stopped where the region head (never the truth) sees as many regions as in the tuned
// model's pictures: writes the chosen checkpoint's adapter into folder.
struct EqualShareRequest {
  std::shared_ptr<DiffusionModel> model;
  std::shared_ptr<PictureReward> reward;
  std::filesystem::path tunedAdapter;  // folder of the run to compare with
  std::filesystem::path comparedRun;   // run folder with checkpoints, of the same rank and layers as settings
  Json settings = Json::object();      // of the compared run
  std::vector<DrawItem> probe;         // not held out; best such whose frozen picture has a region
  DrawSettings draw;
  MaskSettings masks;
  int batch = 8;
  std::filesystem::path folder;
};
struct EqualShare {
  double tunedShare = 0;
  CheckpointChoice choice;
};
EqualShare chooseEqualShare(const EqualShareRequest& request, ProgressSink& sink, std::stop_token stop);

// Of candidates (not held out) those whose picture by the frozen model has a region, and the same number at
// most of those without, drawn with these settings; at most `wanted` with a region. Used to pick training and
// probe items.
struct ScreenedItems {
  std::vector<DrawItem> with, without;
};
ScreenedItems screenItems(AlignModel& model, PictureReward& reward, const std::vector<DrawItem>& candidates,
                          const DrawSettings& draw, const MaskSettings& masks, std::size_t wanted, int batch,
                          ProgressSink& sink, std::stop_token stop);

}  // namespace plumbline
