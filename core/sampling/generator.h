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
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/models/diffusion_model.h"
#include "core/sampling/sampler.h"
#include "core/types/picture.h"
#include "core/types/progress.h"

namespace plumbline {

class LoraSet;

struct SampleRequest {
  std::string prompt;
  std::string negativePrompt;
  std::uint64_t seed = 0;
  std::uint64_t imageIndex = 0;
  int steps = 20;
  double guidance = 5;  // 1 switches guidance off and halves the work
  std::string sampler = "ddim";
  double eta = 0;                          // of samplers that have it
  Json samplerSettings = Json::object();   // the sampler's other parameters
  std::map<std::string, double> adapters;  // name -> strength; adapters not named are off
};

// The sampler's run and what its steps need, for one group of requests with equal settings.
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
  // Clean latents n c h w (scaled, as the autoencoder's decode expects), without gradients.
  at::Tensor sampleLatents(const std::vector<SampleRequest>& requests, ProgressSink& sink,
                           std::stop_token stop = {});
  // n c h w to n 3 H W, in micro-batches, without gradients.
  at::Tensor decode(const at::Tensor& latents);
  // The same work one step at a time.
  std::unique_ptr<SamplingRun> start(std::vector<SampleRequest> requests);

  // Text features of one prompt, s d, cached. Without gradients.
  at::Tensor textFeatures(const std::string& prompt);
  // The network's answer with guidance at one timestep, b c h w, float32; follows the grad mode. guidance b.
  // Both branches run in one batch.
  at::Tensor guidedPrediction(const at::Tensor& x, std::int64_t timestep, const at::Tensor& conditional,
                              const at::Tensor& unconditional, const std::vector<double>& guidance) const;
  // x_T of the requests before scaling, n c h w.
  at::Tensor initialNoise(const std::vector<SampleRequest>& requests) const;

  DiffusionModel& model() const { return *model_; }
  const std::shared_ptr<LoraSet>& adapters() const { return adapters_; }
  int microBatch() const { return microBatch_; }

 private:
  std::shared_ptr<DiffusionModel> model_;
  std::shared_ptr<LoraSet> adapters_;
  int microBatch_;
  std::map<std::string, at::Tensor> textCache_;
};

// Requests under way. Adapters' strengths are set for each step and restored after it, so runs with different
// adapters may be interleaved.
class SamplingRun {
 public:
  SamplingRun(Generator& generator, std::vector<SampleRequest> requests, bool decode);

  // One denoising step, or the decoding, of one micro-batch. False when everything is done.
  bool step();
  std::int64_t done() const { return done_; }    // calls of step() so far
  std::int64_t total() const { return total_; }  // calls of step() altogether

  // Pictures finished since the last call: index of the request and the picture.
  std::vector<std::pair<std::size_t, Picture>> takeFinished();
  // Latents of all requests, n c h w, once everything is done.
  at::Tensor latents() const;

 private:
  struct Group;
  void open();
  void advance();
  void close();

  Generator& generator_;
  std::vector<SampleRequest> requests_;
  bool decode_;
  std::deque<std::vector<std::size_t>> waiting_;  // micro-batches by indices of requests
  std::shared_ptr<Group> current_;
  std::vector<at::Tensor> latents_;
  std::vector<std::pair<std::size_t, Picture>> finished_;
  std::int64_t done_ = 0, total_ = 0;
};

// The group key and the run of one request, for whoever drives the steps alone.
std::unique_ptr<sampler::SamplerRun> startSampler(const DiffusionModel& model, const SampleRequest& request);

}  // namespace plumbline
