// Draws pictures from a diffusion model. The reproducibility contract: noise is a pure function of (seed,
// image index, step), every micro-batch has the same shape (the last one is filled up), a micro-batch holds
// only requests with equal settings, and each prompt is encoded alone; so the same request gives the same
// bytes whatever else is asked for. Work advances one denoising step at a time, so that a device host can
// interleave jobs. A Generator and its runs belong to one thread. Shapes: n requests, b micro-batch, c latent
// channels, h w latent size, H W pixels, s tokens, d features.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/models/diffusion_model.h"
#include "core/sampling/prepared_batch.h"
#include "core/sampling/sample_request.h"
#include "core/types/picture.h"
#include "core/types/progress.h"

namespace plumbline {

class LoraSet;
class SamplingRun;

class Generator {
 public:
  static constexpr int kMicroBatch = 8;

  // adapters: whose names requests may use; may be null. microBatch is stored with each picture: it is part
  // of what decides its bytes.
  explicit Generator(std::shared_ptr<DiffusionModel> model, std::shared_ptr<LoraSet> adapters = nullptr,
                     int microBatch = kMicroBatch);

  // Pictures in the order of the requests.
  std::vector<Picture> generate(const std::vector<SampleRequest>& requests, ProgressSink& sink,
                                std::stop_token stop = {});
  // Clean latents n c h w (scaled, as decode expects), without gradients.
  at::Tensor sampleLatents(const std::vector<SampleRequest>& requests, ProgressSink& sink,
                           std::stop_token stop = {});
  // n c h w to n 3 H W in [-1, 1], in micro-batches, without gradients.
  at::Tensor decode(const at::Tensor& latents);
  // The same work one step at a time. The generator must outlive the run.
  std::unique_ptr<SamplingRun> start(std::vector<SampleRequest> requests, bool decode = true);

  // Features of one prompt, s d, cached unless an active adapter touches the text encoder. Without gradients.
  at::Tensor textFeatures(const std::string& prompt);
  // Requests with equal settings, as one batch. Throws Error(kInvalidInput) if they differ or make no sense.
  PreparedBatch prepare(std::vector<SampleRequest> requests);
  // The network's answer at step i, b c h w, float32; where the step is guided, both branches in one batch.
  // Follows the grad mode and uses the adapters as they are dialled.
  at::Tensor predict(const PreparedBatch& batch, int i, const at::Tensor& x) const;

  DiffusionModel& model() const { return *model_; }
  const std::shared_ptr<LoraSet>& adapters() const { return adapters_; }
  int microBatch() const { return microBatch_; }

 private:
  std::shared_ptr<DiffusionModel> model_;
  std::shared_ptr<LoraSet> adapters_;
  int microBatch_;
  std::unordered_map<std::string, at::Tensor> textCache_;
};

// Requests under way. The adapters' strengths are set for each step and put back after it, so that runs with
// different adapters may be interleaved.
class SamplingRun {
 public:
  SamplingRun(Generator& generator, std::vector<SampleRequest> requests, bool decode);

  // One denoising step, or the decoding, of one micro-batch. False once everything is done.
  bool step();
  std::int64_t done() const { return done_; }    // calls of step() so far
  std::int64_t total() const { return total_; }  // calls of step() altogether

  // Pictures finished since the last call: index of the request and the picture.
  std::vector<std::pair<std::size_t, Picture>> takeFinished() { return std::exchange(finished_, {}); }
  // Latents of all requests, n c h w, once everything is done.
  at::Tensor latents() const;

 private:
  struct Current {
    std::vector<std::size_t> members;  // indices of requests; the batch may be longer by its filling
    PreparedBatch batch;
    sampler::SamplerState state;
    int next = 0;
  };
  void open();
  void finish();

  Generator& generator_;
  std::vector<SampleRequest> requests_;
  bool decode_;
  std::deque<std::vector<std::size_t>> waiting_;  // micro-batches by indices of requests
  std::optional<Current> current_;
  std::vector<at::Tensor> latents_;
  std::vector<std::pair<std::size_t, Picture>> finished_;
  std::int64_t done_ = 0, total_ = 0;
};

}  // namespace plumbline
