#include "app/cli/jobs/query_pool.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "app/cli/catalog.h"
#include "app/cli/host/engine.h"
#include "app/cli/jobs/reward_access.h"
#include "core/tensor/noise.h"
#include "core/types/sha256.h"

namespace plumbline {
namespace {

std::string keyOf(const std::string& type, std::vector<std::string> images) {
  std::sort(images.begin(), images.end());
  std::string key = type;
  for (const std::string& image : images) key += " " + image;
  return key;
}

struct Asking {
  job_kind::Work& work;
  const QueryBatch& batch;
  std::set<std::string> asked;
  std::map<std::int64_t, std::vector<std::string>> byPrompt;  // pictures of each labelled prompt
  std::map<std::int64_t, Prompt> prompts;
  std::optional<LoadedReward> reward;
  std::map<std::string, PicturePosterior> posteriors;
  std::map<std::string, std::vector<float>> places;
};

struct Option {
  std::string type;
  std::vector<std::string> images;
  std::int64_t prompt = 0;
};

void readPictures(Asking& asking) {
  Project& project = asking.work.project;
  for (const Prompt& prompt : project.prompts().list("train")) asking.prompts[prompt.id] = prompt;
  ImageFilter filter;
  filter.state = ImageState::kOk;
  if (asking.batch.model) filter.model = asking.batch.model;
  filter.order = ImageOrder::kByNoise;
  for (const ImageRow& image : project.images().list(filter)) {
    if (image.prompt && asking.prompts.contains(*image.prompt))
      asking.byPrompt[*image.prompt].push_back(image.hash);
  }
  for (const QueryRow& query : project.queries().list()) asking.asked.insert(keyOf(query.type, query.images));
}

std::vector<Option> optionsOf(const Asking& asking, const std::string& type,
                              std::size_t most = kLargestPool) {
  const int shown = asking.work.project.queryTypes().get(type).images;
  std::vector<Option> options;
  const auto add = [&](std::int64_t prompt, std::vector<std::string> images) {
    const std::string key = keyOf(type, images);
    if (asking.asked.contains(key)) return;
    // Which picture is on the left is drawn, not the order of making: people prefer a side.
    if (images.size() == 2 && (sha256(key)[0] & 1)) std::swap(images[0], images[1]);
    options.push_back({type, std::move(images), prompt});
  };
  for (const auto& [prompt, images] : asking.byPrompt) {
    for (std::size_t i = 0; i < images.size(); ++i) {
      if (shown == 1) add(prompt, {images[i]});
      for (std::size_t j = i + 1; shown == 2 && j < images.size(); ++j) add(prompt, {images[i], images[j]});
    }
  }
  if (options.size() > most) {
    NoiseStream stream(asking.batch.selection.seed, 0, 0, NoisePurpose::kChoice);
    std::vector<Option> kept;
    for (const std::int64_t i : stream.permutation(options.size())) {
      if (kept.size() < most) kept.push_back(std::move(options[std::size_t(i)]));
    }
    options = std::move(kept);
  }
  return options;
}

void believe(Asking& asking, const std::vector<Option>& options) {
  if (!asking.reward) return;
  std::vector<reward::LabelledPicture> missing;
  for (const Option& option : options) {
    for (const std::string& image : option.images) {
      if (!asking.posteriors.try_emplace(image).second) continue;
      missing.push_back({image, asking.prompts.at(option.prompt).text});
    }
  }
  const reward::FeatureExtractor& extractor = *asking.reward->model.features();
  const auto vectors = pictureVectors(asking.work, extractor, missing);
  constexpr std::size_t kPiece = 64;
  for (std::size_t begin = 0; begin < missing.size(); begin += kPiece) {
    std::vector<const std::vector<float>*> rows;
    std::vector<std::string> names, texts;
    for (std::size_t i = begin; i < std::min(begin + kPiece, missing.size()); ++i) {
      const auto found = vectors.find(missing[i].image);
      if (found == vectors.end()) continue;
      rows.push_back(&found->second);
      names.push_back(missing[i].image);
      texts.push_back(missing[i].prompt);
    }
    if (rows.empty()) continue;
    const reward::PictureFeatures features = extractor.fromVectors(rows);
    const auto beliefs = asking.reward->model.posterior(features, texts);
    for (std::size_t i = 0; i < names.size(); ++i) {
      asking.posteriors[names[i]] = beliefs[i];
      const at::Tensor place = features.embedding[std::int64_t(i)].contiguous();
      asking.places[names[i]].assign(place.data_ptr<float>(), place.data_ptr<float>() + place.numel());
    }
  }
}

acquisition::Pool poolOf(const Asking& asking, const std::vector<Option>& options) {
  acquisition::Pool pool;
  if (asking.reward) {
    pool.answers = asking.reward->model.answerModel();
    pool.modelVersion = asking.reward->row.version;
  }
  for (const Option& option : options) {
    acquisition::Candidate candidate;
    candidate.id = keyOf(option.type, option.images);
    candidate.type = option.type;
    candidate.prompt = asking.prompts.at(option.prompt).text;
    for (const std::string& image : option.images) {
      const auto place = asking.places.find(image);
      if (place == asking.places.end()) continue;
      candidate.pictures.push_back(asking.posteriors.at(image));
      candidate.features.resize(place->second.size(), 0.0f);
      for (std::size_t i = 0; i < place->second.size(); ++i) {
        candidate.features[i] += place->second[i] / float(option.images.size());
      }
    }
    if (candidate.pictures.size() != option.images.size()) candidate.pictures.clear();
    pool.candidates.push_back(std::move(candidate));
  }
  return pool;
}

std::vector<QueryRow> choose(Asking& asking, const std::string& type, std::int64_t count) {
  const std::vector<Option> options = optionsOf(asking, type);
  believe(asking, options);
  SelectionSettings selection = asking.batch.selection;
  if (!asking.reward) selection.acquisition = "random";
  const auto picks = selectQueries(asking.work.catalog.acquisitions, poolOf(asking, options),
                                   std::size_t(count), selection, asking.work.sink, asking.work.stop);
  std::vector<QueryRow> rows;
  for (const acquisition::Pick& pick : picks) {
    const Option& option = options[pick.index];
    QueryRow row;
    row.type = type;
    row.images = option.images;
    row.settings = asking.batch.settings;
    if (type == "binary") row.settings["criterion"] = "overall";
    row.prompt = option.prompt;
    row.round = asking.batch.round;
    row.acquisition = pick.acquisition;
    row.score = pick.score;
    row.modelVersion = pick.modelVersion;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::vector<std::string> QueryMix::plan(std::int64_t count) const {
  double sum = 0;
  for (const auto& [type, share] : shares) sum += share;
  std::map<std::string, double> given;
  std::vector<std::string> types;
  for (std::int64_t i = 0; i < count; ++i) {
    // The type that lags furthest behind its share comes next.
    std::string next;
    double furthest = -1e300;
    for (const auto& [type, share] : shares) {
      const double lag = share / sum * double(i + 1) - given[type];
      if (share > 0 && lag > furthest) {
        furthest = lag;
        next = type;
      }
    }
    given[next] += 1;
    types.push_back(next);
  }
  return types;
}

QueryMix QueryMix::fromShares(const std::map<std::string, double>& shares,
                              const query_type::Registry& types) {
  double sum = 0;
  for (const auto& [type, share] : shares) {
    types.get(type);
    if (!(share >= 0) || share > 1e9)
      throw Error(ErrorKind::kInvalidInput, "the share of '" + type + "' must not be negative");
    sum += share;
  }
  if (!(sum > 0))
    throw Error(ErrorKind::kInvalidInput,
                "the mix of query types is empty; give for example pair=3,binary=1");
  return {shares};
}

std::size_t countOptions(job_kind::Work& work, const std::string& type, std::int64_t model) {
  QueryBatch batch;
  batch.model = model;
  Asking asking{work, batch, {}, {}, {}, {}, {}, {}};
  readPictures(asking);
  return optionsOf(asking, type, std::numeric_limits<std::size_t>::max()).size();
}

std::vector<std::int64_t> askNext(job_kind::Work& work, const QueryBatch& batch) {
  Asking asking{work, batch, {}, {}, {}, {}, {}, {}};
  readPictures(asking);
  if (batch.selection.acquisition != "random") {
    try {
      asking.reward = loadReward(work.project, work.engine, batch.rewardModel);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kCancelled) throw;
      // People must never be left without something to label.
      work.sink.warning("the reward model is not used: " + error.message());
    }
  }
  std::map<std::string, std::vector<QueryRow>> chosen;
  QueryMix mix;
  std::int64_t total = 0;
  for (const auto& [type, count] : batch.counts) {
    if (count <= 0) continue;
    chosen[type] = choose(asking, type, count);
    std::reverse(chosen[type].begin(), chosen[type].end());
    mix.shares[type] = double(chosen[type].size());
    total += std::int64_t(chosen[type].size());
  }
  if (total == 0) return {};
  std::vector<QueryRow> rows;
  for (const std::string& type : mix.plan(total)) {
    std::vector<QueryRow>& from = chosen.at(type);
    if (from.empty()) continue;
    rows.push_back(std::move(from.back()));
    from.pop_back();
  }
  return work.project.queries().enqueue(rows);
}

}  // namespace plumbline
