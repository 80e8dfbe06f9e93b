#include "core/reward/region_training.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "core/tensor/noise.h"
#include "core/tensor/picture_tensor.h"

namespace plumbline::reward {
namespace {

constexpr int kNets = 4;
constexpr int64_t kBatch = 20;
constexpr double kLearningRate = 4e-3;
constexpr int kMostRepeats = 4;  // of a picture in an epoch

// Features and targets of painted pictures; variant v of picture i is row i * variants + v.
struct RegionData {
  at::Tensor tokens, anomaly, pixels;  // n s d, n s kAnomalies, n m g g
  at::Tensor maps, known;              // n k g g, n k
  std::vector<int> folds;              // of each picture
  std::vector<int> repeats;            // in an epoch; 0 where nothing was painted
  int64_t variants = 1;
  int64_t pictures() const { return int64_t(folds.size()); }
};

at::Tensor moved(const at::Tensor& image, int64_t dx, int64_t dy, bool mirrored) {
  const int64_t pad = std::max(std::abs(dx), std::abs(dy));
  auto x = image.unsqueeze(0);
  if (pad > 0) {
    const auto h = x.size(2), w = x.size(3);
    x = at::reflection_pad2d(x, {pad, pad, pad, pad})
            .slice(2, pad + dy, pad + dy + h)
            .slice(3, pad + dx, pad + dx + w);
  }
  return (mirrored ? x.flip(3) : x).squeeze(0).contiguous();
}

// What is wrong stays wrong in other colours: a map that told it by its colour alone would have a generator
// recolour it instead of leaving it out.
at::Tensor recoloured(const at::Tensor& image, NoiseStream& random) {
  const auto order = random.permutation(std::size_t(image.size(0)));
  return image.index_select(0, torch::tensor(order, at::kLong));
}

// k H W: the mean of what was painted per category, over the people who painted it.
at::Tensor paintedMap(const PaintedPicture& painted, int64_t height, int64_t width) {
  auto map = at::zeros({int64_t(std::size(kRegionCategories)), height, width});
  for (std::size_t k = 0; k < std::size(kRegionCategories); ++k) {
    const auto found = painted.masks.find(kRegionCategories[k]);
    if (found == painted.masks.end()) continue;
    for (const Mask& mask : found->second) {
      if (mask.width != width || mask.height != height) {
        throw Error(ErrorKind::kCorrupt,
                    "a mask has another size than its picture; run check on the project");
      }
      map[int64_t(k)] += maskTensor(mask)[0] / double(found->second.size());
    }
  }
  return map;
}

// How many pictures show each category.
std::map<std::string, int> paintedCategories(const ObservationTable& table) {
  std::map<std::string, int> counts;
  for (const auto& painted : table.painted) {
    for (const auto& [category, masks] : painted.masks) ++counts[category];
  }
  return counts;
}

// What is painted on few pictures comes as often as what is painted on many, within reason: a single mask may
// be a mistake, and is not shown more often than it was painted.
int repeatsOf(const PaintedPicture& painted, const std::map<std::string, int>& counts) {
  int most = 0, fewest = 0;
  for (const auto& [category, count] : counts) most = std::max(most, count);
  for (const auto& [category, masks] : painted.masks) {
    const int count = counts.at(category);
    fewest = fewest == 0 ? count : std::min(fewest, count);
  }
  return fewest == 0 ? 0 : std::min({int(std::lround(double(most) / fewest)), fewest, kMostRepeats});
}

RegionData loadRegionData(const FeatureExtractor& features, const ObservationTable& table,
                          const std::function<Picture(const std::string&)>& load, const RewardConfig& config,
                          const std::stop_token& stop) {
  torch::NoGradGuard noGrad;
  RegionData data;
  data.variants = 1 + config.augmentations;
  const auto counts = paintedCategories(table);
  std::vector<at::Tensor> tokens, anomalies, pixels, maps;
  for (const PaintedPicture& painted : table.painted) {
    throwIfStopped(stop);
    const auto& picture = table.pictures[std::size_t(painted.picture)];
    const auto image = toTensor(load(picture.image));
    const auto map = paintedMap(painted, image.size(1), image.size(2));
    const int64_t reach = image.size(2) / 10;
    NoiseStream random(std::uint64_t(config.seed), std::uint64_t(painted.picture), 0, NoisePurpose::kChoice);
    std::vector<at::Tensor> images;
    for (int64_t v = 0; v < data.variants; ++v) {
      const int64_t dx = v == 0 ? 0 : int64_t(random.below(std::uint64_t(2 * reach + 1))) - reach;
      const int64_t dy = v == 0 ? 0 : int64_t(random.below(std::uint64_t(2 * reach + 1))) - reach;
      const bool mirrored = v % 2 == 1;
      const at::Tensor shown =
          v > 0 && random.uniform() < config.recolouredShare ? recoloured(image, random) : image;
      images.push_back(moved(shown, dx, dy, mirrored));
      maps.push_back(cellShares(moved(map, dx, dy, mirrored), features.gridSize(), config.overpaint));
    }
    const auto seen = features.pictures(at::stack(images));
    tokens.push_back(seen.tokens);
    anomalies.push_back(seen.anomaly);
    pixels.push_back(seen.pixels);
    data.folds.push_back(table.folds[std::size_t(painted.picture)]);
    data.repeats.push_back(repeatsOf(painted, counts));
  }
  data.tokens = at::cat(tokens);
  data.anomaly = at::cat(anomalies);
  data.pixels = at::cat(pixels);
  data.maps = at::stack(maps);
  data.known = at::ones({data.maps.size(0), data.maps.size(1)});
  return data;
}

reward_head::HeadInput headInput(RegionNet& net, const RegionData& data, const at::Tensor& rows) {
  reward_head::HeadInput input;
  input.logits = net->forward(data.tokens.index_select(0, rows), data.anomaly.index_select(0, rows),
                              data.pixels.index_select(0, rows));
  input.regions = {at::arange(rows.size(0), at::kLong), data.maps.index_select(0, rows),
                   data.known.index_select(0, rows)};
  return input;
}

// Overlap of cells above one half with cells painted by more than half, summed over pictures: k intersection,
// k union.
struct Overlap {
  at::Tensor both, either;
};

Overlap overlap(const at::Tensor& logits, const at::Tensor& maps) {
  const auto said = (logits > 0).to(at::kFloat), painted = (maps > 0.5).to(at::kFloat);
  const auto both = (said * painted).sum({0, 2, 3});
  return {both, said.sum({0, 2, 3}) + painted.sum({0, 2, 3}) - both};
}

class RegionTrainer {
 public:
  RegionTrainer(const FeatureExtractor& features, const RegionData& data, const RewardConfig& config,
                int number)
      : data_(data),
        config_(config),
        number_(number),
        net_(freshRegionNet(features, std::uint64_t(config.seed) * 31 + std::uint64_t(number))) {
    reward_head::Registry heads("reward head");
    reward_head::registerAll(heads);
    const auto& head = heads.get("region");
    head_ = head.create(head.descriptor.parameters.complete(Json::object()));
    for (int64_t i = 0; i < data.pictures(); ++i) {
      (data.folds[std::size_t(i)] % kNets == number ? heldOut_ : training_).push_back(i);
    }
    // With hardly anything to learn from, everything is needed.
    if (training_.size() < 4) {
      training_.insert(training_.end(), heldOut_.begin(), heldOut_.end());
      heldOut_.clear();
    }
  }

