// Where and how often the region head sees something wrong in what a model draws: along the steps of a
// drawing, over many drawings, and over a run's checkpoints. Reads reward models only, never a truth.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/align/align_data.h"
#include "core/align/align_model.h"
#include "core/align/region_mask.h"

namespace plumbline {

// One step of a drawing: what the head says of the clean picture that the network predicts there.
struct StepRegions {
  int step = 0;
  double meanProbability = 0;  // mean over pictures of the largest region probability
  double share = 0;            // pictures with a region
  double agreement = 0;  // pictures whose verdict (region or none) is already that of the finished picture
  double overlap = 0;    // intersection over union with the finished picture's region, where that has one
};

// Where along the steps a region is decided.
std::vector<StepRegions> regionsByStep(AlignModel& model, const std::string& adapter, PictureReward& reward,
                                       const std::vector<DrawItem>& items, const DrawSettings& settings,
                                       const MaskSettings& masks, int batch, std::stop_token stop);

// Of these the ones in which the base draws a region (no adapter, masks.threshold and masks.smallest), the
// first `most` of them; not looked at beyond those.
std::vector<DrawItem> itemsWithRegion(AlignModel& model, PictureReward& reward,
                                      const std::vector<DrawItem>& items, std::size_t most,
                                      const DrawSettings& settings, const MaskSettings& masks, int batch,
                                      std::stop_token stop);

// Share of the drawn pictures with a region, 0 to 1. Of pictures in which the base draws one it tells two
// runs apart on far fewer than of any pictures. Counted as masks are: what lies below the threshold was not
// to be changed, and a run without the penalty lowers that too.
double regionShare(AlignModel& model, const std::string& adapter, PictureReward& reward,
                   const std::vector<DrawItem>& items, const DrawSettings& settings,
                   const MaskSettings& masks, int batch, std::stop_token stop);

// Puts a checkpoint's adapter (its average where it keeps one) into one of the model's with the same layers,
// rank and alpha.
void loadCheckpointAdapter(AlignModel& model, const std::string& adapter,
                           const std::filesystem::path& checkpoint);

struct CheckpointChoice {
  std::int64_t step = 0;
  double share = 0;                                         // regionShare() of the chosen checkpoint
  std::vector<std::pair<std::int64_t, double>> considered;  // steps looked at and their shares
};

// Of a run's checkpoints the one whose region share on these items is nearest to the wanted one, of equals
// the first; its adapter is left in the model. Shares are taken to fall along the run, so that only some
// checkpoints are drawn; where they do not, it is the nearest of those.
CheckpointChoice chooseCheckpoint(AlignModel& model, const std::string& adapter,
                                  const std::filesystem::path& runFolder, double wanted,
                                  PictureReward& reward, const std::vector<DrawItem>& items,
                                  const DrawSettings& settings, const MaskSettings& masks, int batch,
                                  std::stop_token stop);

}  // namespace plumbline
