#include <chrono>
#include <cmath>
#include <iterator>

#include "core/reward/calibration.h"
#include "core/reward/member_training.h"
#include "core/reward/region_training.h"
#include "core/reward/reward_model.h"

namespace plumbline {

const ConfigSchema<RewardConfig>& rewardConfigSchema() {
  static const auto kSchema =
      ConfigSchema<RewardConfig>()
          .integer("members", &RewardConfig::members, 1, 32, "",
                   "Members of the ensemble; their spread says what is not known yet")
          .integer("epochs", &RewardConfig::epochs, 1, 5000, "",
                   "Passes over all answers at most; held-out answers stop earlier", true)
          .real("learning_rate", &RewardConfig::learningRate, 1e-5, 1, "",
                "Step size of the heads, in widths of their prior", true)
          .real("prior", &RewardConfig::prior, 0, 1000, "",
                "How firmly weights are held where the first fit of whole parts leaves them: more for few or "
                "noisy answers",
                true)
          .real("residual", &RewardConfig::residual, 0, 10, "",
                "Scale of the free part beside the named features; 0 keeps the score linear", true)
          .real("answer_noise", &RewardConfig::answerNoise, 0, 0.9, "",
                "Share of answers taken to be thoughtless")
          .integer("region_epochs", &RewardConfig::regionEpochs, 1, 5000, "",
                   "Passes over the painted pictures at most", true)
          .integer("augmentations", &RewardConfig::augmentations, 0, 64, "",
                   "Shifted and mirrored copies of every painted picture", true)
          .real("recoloured_share", &RewardConfig::recolouredShare, 0, 1, "",
                "Share of these copies whose colour channels come in any order, so that what is wrong stays "
                "wrong in other colours; 0 where colour alone tells what is wrong",
                true)
          .real("overpaint", &RewardConfig::overpaint, 0, 32, "px",
                "How far people paint beyond a fault's edge")
          .integer("seed", &RewardConfig::seed, 0, 1e15, "", "Same seed and answers, same model");
  return kSchema;
}

namespace reward {
namespace {

constexpr int kFewestFolds = 5;
constexpr int64_t kComponents = 8;  // directions kept of the prompt product and of the mean token
constexpr int64_t kLargestBank = 48;
constexpr int64_t kChunk = 64;
constexpr double kSimilarityPrior = 0.5, kWordPrior = 0.15, kReadingPrior = 0.15, kFaultPrior = -0.5,
                 kOddityPrior = -0.25, kDenoisingPrior = -0.05, kMatchPrior = 0.25, kContrastPrior = 0.2,
                 kSharpnessPrior = 0.1;

using Vectors = std::vector<std::vector<float>>;

Vectors pictureVectors(const FeatureExtractor& features, const ObservationTable& table,
                       const TrainingSet& data, ProgressSink& progress, const std::stop_token& stop) {
  Vectors vectors(table.pictures.size());
  for (std::size_t first = 0; first < vectors.size(); first += std::size_t(kChunk)) {
    throwIfStopped(stop);
    std::vector<Picture> missing;
    std::vector<std::string> prompts;
    std::vector<std::size_t> rows;
    for (std::size_t i = first; i < std::min(vectors.size(), first + std::size_t(kChunk)); ++i) {
      const std::string& image = table.pictures[i].image;
      auto cached = data.cached ? data.cached(image) : std::nullopt;
      if (cached && int64_t(cached->size()) == features.vectorSize()) {
        vectors[i] = std::move(*cached);
      } else {
        missing.push_back(data.picture(image));
        prompts.push_back(table.pictures[i].prompt);
        rows.push_back(i);
      }
    }
    SilentSink silent;
    auto computed = features.compute(missing, prompts, silent, stop);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      vectors[rows[i]] = std::move(computed[i]);
      if (data.keep) data.keep(table.pictures[rows[i]].image, vectors[rows[i]]);
    }
    progress.progress("features", std::int64_t(std::min(vectors.size(), first + std::size_t(kChunk))),
                      std::int64_t(vectors.size()));
  }
  return vectors;
}

// The prompts of all pictures, each encoded once.
class PromptTable {
 public:
  PromptTable(const FeatureExtractor& features, const std::vector<LabelledPicture>& pictures) {
    std::map<std::string, int64_t> numbers;
    for (const auto& p : pictures) numbers.emplace(p.prompt, 0);
    std::vector<std::string> texts;
    for (auto& [text, number] : numbers) number = int64_t(texts.size()), texts.push_back(text);
    all_ = features.prompts(texts);
    std::vector<int64_t> rows;
    for (const auto& p : pictures) rows.push_back(numbers.at(p.prompt));
    rows_ = torch::tensor(rows, at::kLong);
  }

