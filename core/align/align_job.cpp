#include "core/align/align_job.h"

#include "core/align/diffusion_align_model.h"
#include "core/types/error.h"

namespace plumbline {

AlignOutcome runAlignment(const alignment_method::Registry& registry, const AlignRequest& request,
                          ProgressSink& sink, std::stop_token stop) {
  const alignment_method::AlignmentMethod& variant = registry.get(request.method);
  AlignRun run = request.run;
  run.config = variant.descriptor.parameters.complete(request.settings);
  run.config["method"] = request.method;
  const std::unique_ptr<alignment_method::Method> method =
      variant.create(variant.descriptor.parameters.complete(request.settings));
  DiffusionAlignModel model(request.model);
  return AlignTrainer(*method, model, request.data, std::move(run), sink, stop).run();
}

MaskSettings maskSettingsOf(const Json& settings) {
  MaskSettings masks;
  masks.categories = categoryIndices(settings.at("categories").get<std::string>());
  masks.threshold = settings.at("mask_threshold").get<double>();
  masks.dilation = settings.at("mask_dilation").get<int>();
  masks.smallest = settings.at("mask_smallest").get<int>();
  return masks;
}

EqualShare chooseEqualShare(const EqualShareRequest& request, ProgressSink& sink, std::stop_token stop) {
  DiffusionAlignModel model(request.model);
  EqualShare result;
  model.loadAdapter("tuned", request.tunedAdapter.string());
  sink.progress("choosing a checkpoint", 0, 2);
  result.tunedShare = regionShare(model, "tuned", *request.reward, request.probe, request.draw, request.masks,
                                  request.batch, stop);
  sink.progress("choosing a checkpoint", 1, 2);
  model.addAdapter(
      {"compared", request.settings.at("rank").get<int>(), request.settings.at("alpha").get<double>(),
       request.settings.at("layers").get<std::string>(), false},
      0);
  result.choice = chooseCheckpoint(model, "compared", request.comparedRun, result.tunedShare, *request.reward,
                                   request.probe, request.draw, request.masks, request.batch, stop);
  model.exportAdapter("compared", request.folder.string());
  sink.progress("choosing a checkpoint", 2, 2);
  return result;
}

ScreenedItems screenItems(AlignModel& model, PictureReward& reward, const std::vector<DrawItem>& candidates,
                          const DrawSettings& draw, const MaskSettings& masks, std::size_t wanted, int batch,
                          ProgressSink& sink, std::stop_token stop) {
  torch::NoGradGuard guard;
  ScreenedItems result;
  for (std::size_t start = 0; start < candidates.size() && result.with.size() < wanted;
       start += std::size_t(batch)) {
    throwIfStopped(stop);
    const std::size_t end = std::min(candidates.size(), start + std::size_t(batch));
    const std::vector<DrawItem> part(candidates.begin() + std::ptrdiff_t(start),
                                     candidates.begin() + std::ptrdiff_t(end));
    std::vector<std::string> prompts;
    for (const DrawItem& item : part) prompts.push_back(item.prompt);
    const at::Tensor pictures = model.draw(part, draw, "", {}, false, stop).pictures;
    const at::Tensor mask =
        maskOf(joinCategories(reward.regionMap(pictures, prompts), masks.categories), masks);
    for (std::size_t i = 0; i < part.size(); ++i) {
      const bool has = mask[std::int64_t(i)].max().item<double>() > 0.5;
      (has ? result.with : result.without).push_back(part[i]);
    }
    sink.progress("looking for regions", std::int64_t(end), std::int64_t(candidates.size()));
  }
  if (result.with.size() > wanted) result.with.resize(wanted);
  if (result.without.size() > result.with.size()) result.without.resize(result.with.size());
  return result;
}

}  // namespace plumbline
