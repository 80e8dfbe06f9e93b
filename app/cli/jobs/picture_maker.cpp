#include "app/cli/jobs/picture_maker.h"

#include <map>

#include "app/cli/host/engine.h"
#include "app/cli/host/project_model.h"
#include "core/image/png.h"

namespace plumbline {

PictureMaker::PictureMaker(job_kind::Work& work, const DrawingConfig& config, std::int64_t run)
    : work_(work), config_(config) {
  const std::filesystem::path folder = projectModelPath(work.project);
  generator_ = &work.engine.generator(folder);
  ModelRow row;
  row.name = folder.filename().string();
  row.path = folder.string();
  row.hash = generator_->model().hash;
  if (run > 0) {
    const std::filesystem::path file = runAdapter(work.project, run);
    adapter_ = work.engine.adapter(folder, file);
    row.name += " + run " + std::to_string(run);
    row.adapters.push_back({{"name", "run " + std::to_string(run)},
                            {"path", std::filesystem::relative(file, work.project.folder()).string()},
                            {"run", run},
                            {"strength", 1.0}});
  }
  model_ = work.project.models().ensure(row);
}

std::optional<std::string> PictureMaker::existing(const PictureOrder& order) {
  ImageFilter filter;
  filter.prompt = order.prompt;
  filter.model = model_;
  filter.state = ImageState::kOk;
  for (const ImageRow& row : work_.project.images().list(filter)) {
    if (std::uint64_t(row.seed) == order.seed && std::uint64_t(row.imageIndex) == order.index &&
        drawSettingsOf(row) == config_ && row.negativePrompt == config_.negativePrompt) {
      return row.hash;
    }
  }
  return std::nullopt;
}

SampleRequest PictureMaker::request(const PictureOrder& order) const {
  SampleRequest request{config_};
  request.prompt = order.text;
  request.negativePrompt = config_.negativePrompt;
  request.seed = order.seed;
  request.imageIndex = order.index;
  if (!adapter_.empty()) request.adapters[adapter_] = 1.0;
  return request;
}

NewImage PictureMaker::newImage(const PictureOrder& order, const Picture& picture) const {
  ImageRow row;
  row.prompt = order.prompt;
  row.model = model_;
  row.negativePrompt = config_.negativePrompt;
  row.seed = std::int64_t(order.seed);
  row.imageIndex = std::int64_t(order.index);
  row.sampler = config_.sampler;
  row.steps = config_.steps;
  row.guidance = config_.guidance;
  row.fingerprint = work_.engine.fingerprint();
  row.extra = {{"eta", config_.eta},
               {"guidance_start", config_.guidanceStart},
               {"micro_batch", generator_->microBatch()}};
  return {encodePng(picture), row};
}

std::vector<std::string> PictureMaker::make(const std::vector<PictureOrder>& orders) {
  std::vector<std::string> hashes(orders.size());
  std::vector<std::size_t> missing;
  std::vector<SampleRequest> requests;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (const auto hash = existing(orders[i])) {
      hashes[i] = *hash;
      continue;
    }
    missing.push_back(i);
    requests.push_back(request(orders[i]));
  }
  if (requests.empty()) return hashes;
  const auto run = generator_->start(std::move(requests));
  for (bool more = true; more;) {
    throwIfStopped(work_.stop);
    work_.sink.progress("drawing", run->done(), run->total());
    more = run->step();
    // A micro-batch is there whole or not at all: what was left of one would be drawn beside others, and not
    // to the bit as it would have been.
    const auto finished = run->takeFinished();
    if (finished.empty()) continue;
    std::vector<NewImage> images;
    for (const auto& [index, picture] : finished) images.push_back(newImage(orders[missing[index]], picture));
    const std::vector<std::string> stored = work_.project.images().add(images);
    for (std::size_t k = 0; k < stored.size(); ++k) hashes[missing[finished[k].first]] = stored[k];
  }
  work_.sink.progress("drawing", run->total(), run->total());
  return hashes;
}

DrawSettings drawSettingsOf(const ImageRow& row) {
  return {row.steps, row.guidance, row.sampler, row.extra.value("eta", 0.0),
          row.extra.value("guidance_start", 0.0)};
}

std::filesystem::path runAdapter(Project& project, std::int64_t run) {
  const auto row = project.runs().find(run);
  if (!row) throw Error(ErrorKind::kNotFound, "no run " + std::to_string(run) + " in this project");
  const auto adapter = project.runs().latestCheckpoint(run, "adapter");
  if (!adapter) {
    throw Error(ErrorKind::kNotFound,
                "run " + std::to_string(run) + " has not handed over an adapter; let it finish first");
  }
  return project.folder() / adapter->path;
}

}  // namespace plumbline