  PromptFeatures slice(int64_t first, int64_t end) const {
    const auto rows = rows_.slice(0, first, end);
    return {all_.embedding.index_select(0, rows), all_.words.index_select(0, rows),
            all_.isWord.index_select(0, rows), all_.asked.index_select(0, rows), all_.questions};
  }
  // Evenly spaced over the sorted prompts.
  at::Tensor bank() const {
    const auto n = all_.embedding.size(0), kept = std::min(n, kLargestBank);
    const auto rows = (at::arange(kept, at::kDouble) * (double(n) / double(kept))).to(at::kLong);
    return all_.embedding.index_select(0, rows).contiguous();
  }

 private:
  PromptFeatures all_;
  at::Tensor rows_;
};

PictureFeatures slice(const FeatureExtractor& features, const Vectors& vectors, int64_t first, int64_t end) {
  std::vector<const std::vector<float>*> rows;
  for (int64_t i = first; i < end; ++i) rows.push_back(&vectors[std::size_t(i)]);
  return features.fromVectors(rows);
}

// The mean of x (n d) and its main directions (d q), each with a sign that does not depend on the solver.
std::pair<at::Tensor, at::Tensor> mainDirections(const at::Tensor& x) {
  const auto mean = x.mean(0), centred = (x - mean).to(at::kDouble);
  const auto q = std::min(kComponents, std::min(x.size(0), x.size(1)));
  const auto covariance = at::matmul(centred.t(), centred) / double(x.size(0));
  const auto vectors = std::get<1>(at::linalg_eigh(covariance));  // ascending
  auto basis = vectors.slice(1, vectors.size(1) - q).flip(1);
  const auto largest = basis.gather(0, basis.abs().argmax(0, /*keepdim=*/true));
  return {mean, (basis * largest.sign()).to(at::kFloat).contiguous()};
}

void fillDirections(FeatureFrame& frame, const FeatureExtractor& features, const Vectors& vectors,
                    const PromptTable& prompts) {
  std::vector<at::Tensor> products, tokens, embeddings;
  const auto n = int64_t(vectors.size());
  for (int64_t first = 0; first < n; first += kChunk) {
    const auto end = std::min(n, first + kChunk);
    const auto pictures = slice(features, vectors, first, end);
    products.push_back(pictures.embedding * prompts.slice(first, end).embedding);
    tokens.push_back(pictures.tokens.mean(1));
    embeddings.push_back(pictures.embedding);
  }
  std::tie(frame.productMean, frame.productBasis) = mainDirections(at::cat(products));
  frame.usualPicture = at::cat(embeddings).mean(0);
  std::tie(frame.tokenMean, frame.tokenBasis) = mainDirections(at::cat(tokens));
}

at::Tensor allFeatures(const FeatureFrame& frame, const FeatureExtractor& features, const Vectors& vectors,
                       const PromptTable& prompts, const std::stop_token& stop) {
  std::vector<at::Tensor> rows;
  const auto n = int64_t(vectors.size());
  for (int64_t first = 0; first < n; first += kChunk) {
    throwIfStopped(stop);
    const auto end = std::min(n, first + kChunk);
    rows.push_back(frame.features(slice(features, vectors, first, end), prompts.slice(first, end)));
  }
  return at::cat(rows);
}

// Before any comparison: what people painted is bad, likeness to the prompt is good, a corrupted look and
// what the generator would not have drawn are bad, contrast and sharpness good.
PriorTerm priorOf(const FeatureFrame& frame, const std::vector<std::string>& paintedCategories) {
  const auto groups = frame.groups();
  const auto count = groups.back().first + groups.back().count;
  PriorTerm prior{at::zeros({count}), at::ones({count}), at::zeros({count}, at::kLong), 0};
  const auto expect = [&](const std::vector<std::int64_t>& features, double mean) {
    for (const std::int64_t feature : features) {
      prior.mean[feature] = mean;
      prior.part[feature] = prior.parts;
    }
    ++prior.parts;
  };
  const auto range = [](std::int64_t first, std::int64_t length, std::int64_t stride = 1) {
    std::vector<std::int64_t> features;
    for (std::int64_t i = 0; i < length; ++i) features.push_back(first + i * stride);
    return features;
  };
  expect({0}, kSimilarityPrior);
  expect({1}, kWordPrior);
  // Of each question the mean over sides, not the worst.
  expect(range(kLikenessFeatures, kQuestions, 2), kReadingPrior);
  expect(range(kLikenessGroup, kMatchFeatures), kMatchPrior);
  for (const FeatureGroup& group : groups) {
    prior.width.slice(0, group.first, group.first + group.count).fill_(group.width);
    const bool painted =
        std::find(paintedCategories.begin(), paintedCategories.end(), group.part) != paintedCategories.end();
    if (painted) expect({group.first}, kFaultPrior);
    if (group.part == "oddity") expect(range(group.first, kAnomalies), kOddityPrior);
    if (group.part == "denoising") expect(range(group.first, group.count), kDenoisingPrior);
    if (group.part == "aesthetics") {
      expect({group.first}, kContrastPrior);
      expect({group.first + 1}, kSharpnessPrior);
    }
  }
  return prior;
}

Json partWeights(const FeatureFrame& frame, const Members& members) {
  std::map<std::string, double> squares;
  const auto mean = members.weight.mean(0);
  for (const FeatureGroup& group : frame.groups()) {
    squares[group.part] +=
        mean.slice(0, group.first, group.first + group.count).square().sum().item<double>();
  }
  Json weights = Json::object();
  for (const auto& [part, square] : squares) weights[part] = std::sqrt(square);
  return weights;
}

Json heldOutReport(const EnsembleResult& result, const ObservationTable& table, double temperature,
                   Json& report) {
  std::vector<double> decided;
  int ties = 0;
  for (const auto& a : result.comparisons) {
    if (a.tie)
      ++ties;
    else
      decided.push_back(temperature * a.difference);
  }
  const auto bins = reliability(decided);
  report["reliability"] = bins;
  report["ece"] = calibrationError(bins);
  report["temperature"] = temperature;
  report["curve"] = result.curve;
  report["epochs"] = result.epochs;
  Json heldOut{{"n", decided.size()},
               {"ties", ties},
               {"levels", result.levelMargins.size()},
               {"accuracy", nullptr},
               {"level_accuracy", nullptr},
               {"agreement_ceiling", nullptr}};
  if (!decided.empty()) heldOut["accuracy"] = agreement(decided);
  if (!result.levelMargins.empty()) heldOut["level_accuracy"] = agreement(result.levelMargins);
  if (const auto ceiling = repeatAgreement(table)) heldOut["agreement_ceiling"] = *ceiling;
  return heldOut;
}

double temperatureOf(const EnsembleResult& result) {
  std::vector<double> decided;
  for (const auto& a : result.comparisons) {
    if (!a.tie) decided.push_back(a.difference);
  }
  // Too few answers say nothing about confidence.
  return decided.size() < 20 ? 1.0 : bestTemperature(decided);
}

Json countsOf(const ObservationTable& table) {
  std::size_t levels = 0;
  for (const auto& [criterion, rows] : table.levels) levels += rows.size();
  return {{"pictures", table.pictures.size()},
          {"comparisons", table.comparisons.size()},
          {"levels", levels},
          {"painted", table.painted.size()}};
}

}  // namespace

RewardModel RewardModel::train(std::shared_ptr<const FeatureExtractor> features, const TrainingSet& data,
                               const RewardConfig& config, ProgressSink& progress,
                               const std::stop_token& stop) {
  const auto start = std::chrono::steady_clock::now();
  const auto table =
      observationTable(data, std::max(kFewestFolds, config.members), std::uint64_t(config.seed));
  if (table.comparisons.empty() && table.levels.empty() && table.painted.empty()) {
    throw Error(ErrorKind::kInvalidInput,
                "there are no answers to learn from yet; answer some queries first");
  }
  const auto vectors = pictureVectors(*features, table, data, progress, stop);
  const auto regions = trainRegions(*features, table, data.picture, config, progress, stop);

  auto net = std::make_shared<RewardNet>();
  FeatureFrame& frame = net->frame;
  at::Tensor inputs;
  {
    torch::NoGradGuard noGrad;
    const PromptTable prompts(*features, table.pictures);
    frame.pixelChannels = features->pixelChannels();
    frame.regions = regions.nets;
    frame.bank = prompts.bank();
    fillDirections(frame, *features, vectors, prompts);
    const auto raw = allFeatures(frame, *features, vectors, prompts, stop);
    frame.mean = raw.mean(0);
    frame.deviation = (raw - frame.mean).square().mean(0).sqrt().clamp_min(1e-3);
    inputs = (raw - frame.mean) / frame.deviation;
  }
  net->paintedCategories = regions.categories;
  const auto prior = priorOf(frame, regions.categories);
  const auto overall = trainMembers(inputs, table, "overall", prior, config, progress, stop);
  net->criteria["overall"] = overall.members;
  for (const auto& [criterion, rows] : table.levels) {
    if (criterion == "overall") continue;
    SilentSink silent;
    net->criteria[criterion] = trainMembers(inputs, table, criterion, prior, config, silent, stop).members;
  }
  net->temperature = temperatureOf(overall);

  Json report{{"config", rewardConfigSchema().toJson(config)},
              {"counts", countsOf(table)},
              {"region", regions.report},
              {"features", features->version()},
              {"weights", partWeights(frame, overall.members)}};
  report["heldout"] = heldOutReport(overall, table, net->temperature, report);
  report["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return RewardModel(std::move(features), std::move(net), std::move(report));
}

}  // namespace reward
}  // namespace plumbline
