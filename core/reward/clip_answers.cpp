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

  // A head as it was trained, frozen.
  template <class Head>
  Head filled(const std::string& name, Head head) const {
    torch::NoGradGuard noGrad;
    for (auto& item : head->named_parameters()) {
      item.value().copy_(take(name + item.key(), item.value().sizes()));
      item.value().set_requires_grad(false);
    }
    return head;
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

ClipAnswers::ClipAnswers(const std::string& clipFolder, const nn::ClipModelImpl& clip)
    : anomalyWeight_(at::zeros({kAnomalies, clip.visionHiddenSize()})),
      anomalyBias_(at::zeros({kAnomalies})),
      degradedWeight_(at::zeros({2, clip.visionHiddenSize()})),
      degradedBias_(at::zeros({2})) {
  const auto visionWidth = clip.visionHiddenSize(), textWidth = clip.textHiddenSize();
  const std::string reader = clipFolder + "/match_reader.safetensors";
  if (std::filesystem::exists(reader))
    match_ = Answers(reader).filled(
        "", nn::MatchReader(visionWidth, textWidth, clip.imageSize() / clip.patchesPerSide()));
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
  captions_ = answers.filled("caption_reader.", nn::SideReader(textWidth, sides_, this->answers()));
  pictures_ = answers.filled("picture_reader.", nn::SideReader(visionWidth, sides_, this->answers()));
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

at::Tensor ClipAnswers::matched(const at::Tensor& pictures, const at::Tensor& patches,
                                const at::Tensor& hidden, const at::Tensor& isWord) const {
  if (match_.is_empty()) return at::zeros({patches.size(0), nn::kMatchAnswers}, patches.options());
  return match_->forward(pictures, patches, hidden.unsqueeze(1), isWord.unsqueeze(1)).squeeze(1);
}

void ClipAnswers::addTo(Sha256& hash) const {
  const auto add = [&](const std::string& name, const at::Tensor& tensor) {
    const auto values = tensor.contiguous();
    hash.update(name.data(), name.size());
    hash.update(values.data_ptr(), std::size_t(values.numel()) * sizeof(float));
  };
  add("anomaly", at::cat({anomalyWeight_, anomalyBias_.unsqueeze(1)}, 1));
  add("degraded", at::cat({degradedWeight_, degradedBias_.unsqueeze(1)}, 1));
  if (!match_.is_empty()) {
    for (const auto& item : match_->named_parameters()) add("match." + item.key(), item.value());
  }
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
