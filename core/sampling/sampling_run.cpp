#include <torch/torch.h>

#include <algorithm>
#include <map>

#include "core/lora/lora.h"
#include "core/sampling/generator.h"
#include "core/tensor/picture_tensor.h"
#include "core/types/error.h"

namespace plumbline {
namespace {

// The requests' adapters for a scope; without a set of adapters none may be asked for.
class RequestedAdapters {
 public:
  RequestedAdapters(LoraSet* set, const SampleRequest& request) {
    if (set) {
      scope_.emplace(*set, request.adapters);
    } else if (!request.adapters.empty()) {
      throw Error(ErrorKind::kNotFound,
                  "no adapter called '" + request.adapters.begin()->first + "' is loaded");
    }
  }

 private:
  std::optional<AdapterScope> scope_;
};

}  // namespace

SamplingRun::SamplingRun(Generator& generator, std::vector<SampleRequest> requests, bool decode)
    : generator_(generator), requests_(std::move(requests)), decode_(decode), latents_(requests_.size()) {
  std::map<std::string, std::size_t> open;  // key -> index in waiting_ of the micro-batch that has room
  std::map<std::string, std::int64_t> stepsOf;
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    const std::string key = batchKey(requests_[i]);
    if (stepsOf.count(key) == 0) {
      const RequestedAdapters known(generator_.adapters().get(), requests_[i]);
      const auto run = startSampler(generator_.model().schedulerConfig, requests_[i]);
      stepsOf[key] = std::int64_t(run->timesteps().size()) + (decode_ ? 1 : 0);
    }
    const auto found = open.find(key);
    if (found != open.end() && waiting_[found->second].size() < std::size_t(generator_.microBatch())) {
      waiting_[found->second].push_back(i);
      continue;
    }
    open[key] = waiting_.size();
    waiting_.push_back({i});
    total_ += stepsOf[key];
  }
}

void SamplingRun::open() {
  Current current;
  current.members = std::move(waiting_.front());
  waiting_.pop_front();
  std::vector<SampleRequest> batch;
  for (const std::size_t index : current.members) batch.push_back(requests_[index]);
  // Always the same shape: the last request is drawn again to fill up.
  batch.resize(std::size_t(generator_.microBatch()), batch.back());
  current.batch = generator_.prepare(std::move(batch));
  current.state = current.batch.start();
  current_ = std::move(current);
}

void SamplingRun::finish() {
  const at::Tensor& latents = current_->state.x;
  std::vector<Picture> pictures;
  if (decode_) {
    pictures = toPictures(generator_.decode(latents).slice(0, 0, std::int64_t(current_->members.size())));
  }
  for (std::size_t i = 0; i < current_->members.size(); ++i) {
    latents_[current_->members[i]] = latents[std::int64_t(i)];
    if (decode_) finished_.emplace_back(current_->members[i], std::move(pictures[i]));
  }
  current_.reset();
}

bool SamplingRun::step() {
  if (!current_ && waiting_.empty()) return false;
  torch::NoGradGuard noGrad;
  const SampleRequest& first = requests_[current_ ? current_->members[0] : waiting_.front()[0]];
  const RequestedAdapters adapters(generator_.adapters().get(), first);
  if (!current_) open();
  ++done_;
  Current& c = *current_;
  if (c.next < c.batch.steps()) {
    const at::Tensor answer = generator_.predict(c.batch, c.next, c.state.x);
    c.state = c.batch.run->step(answer, c.next, c.state, c.batch.stepNoise(c.next));
    ++c.next;
    if (decode_ || c.next < c.batch.steps()) return true;
  }
  finish();
  return true;
}

at::Tensor SamplingRun::latents() const {
  if (current_ || !waiting_.empty()) throw Error(ErrorKind::kInternal, "the latents are not finished yet");
  return at::stack(latents_);
}

}  // namespace plumbline