  void epoch(torch::optim::Optimizer& optimizer, int number) {
    NoiseStream random(std::uint64_t(config_.seed), std::uint64_t(number_), std::uint64_t(number),
                       NoisePurpose::kShuffle);
    // Every picture with a fault, those with a rare one several times, and as many without: mostly a choice
    // of them, where they are few each several times too.
    std::vector<std::int64_t> faulty, clean;
    for (const auto i : training_) {
      const int repeats = data_.repeats[std::size_t(i)];
      std::vector<std::int64_t>& kind = repeats > 0 ? faulty : clean;
      kind.insert(kind.end(), std::size_t(std::max(repeats, 1)), i);
    }
    std::vector<std::int64_t> pictures = faulty;
    const std::size_t wanted =
        faulty.empty() ? clean.size() : std::min(faulty.size(), std::size_t(kMostRepeats) * clean.size());
    while (pictures.size() < faulty.size() + wanted) {
      for (const std::int64_t i : random.permutation(clean.size())) {
        if (pictures.size() < faulty.size() + wanted) pictures.push_back(clean[std::size_t(i)]);
      }
    }
    std::vector<std::int64_t> rows;
    for (const std::int64_t i : random.permutation(pictures.size())) {
      rows.push_back(pictures[std::size_t(i)] * data_.variants +
                     int64_t(random.below(std::uint64_t(data_.variants))));
    }
    const auto all = torch::tensor(rows, at::kLong);
    for (const auto& part : all.split(kBatch)) {
      optimizer.zero_grad();
      head_->loss(headInput(net_, data_, part)).backward();
      optimizer.step();
    }
  }

