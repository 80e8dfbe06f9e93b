// Draws pictures for a project and stores each as soon as its micro-batch is done. What is there already is
// not drawn again, so a job that was killed goes on where it was. One thread of one job.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/jobs/job_kind.h"
#include "core/sampling/generator.h"

namespace plumbline {

struct DrawingConfig : DrawSettings {
  std::string negativePrompt;
};

struct PictureOrder {
  std::int64_t prompt = 0;  // row id
  std::string text;
  std::uint64_t seed = 0;
  std::uint64_t index = 0;
};

class PictureMaker {
 public:
  // run 0: the project's generator as it is; else with the adapter that this run handed over.
  PictureMaker(job_kind::Work& work, const DrawingConfig& config, std::int64_t run);

  std::int64_t model() const { return model_; }  // row id of the generator
  // Pictures that are drawn at once: fewer cost as much.
  int microBatch() const { return generator_->microBatch(); }
  // Hashes in the order of the orders.
  std::vector<std::string> make(const std::vector<PictureOrder>& orders);

 private:
  std::optional<std::string> existing(const PictureOrder& order);
  SampleRequest request(const PictureOrder& order) const;
  NewImage newImage(const PictureOrder& order, const Picture& picture) const;

  job_kind::Work& work_;
  DrawingConfig config_;
  Generator* generator_ = nullptr;
  std::string adapter_;
  std::int64_t model_ = 0;
};

// How a stored picture was drawn.
DrawSettings drawSettingsOf(const ImageRow& row);

// The adapter that a finished run handed over. Throws Error(kNotFound) if it has none.
std::filesystem::path runAdapter(Project& project, std::int64_t run);

}  // namespace plumbline
