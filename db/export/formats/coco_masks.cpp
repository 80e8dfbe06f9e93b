#include <algorithm>

#include "core/types/coco_rle.h"
#include "db/atomic_file.h"
#include "db/export/export_format.h"
#include "db/export/picture_copies.h"
#include "db/project.h"

namespace plumbline::export_format {
namespace {

struct Config {
  std::string source = "all";
  std::string split;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = [] {
    ConfigSchema<Config> s;
    s.choice("source", &Config::source, {"all", "person", "simulated", "machine"}, "Whose masks.");
    s.text("split", &Config::split, "Only prompts of this split; empty for all.");
    return s;
  }();
  return kSchema;
}

struct Box {
  int x, y, width, height;
};

// As COCO means it: [x, y, width, height] of the painted pixels; all zero for an empty mask.
Box boundingBox(const Mask& mask) {
  int left = mask.width, top = mask.height, right = -1, bottom = -1;
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      if (!mask.at(x, y)) continue;
      left = std::min(left, x);
      right = std::max(right, x);
      top = std::min(top, y);
      bottom = std::max(bottom, y);
    }
  }
  if (right < 0) return {0, 0, 0, 0};
  return {left, top, right - left + 1, bottom - top + 1};
}

class Export {
 public:
  Export(Project& project, const Config& config, ProgressSink& sink, std::stop_token stop)
      : project_(project), config_(config), sink_(sink), stop_(std::move(stop)) {}

  ExportResult write(const std::filesystem::path& outPath) {
    StagedOutput staged(outPath, StagedOutput::Kind::kFolder);
    PictureCopies pictures(project_, staged.path());
    ObservationFilter filter;
    filter.kind = "region";
    filter.split = config_.split;
    if (config_.source != "all") filter.source = config_.source;
    const auto rows = project_.observations().current(filter);
    for (const char* category : kRegionCategories) categoryId(category);
    std::int64_t done = 0;
    for (const ObservationRow& row : rows) {
      throwIfStopped(stop_);
      addRow(row, pictures);
      sink_.progress("masks", ++done, static_cast<std::int64_t>(rows.size()));
    }
    const Json file = {{"info", {{"description", "regions marked in generated pictures"}}},
                       {"images", images_},
                       {"annotations", annotations_},
                       {"categories", categories_}};
    writePlain(staged.path() / "annotations.json", file.dump(1) + "\n");
    staged.commit();
    result_.path = outPath;
    result_.counts["images"] = pictures.copied();
    result_.counts["masks"] = static_cast<std::int64_t>(annotations_.size());
    result_.counts["damaged_images"] = pictures.damaged();
    result_.counts["skipped_masks"] = skipped_;
    return std::move(result_);
  }

 private:
  std::int64_t categoryId(const std::string& name) {
    const auto [at, isNew] = categoryIds_.emplace(name, static_cast<std::int64_t>(categoryIds_.size()) + 1);
    if (isNew) categories_.push_back({{"id", at->second}, {"name", name}, {"supercategory", "fault"}});
    return at->second;
  }

  std::int64_t imageId(const std::string& hash, const std::string& prompt) {
    const auto [at, isNew] = imageIds_.emplace(hash, static_cast<std::int64_t>(imageIds_.size()) + 1);
    if (isNew) {
      const auto image = project_.images().find(hash);
      images_.push_back({{"id", at->second},
                         {"file_name", PictureCopies::relativePath(hash)},
                         {"width", image->width},
                         {"height", image->height},
                         {"prompt", prompt}});
    }
    return at->second;
  }

  // A picture in which somebody looked and found nothing is listed without annotations.
  void addRow(const ObservationRow& row, PictureCopies& pictures) {
    const auto& region = std::get<Region>(row.observation);
    if (!pictures.take(region.image)) {
      ++skipped_;
      return;
    }
    const std::int64_t image = imageId(region.image, row.promptText);
    if (region.mask.is_null()) return;
    const Mask mask = cocoDecode(region.mask);
    const Box box = boundingBox(mask);
    annotations_.push_back({{"id", static_cast<std::int64_t>(annotations_.size()) + 1},
                            {"image_id", image},
                            {"category_id", categoryId(region.category)},
                            {"segmentation", cocoEncode(mask)},
                            {"area", mask.area()},
                            {"bbox", {box.x, box.y, box.width, box.height}},
                            {"iscrowd", 0},
                            {"annotator_id", row.annotator}});
  }

  Project& project_;
  const Config& config_;
  ProgressSink& sink_;
  std::stop_token stop_;
  ExportResult result_;
  std::map<std::string, std::int64_t> imageIds_, categoryIds_;
  Json images_ = Json::array(), annotations_ = Json::array(), categories_ = Json::array();
  std::int64_t skipped_ = 0;
};

ExportResult write(Project& project, const std::filesystem::path& outPath, const Json& settings,
                   ProgressSink& sink, std::stop_token stop) {
  const Config config = schema().fromJson(settings);
  return Export(project, config, sink, std::move(stop)).write(outPath);
}

}  // namespace

void register_coco_masks(Registry& registry) {
  Format format;
  format.descriptor = {
      "coco_masks",
      "COCO masks",
      "A folder with annotations.json in COCO's form (compressed run-length masks, one annotation per "
      "painted region and annotator) and the pictures. Pictures without a fault are listed without "
      "annotations.",
      "none",
      1,
      schema().schema(),
      {{"file", false}, {"suffix", ""}, {"lossy", true}}};
  format.write = write;
  registry.add(std::move(format));
}

}  // namespace plumbline::export_format
