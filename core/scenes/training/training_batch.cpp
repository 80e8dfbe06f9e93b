#include "core/scenes/training/training_batch.h"

#include <filesystem>
#include <fstream>

#include "core/types/error.h"
#include "core/weights/safetensors.h"

namespace plumbline::training {
namespace {

constexpr std::size_t kAhead = 128;

at::Tensor pictureTensor(const Picture& picture) {
  const auto bytes = at::from_blob(const_cast<std::uint8_t*>(picture.rgb.data()),
                                   {picture.height, picture.width, 3}, at::kByte);
  return bytes.permute({2, 0, 1}).to(at::kFloat).div_(127.5).sub_(1.0).contiguous();
}

PictureBatch joined(std::vector<PictureBatch> singles) {
  PictureBatch batch;
  std::vector<at::Tensor> tensors;
  for (auto& s : singles) {
    tensors.push_back(s.pictures);
    batch.captions.push_back(std::move(s.captions.front()));
  }
  batch.pictures = at::stack(tensors);
  return batch;
}

PictureBatch single(SampleSource source, std::uint64_t seed, std::int64_t index, int size) {
  auto sample = source(seed, std::uint64_t(index), size);
  return {pictureTensor(sample.picture), {std::move(sample.caption)}};
}

}  // namespace

PictureBatch pictureBatch(std::uint64_t seed, std::int64_t first, std::int64_t count, int pictureSize,
                          SampleSource source) {
  std::vector<PictureBatch> singles;
  for (std::int64_t i = 0; i < count; ++i) singles.push_back(single(source, seed, first + i, pictureSize));
  return joined(std::move(singles));
}

PictureStream::PictureStream(std::uint64_t seed, std::int64_t first, int pictureSize, std::stop_token stop,
                             SampleSource source)
    : seed_(seed),
      position_(first),
      pictureSize_(pictureSize),
      source_(source),
      stop_(stop),
      producer_([this](std::stop_token own) { produce(own); }) {}

PictureStream::~PictureStream() = default;

void PictureStream::produce(std::stop_token own) {
  while (!own.stop_requested()) {
    auto next = single(source_, seed_, position_++, pictureSize_);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, own, [&] { return ready_.size() < kAhead; });
    ready_.push_back(std::move(next));
    changed_.notify_all();
  }
}

PictureBatch PictureStream::next(std::int64_t count) {
  std::vector<PictureBatch> singles;
  std::unique_lock lock(mutex_);
  while (std::int64_t(singles.size()) < count) {
    changed_.wait(lock, [&] { return !ready_.empty(); });
    singles.push_back(std::move(ready_.front()));
    ready_.pop_front();
    changed_.notify_all();
  }
  lock.unlock();
  return joined(std::move(singles));
}

std::map<std::string, at::Tensor> readState(const std::string& path) {
  return SafetensorsFile::open(path).tensors();
}

nlohmann::json readConfig(const std::string& path) {
  std::ifstream file(path);
  auto value = nlohmann::json::parse(file, nullptr, false);
  if (value.is_discarded())
    throw Error(ErrorKind::kNotFound, "cannot read " + path + "; run the earlier stages of train-base first");
  return value;
}

void writeConfig(const std::string& path, const nlohmann::json& value) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream file(path);
  file << value.dump(2) << "\n";
  if (!file.flush())
    throw Error(ErrorKind::kExhausted, "cannot write " + path + "; is the folder writable, the disk full?");
}

}  // namespace plumbline::training
