#include "core/reward/clip_answers.h"

#include <filesystem>
#include <numeric>

#include "core/types/error.h"
#include "core/weights/safetensors.h"

namespace plumbline::reward {
namespace {

constexpr double kLeastShare = 1e-4;

class Answers {
 public:
  explicit Answers(const std::string& path) : file_(SafetensorsFile::open(path)) {}

  at::Tensor take(const std::string& name, at::IntArrayRef shape) const {
    if (!file_.contains(name)) misfit();
    auto tensor = file_.tensor(name).to(at::kFloat);
    if (tensor.sizes() != shape) misfit();
    return tensor;
  }

  // Folders of before the model's own drawings were learnt say nothing about them.
  at::Tensor both(const std::string& part, at::IntArrayRef shape) const {
    const std::string drawn = "drawn." + part;
    return at::cat(
        {take("corrupted." + part, shape), file_.contains(drawn) ? take(drawn, shape) : at::zeros(shape)});
  }

  nn::SideReader reader(const std::string& name, std::int64_t width, std::int64_t sides,
                        std::int64_t answers) const {
    nn::SideReader reader(width, sides, answers);
    torch::NoGradGuard noGrad;
    for (auto& item : reader->named_parameters()) {
      item.value().copy_(take(name + "." + item.key(), item.value().sizes()));
      item.value().set_requires_grad(false);
    }
    return reader;
  }

  const SafetensorsFile& file() const { return file_; }

  [[noreturn]] void misfit() const {
    throw Error(ErrorKind::kCorrupt,
                file_.path() + " does not fit the clip beside it; take both from one training");
  }

 private:
  SafetensorsFile file_;
};

}  // namespace

ClipAnswers::ClipAnswers(const std::string& clipFolder, std::int64_t visionWidth, std::int64_t textWidth)
    : anomalyWeight_(at::zeros({kAnomalies, visionWidth})),
      anomalyBias_(at::zeros({kAnomalies})),
      degradedWeight_(at::zeros({2, visionWidth})),
      degradedBias_(at::zeros({2})) {
  const std::string path = clipFolder + "/patch_tasks.safetensors";
  if (!std::filesystem::exists(path)) return;
  const Answers answers(path);
  anomalyWeight_ = answers.both("weight", {1, visionWidth});
  anomalyBias_ = answers.both("bias", {1});
  degradedWeight_ = answers.take("degraded.weight", {2, visionWidth});
  degradedBias_ = answers.take("degraded.bias", {2});
  if (!answers.file().contains("questions")) return;
  const at::Tensor sizes = answers.take("questions", {kQuestions}).to(at::kLong);
  for (std::int64_t i = 0; i < kQuestions; ++i) questions_.push_back(sizes[i].item<std::int64_t>());
  if (sizes.min().item<std::int64_t>() < 1) answers.misfit();
  const std::string embedding = "picture_reader.side_embedding";
  if (!answers.file().contains(embedding)) answers.misfit();
  const auto& shape = answers.file().entry(embedding).shape;
  if (shape.size() != 2) answers.misfit();
  sides_ = shape[0];
  captions_ = answers.reader("caption_reader", textWidth, sides_, this->answers());
  pictures_ = answers.reader("picture_reader", visionWidth, sides_, this->answers());
}

std::int64_t ClipAnswers::answers() const {
  return std::accumulate(questions_.begin(), questions_.end(), std::int64_t(0));
}

at::Tensor ClipAnswers::anomaly(const at::Tensor& patches) const {
  return at::linear(patches, anomalyWeight_, anomalyBias_);
}

at::Tensor ClipAnswers::degraded(const at::Tensor& pooled) const {
  return at::linear(pooled, degradedWeight_, degradedBias_);
}

at::Tensor ClipAnswers::read(const nn::SideReader& reader, const at::Tensor& features) const {
  if (questions_.empty()) return at::zeros({features.size(0), sides_, 0}, features.options());
  std::vector<at::Tensor> parts;
  for (const at::Tensor& logits : reader->forward(features).split_with_sizes(questions_, -1))
    parts.push_back(at::log_softmax(logits, -1));
  return at::cat(parts, -1);
}

at::Tensor ClipAnswers::shown(const at::Tensor& patches) const {
  return read(pictures_, patches);
}

at::Tensor ClipAnswers::asked(const at::Tensor& hidden) const {
  return read(captions_, hidden).exp();
}

void ClipAnswers::addTo(Sha256& hash) const {
  const auto add = [&](const std::string& name, const at::Tensor& tensor) {
    const auto values = tensor.contiguous();
    hash.update(name.data(), name.size());
    hash.update(values.data_ptr(), std::size_t(values.numel()) * sizeof(float));
  };
  add("anomaly", at::cat({anomalyWeight_, anomalyBias_.unsqueeze(1)}, 1));
  add("degraded", at::cat({degradedWeight_, degradedBias_.unsqueeze(1)}, 1));
  if (questions_.empty()) return;
  hash.update(questions_.data(), questions_.size() * sizeof(std::int64_t));
  for (const auto& item : captions_->named_parameters()) add("captions." + item.key(), item.value());
  for (const auto& item : pictures_->named_parameters()) add("pictures." + item.key(), item.value());
}

at::Tensor readingFeatures(const at::Tensor& shown, const at::Tensor& asked,
                           const std::vector<std::int64_t>& questions) {
  if (questions.empty()) return at::zeros({shown.size(0), 2 * kQuestions}, shown.options());
  const auto seen = shown.split_with_sizes(questions, -1), wanted = asked.split_with_sizes(questions, -1);
  std::vector<at::Tensor> features;
  for (std::size_t q = 0; q < questions.size(); ++q) {
    const auto& p = wanted[q];
    const auto apart = (p * (p.clamp_min(kLeastShare).log() - seen[q])).sum(-1).clamp_min(0);  // b m
    features.push_back(-at::log1p(apart.mean(1)));
    features.push_back(-at::log1p(apart.amax(1)));
  }
  return at::stack(features, 1);
}

}  // namespace plumbline::reward
