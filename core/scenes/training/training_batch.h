// Batches of rendered training pictures, made ahead on one thread while the network trains on the last.
#pragma once

#include <torch/torch.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/scenes/training_sample.h"

namespace plumbline::training {

struct PictureBatch {
  at::Tensor pictures;  // b 3 H W in [-1, 1]
  std::vector<std::string> captions;
};

// trainingSample or evenTrainingSample.
using SampleSource = scenes::TrainingSample (*)(std::uint64_t seed, std::uint64_t index, int size);

// Pure in its arguments: pictures first .. first + count - 1 of the stream `seed`.
PictureBatch pictureBatch(std::uint64_t seed, std::int64_t first, std::int64_t count, int pictureSize,
                          SampleSource source = scenes::trainingSample);

// The same stream in order. One consumer; its own producer thread ends with the object.
class PictureStream {
 public:
  PictureStream(std::uint64_t seed, std::int64_t first, int pictureSize, std::stop_token stop,
                SampleSource source = scenes::trainingSample);
  ~PictureStream();
  PictureBatch next(std::int64_t count);

 private:
  void produce(std::stop_token own);

  std::uint64_t seed_;
  std::int64_t position_;
  int pictureSize_;
  SampleSource source_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<PictureBatch> ready_;  // single pictures
  std::stop_token stop_;
  std::jthread producer_;
};

std::map<std::string, at::Tensor> readState(const std::string& path);
// A config.json of an earlier stage. Throws Error(kNotFound) that says so where there is none.
nlohmann::json readConfig(const std::string& path);
// Any small JSON file of a model folder, with the folder. Throws Error(kExhausted) where it cannot be
// written.
void writeConfig(const std::string& path, const nlohmann::json& value);

}  // namespace plumbline::training
