#include "core/sampling/generator.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "core/lora/lora.h"
#include "core/tensor/shards.h"
#include "core/types/error.h"

namespace plumbline {
namespace {

constexpr std::size_t kCachedPrompts = 4096;

}  // namespace

Generator::Generator(std::shared_ptr<DiffusionModel> model, std::shared_ptr<LoraSet> adapters, int microBatch)
    : model_(std::move(model)), adapters_(std::move(adapters)), microBatch_(microBatch) {
  if (microBatch_ < 1)
    throw Error(ErrorKind::kInvalidInput, "the micro-batch must hold at least one picture");
  if (adapters_ && &adapters_->model() != model_.get()) {
    throw Error(ErrorKind::kInternal, "the adapters belong to another model");
  }
}

at::Tensor Generator::textFeatures(const std::string& prompt) {
  torch::NoGradGuard noGrad;
  if (adapters_) {
    for (const auto& [name, strength] : adapters_->strengths()) {
      if (strength != 0 && adapters_->touchesText(name))
        return model_->encodePrompts({prompt})[0].to(at::kFloat);
    }
  }
  const auto found = textCache_.find(prompt);
  if (found != textCache_.end()) return found->second;
  if (textCache_.size() >= kCachedPrompts) textCache_.clear();
  return textCache_[prompt] = model_->encodePrompts({prompt})[0].to(at::kFloat);
}

PreparedBatch Generator::prepare(std::vector<SampleRequest> requests) {
  if (requests.empty()) throw Error(ErrorKind::kInvalidInput, "nothing to draw");
  PreparedBatch batch;
  batch.run = startSampler(model_->schedulerConfig, requests[0]);
  std::vector<at::Tensor> conditional, unconditional;
  std::vector<float> guidance;
  for (const SampleRequest& request : requests) {
    if (batchKey(request) != batchKey(requests[0])) {
      throw Error(ErrorKind::kInternal, "requests of one batch must have equal settings");
    }
    conditional.push_back(textFeatures(request.prompt));
    if (request.guidance != 1 && request.guidanceStart < 1)
      unconditional.push_back(textFeatures(request.negativePrompt));
    guidance.push_back(float(request.guidance));
  }
  batch.firstGuided = int(std::lround(requests[0].guidanceStart * double(batch.run->timesteps().size())));
  batch.conditional = at::stack(conditional);
  if (!unconditional.empty()) batch.unconditional = at::stack(unconditional);
  batch.guidance = torch::tensor(guidance).view({-1, 1, 1, 1}).to(batch.conditional.device());
  batch.latentShape = {model_->latentChannels(), model_->latentSize(), model_->latentSize()};
  batch.requests = std::move(requests);
  return batch;
}

at::Tensor Generator::predict(const PreparedBatch& batch, int i, const at::Tensor& x) const {
  const at::Tensor input = batch.run->scaleInput(x, i);
  // One row for all: a row's rounding in a matrix product depends on its place (see linearPerSample).
  const at::Tensor times =
      torch::full({1}, batch.timestep(i), torch::TensorOptions().dtype(at::kLong).device(input.device()));
  return byShards(input, [&](const at::Tensor& rows, std::int64_t first) {
    const auto ofRows = [&](const at::Tensor& all) { return all.slice(0, first, first + rows.size(0)); };
    const at::Tensor asked = ofRows(batch.conditional);
    if (!batch.guided(i)) return model_->unet->forward(rows, times, asked).to(at::kFloat);
    const at::Tensor answer =
        model_->unet->forward(at::cat({rows, rows}), times, at::cat({ofRows(batch.unconditional), asked}))
            .to(at::kFloat);
    const auto halves = answer.chunk(2);
    return halves[0] + ofRows(batch.guidance) * (halves[1] - halves[0]);
  });
}

at::Tensor Generator::decode(const at::Tensor& latents) {
  torch::NoGradGuard noGrad;
  std::vector<at::Tensor> pictures;
  for (std::int64_t at = 0; at < latents.size(0); at += microBatch_) {
    at::Tensor part = latents.slice(0, at, std::min<std::int64_t>(at + microBatch_, latents.size(0)));
    const std::int64_t real = part.size(0);
    if (real < microBatch_)
      part = at::cat({part, part.slice(0, 0, 1).expand({microBatch_ - real, -1, -1, -1})});
    pictures.push_back(model_->decodeLatents(part).slice(0, 0, real));
  }
  return at::cat(pictures);
}

std::unique_ptr<SamplingRun> Generator::start(std::vector<SampleRequest> requests, bool decode) {
  return std::make_unique<SamplingRun>(*this, std::move(requests), decode);
}

std::vector<Picture> Generator::generate(const std::vector<SampleRequest>& requests, ProgressSink& sink,
                                         std::stop_token stop) {
  SamplingRun run(*this, requests, true);
  std::vector<Picture> pictures(requests.size());
  while (run.step()) {
    throwIfStopped(stop);
    sink.progress("drawing", run.done(), run.total());
    for (auto& [index, picture] : run.takeFinished()) pictures[index] = std::move(picture);
  }
  return pictures;
}

at::Tensor Generator::sampleLatents(const std::vector<SampleRequest>& requests, ProgressSink& sink,
                                    std::stop_token stop) {
  SamplingRun run(*this, requests, false);
  while (run.step()) {
    throwIfStopped(stop);
    sink.progress("drawing", run.done(), run.total());
  }
  return run.latents();
}

}  // namespace plumbline
