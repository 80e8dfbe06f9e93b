#include "core/align/region_analysis.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/align/checkpoint.h"
#include "core/types/error.h"
#include "core/types/progress.h"

namespace plumbline {
namespace {

constexpr double kEqual = 1e-9;  // shares are counts over a count: above rounding, below any difference

template <class Each>
void inBatches(const std::vector<DrawItem>& items, int batch, const std::stop_token& stop, Each each) {
  for (std::size_t start = 0; start < items.size(); start += std::size_t(batch)) {
    throwIfStopped(stop);
    const std::size_t end = std::min(items.size(), start + std::size_t(batch));
    each(std::vector<DrawItem>(items.begin() + std::ptrdiff_t(start), items.begin() + std::ptrdiff_t(end)));
  }
}

std::vector<std::string> promptsOf(const std::vector<DrawItem>& items) {
  std::vector<std::string> prompts;
  for (const DrawItem& item : items) prompts.push_back(item.prompt);
  return prompts;
}

at::Tensor hasRegion(const at::Tensor& mask) {
  return mask.amax({1, 2}) > 0.5;
}  // b H W to b

// Which of these pictures show a region, b.
at::Tensor drawnRegions(AlignModel& model, const std::string& adapter, PictureReward& reward,
                        const std::vector<DrawItem>& part, const DrawSettings& settings, MaskSettings masks,
                        const std::stop_token& stop) {
  torch::NoGradGuard guard;
  masks.dilation = 0;
  const at::Tensor pictures = model.draw(part, settings, adapter, {}, false, stop).pictures;
  return hasRegion(
      maskOf(joinCategories(reward.regionMap(pictures, promptsOf(part)), masks.categories), masks));
}

}  // namespace

std::vector<StepRegions> regionsByStep(AlignModel& model, const std::string& adapter, PictureReward& reward,
                                       const std::vector<DrawItem>& items, const DrawSettings& settings,
                                       const MaskSettings& masks, int batch, std::stop_token stop) {
  torch::NoGradGuard guard;
  std::vector<StepRegions> steps(std::size_t(settings.steps), StepRegions{});
  double withRegion = 0;
  inBatches(items, batch, stop, [&](const std::vector<DrawItem>& part) {
    const std::vector<std::string> prompts = promptsOf(part);
    const std::vector<at::Tensor> pictures = model.predictedPictures(part, settings, adapter, stop);
    const at::Tensor last =
        maskOf(joinCategories(reward.regionMap(pictures.back(), prompts), masks.categories), masks);
    const at::Tensor had = hasRegion(last);
    withRegion += had.sum().item<double>();
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      const at::Tensor joined = joinCategories(reward.regionMap(pictures[i], prompts), masks.categories);
      const at::Tensor mask = maskOf(joined, masks);
      const at::Tensor both = (mask * last).sum({1, 2}), any = torch::maximum(mask, last).sum({1, 2});
      steps[i].meanProbability += joined.amax({1, 2}).sum().item<double>();
      steps[i].share += hasRegion(mask).sum().item<double>();
      steps[i].agreement += (hasRegion(mask) == had).sum().item<double>();
      steps[i].overlap += (both / any.clamp_min(1)).masked_select(had).sum().item<double>();
    }
  });
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i].step = int(i);
    steps[i].meanProbability /= double(items.size());
    steps[i].share /= double(items.size());
    steps[i].agreement /= double(items.size());
    steps[i].overlap = withRegion > 0 ? steps[i].overlap / withRegion : 0;
  }
  return steps;
}

std::vector<DrawItem> itemsWithRegion(AlignModel& model, PictureReward& reward,
                                      const std::vector<DrawItem>& items, std::size_t most,
                                      const DrawSettings& settings, const MaskSettings& masks, int batch,
                                      std::stop_token stop) {
  std::vector<DrawItem> found;
  inBatches(items, batch, stop, [&](const std::vector<DrawItem>& part) {
    if (found.size() >= most) return;
    const at::Tensor has = drawnRegions(model, "", reward, part, settings, masks, stop);
    for (std::size_t i = 0; i < part.size() && found.size() < most; ++i) {
      if (has[std::int64_t(i)].item<bool>()) found.push_back(part[i]);
    }
  });
  return found;
}

double regionShare(AlignModel& model, const std::string& adapter, PictureReward& reward,
                   const std::vector<DrawItem>& items, const DrawSettings& settings,
                   const MaskSettings& masks, int batch, std::stop_token stop) {
  if (items.empty()) throw Error(ErrorKind::kInvalidInput, "there is nothing to draw");
  double sum = 0;
  inBatches(items, batch, stop, [&](const std::vector<DrawItem>& part) {
    sum += drawnRegions(model, adapter, reward, part, settings, masks, stop).sum().item<double>();
  });
  return sum / double(items.size());
}

void loadCheckpointAdapter(AlignModel& model, const std::string& adapter,
                           const std::filesystem::path& checkpoint) {
  const Checkpoint read = readCheckpoint(checkpoint);
  torch::NoGradGuard guard;
  for (auto& [name, tensor] : model.parameters(adapter)) {
    auto found = read.tensors.find("average/" + name);  // what such a run hands over
    if (found == read.tensors.end()) found = read.tensors.find("parameter/policy/" + name);
    if (found == read.tensors.end() || found->second.sizes() != tensor.sizes()) {
      throw Error(ErrorKind::kCorrupt, "the checkpoint " + checkpoint.string() + " is of another adapter");
    }
    at::Tensor target = tensor;
    target.copy_(found->second);
  }
}

CheckpointChoice chooseCheckpoint(AlignModel& model, const std::string& adapter,
                                  const std::filesystem::path& runFolder, double wanted,
                                  PictureReward& reward, const std::vector<DrawItem>& items,
                                  const DrawSettings& settings, const MaskSettings& masks, int batch,
                                  std::stop_token stop) {
  const std::vector<std::int64_t> steps = checkpointSteps(runFolder);
  if (steps.empty())
    throw Error(ErrorKind::kNotFound, "the run in " + runFolder.string() + " has no checkpoints");
  CheckpointChoice choice;
  std::map<std::size_t, double> known;
  const auto shareAt = [&](std::size_t i) {
    if (const auto found = known.find(i); found != known.end()) return found->second;
    loadCheckpointAdapter(model, adapter, checkpointPath(runFolder, steps[i]));
    const double share = regionShare(model, adapter, reward, items, settings, masks, batch, stop);
    choice.considered.emplace_back(steps[i], share);
    return known[i] = share;
  };
  // Shares fall along the run. What it changes after the first that leaves so many it need not have changed.
  const auto firstWithAtMost = [&](double most) {
    std::size_t low = 0, high = steps.size();
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (shareAt(middle) <= most)
        high = middle;
      else
        low = middle + 1;
    }
    return low;
  };
  const auto off = [&](std::size_t i) { return std::abs(shareAt(i) - wanted); };
  std::size_t chosen = firstWithAtMost(wanted);
  if (chosen == steps.size() || (chosen > 0 && off(chosen - 1) <= off(chosen) + kEqual))
    chosen = firstWithAtMost(shareAt(chosen - 1));
  // Shares fall but for chance, which may have led past a checkpoint that was drawn and is nearer.
  for (const auto& [i, share] : known)
    if (off(i) < off(chosen) - kEqual || (i < chosen && off(i) <= off(chosen) + kEqual)) chosen = i;
  choice.step = steps[chosen];
  choice.share = shareAt(chosen);
  loadCheckpointAdapter(model, adapter, checkpointPath(runFolder, choice.step));
  return choice;
}

}  // namespace plumbline
