#include "app/cli/jobs/align_inputs.h"

#include <limits>
#include <map>
#include <optional>

#include "app/cli/host/engine.h"
#include "app/cli/jobs/picture_maker.h"
#include "app/cli/jobs/reward_access.h"
#include "app/cli/stored_picture.h"
#include "core/align/model_reward.h"
#include "core/align/region_mask.h"
#include "core/types/coco_rle.h"

namespace plumbline {
namespace {

// Pictures of the run's own prompts lie apart from those that `generate` draws.
constexpr std::uint64_t kTrainingIndices = 1u << 30;

struct Reader {
  job_kind::Work& work;
  std::int64_t model;
  std::map<std::string, std::optional<SourcedPicture>> known;  // none: not of this generator

  const std::optional<SourcedPicture>& source(const std::string& image) {
    const auto found = known.find(image);
    if (found != known.end()) return found->second;
    std::optional<SourcedPicture>& entry = known[image];
    const auto row = work.project.images().find(image);
    const auto prompt = row && row->prompt ? work.project.prompts().find(*row->prompt) : std::nullopt;
    if (!prompt || row->model != model || row->state != ImageState::kOk) return entry;
    SourcedPicture sourced;
    sourced.item = {prompt->text, std::uint64_t(row->seed), row->imageIndex};
    sourced.settings = drawSettingsOf(*row);
    entry = std::move(sourced);
    return entry;
  }
};

// What a run is not about stays as it is, even where somebody painted it.
bool mayChange(const RunRow& run, const std::string& category) {
  const Json config = run.settings.value("config", Json::object());
  if (!config.contains("categories")) return true;
  for (const std::int64_t k : categoryIndices(config.at("categories").get<std::string>())) {
    if (category == kRegionCategories[k]) return true;
  }
  return false;
}

// By image; the pictures are filled in when all is read.
using PaintedRegions = std::map<std::string, PaintedRegion>;

void addMask(PaintedRegions& regions, const Region& region, const Picture& picture, bool mayChange) {
  const auto [found, isNew] = regions.try_emplace(region.image);
  Mask& mask = found->second.mask;
  if (isNew) mask = Mask(picture.width, picture.height);
  if (region.mask.is_null() || !mayChange) return;
  const Mask painted = cocoDecode(region.mask);
  if (painted.width != mask.width || painted.height != mask.height) return;
  for (std::size_t i = 0; i < mask.data.size(); ++i) mask.data[i] |= painted.data[i];
  found->second.unsafe |= region.category == "unsafe" && painted.area() > 0;
}

}  // namespace

AlignData alignData(job_kind::Work& work, const RunRow& run) {
  AlignData data;
  const std::int64_t newest = run.settings.value("up_to_prompt", std::numeric_limits<std::int64_t>::max());
  for (const Prompt& prompt : work.project.prompts().list("train")) {
    if (prompt.id > newest) continue;
    data.prompts.push_back(
        {prompt.text, std::uint64_t(run.seed), std::int64_t(kTrainingIndices + std::uint64_t(prompt.id))});
  }
  Reader reader{work, run.model.value_or(0), {}};
  PaintedRegions painted;
  ObservationFilter filter;
  filter.upToAnswer = run.upToAnswer;
  for (const ObservationRow& row : work.project.observations().current(filter)) {
    if (row.split == "held_out") continue;
    throwIfStopped(work.stop);
    if (const auto* region = std::get_if<Region>(&row.observation)) {
      auto source = reader.source(region->image);
      if (!source) continue;
      if (source->picture.rgb.empty()) source->picture = loadStoredPicture(work.project, region->image);
      addMask(painted, *region, source->picture, mayChange(run, region->category));
      reader.known[region->image] = std::move(source);
    } else if (const auto* level = std::get_if<Level>(&row.observation)) {
      if (const auto& source = reader.source(level->image))
        data.labelled.push_back({*source, level->value >= 0.5});
    } else if (const auto* pair = std::get_if<Comparison>(&row.observation)) {
      const auto winner = reader.source(pair->winner), loser = reader.source(pair->loser);
      if (!winner || !loser) continue;
      data.groups.push_back(
          {winner->item.prompt, {*winner, *loser}, {pair->tie ? 0.0 : pair->strength, 0.0}});
    }
  }
  for (auto& [image, region] : painted) {
    region.source = *reader.known.at(image);
    data.regions.push_back(std::move(region));
  }
  if (const std::int64_t reward = run.settings.value("reward_model", std::int64_t(0)); reward > 0) {
    auto loaded = loadReward(work.project, work.engine, reward);
    data.reward =
        std::make_shared<ModelReward>(std::make_shared<reward::RewardModel>(std::move(loaded->model)));
  }
  return data;
}

}  // namespace plumbline
