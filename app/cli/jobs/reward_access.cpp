#include "app/cli/jobs/reward_access.h"

#include "app/cli/host/engine.h"
#include "app/cli/host/project_model.h"
#include "app/cli/stored_picture.h"

namespace plumbline {
namespace {

// Pictures are read and turned into features in pieces, so that memory stays flat and a stop loses little.
constexpr std::size_t kPiece = 32;

}  // namespace

std::optional<LoadedReward> loadReward(Project& project, Engine& engine, std::int64_t id) {
  const auto row = id > 0 ? project.rewardModels().find(id) : project.rewardModels().latest();
  if (!row) {
    if (id > 0)
      throw Error(ErrorKind::kNotFound, "no reward model " + std::to_string(id) + " in this project");
    return std::nullopt;
  }
  const auto features = engine.features(projectModelPath(project));
  LoadedReward loaded{*row, reward::RewardModel::load((project.folder() / row->path).string(), features)};
  if (loaded.model.version() != row->version) {
    throw Error(ErrorKind::kCorrupt, "the reward model in " + row->path +
                                         " is not the one that was trained (" + row->version +
                                         "); train a reward again");
  }
  return loaded;
}

std::map<std::string, std::vector<float>> pictureVectors(
    job_kind::Work& work, const reward::FeatureExtractor& extractor,
    const std::vector<reward::LabelledPicture>& pictures) {
  std::map<std::string, std::vector<float>> vectors;
  std::vector<std::string> images;
  for (const reward::LabelledPicture& picture : pictures) images.push_back(picture.image);
  for (auto& [hash, feature] : work.project.features().get(extractor.version(), images)) {
    vectors[hash] = std::move(feature.values);
  }
  std::vector<reward::LabelledPicture> missing;
  for (const reward::LabelledPicture& picture : pictures) {
    if (!vectors.contains(picture.image)) missing.push_back(picture);
  }
  for (std::size_t begin = 0; begin < missing.size(); begin += kPiece) {
    throwIfStopped(work.stop);
    work.sink.progress("features", std::int64_t(begin), std::int64_t(missing.size()));
    std::vector<std::string> names, prompts;
    std::vector<Picture> loaded;
    for (std::size_t i = begin; i < std::min(begin + kPiece, missing.size()); ++i) {
      try {
        loaded.push_back(loadStoredPicture(work.project, missing[i].image));
        names.push_back(missing[i].image);
        prompts.push_back(missing[i].prompt);
      } catch (const Error& error) {
        work.sink.warning(error.message());
      }
    }
    if (loaded.empty()) continue;
    SilentSink silent;
    const auto computed = extractor.compute(loaded, prompts, silent, work.stop);
    std::map<std::string, Feature> rows;
    for (std::size_t i = 0; i < names.size(); ++i) {
      rows[names[i]] = {{std::int64_t(computed[i].size())}, computed[i]};
      vectors[names[i]] = computed[i];
    }
    work.project.features().put(extractor.version(), rows);
  }
  return vectors;
}

}  // namespace plumbline