  Overlap heldOutOverlap() {
    torch::NoGradGuard noGrad;
    const auto input = headInput(net_, data_, heldOutRows());
    return overlap(input.logits, input.regions.map);
  }
  bool hasHeldOut() const { return !heldOut_.empty(); }
  RegionNet& net() { return net_; }

 private:
  at::Tensor heldOutRows() const { return torch::tensor(heldOut_, at::kLong) * data_.variants; }

  const RegionData& data_;
  const RewardConfig& config_;
  int number_;
  RegionNet net_;
  std::shared_ptr<reward_head::HeadModule> head_;
  std::vector<std::int64_t> training_, heldOut_;
};

void fit(RegionTrainer& trainer, const RewardConfig& config, int first, ProgressSink& progress,
         const std::stop_token& stop) {
  torch::optim::Adam optimizer(trainer.net()->parameters(),
                               torch::optim::AdamOptions(kLearningRate).weight_decay(1e-4));
  for (int epoch = 0; epoch < config.regionEpochs; ++epoch) {
    throwIfStopped(stop);
    const double share = double(epoch) / config.regionEpochs;
    static_cast<torch::optim::AdamOptions&>(optimizer.param_groups()[0].options())
        .lr(kLearningRate * (0.05 + 0.95 * 0.5 * (1 + std::cos(M_PI * share))));
    trainer.epoch(optimizer, epoch);
    progress.progress("region map", first + epoch + 1, std::int64_t(kNets) * config.regionEpochs);
  }
}

}  // namespace

at::Tensor cellShares(const at::Tensor& mask, int64_t grid, double overpaint) {
  const auto width = int64_t(std::lround(overpaint));
  at::Tensor x = mask.unsqueeze(0);
  // What is outside the picture counts as painted, or a mask would shrink at the border too.
  if (width > 0) x = 1 - at::max_pool2d(1 - x, {2 * width + 1, 2 * width + 1}, {1, 1}, {width, width});
  return at::adaptive_avg_pool2d(x, {grid, grid}).squeeze(0);
}

RegionResult trainRegions(const FeatureExtractor& features, const ObservationTable& table,
                          const std::function<Picture(const std::string&)>& load, const RewardConfig& config,
                          ProgressSink& progress, const std::stop_token& stop) {
  RegionResult result;
  const auto painted = paintedCategories(table);
  for (const auto& [category, count] : painted) result.categories.push_back(category);
  result.report = {
      {"pictures", table.painted.size()}, {"categories", result.categories}, {"painted", painted}};
  if (result.categories.empty()) return result;
  const RegionData data = loadRegionData(features, table, load, config, stop);
  Overlap sum{at::zeros(data.maps.size(1)), at::zeros(data.maps.size(1))};
  for (int number = 0; number < kNets; ++number) {
    RegionTrainer trainer(features, data, config, number);
    fit(trainer, config, number * config.regionEpochs, progress, stop);
    if (trainer.hasHeldOut()) {
      const auto o = trainer.heldOutOverlap();
      sum.both += o.both;
      sum.either += o.either;
    }
    trainer.net()->eval();
    for (auto& p : trainer.net()->parameters()) p.set_requires_grad(false);
    result.nets.push_back(trainer.net());
  }
  Json iou = Json::object();
  for (std::size_t k = 0; k < std::size(kRegionCategories); ++k) {
    const double either = sum.either[int64_t(k)].item<double>();
    if (either > 0) iou[kRegionCategories[k]] = sum.both[int64_t(k)].item<double>() / either;
  }
  result.report["epochs"] = config.regionEpochs;
  result.report["heldout_iou"] = iou;
  return result;
}

}  // namespace plumbline::reward
