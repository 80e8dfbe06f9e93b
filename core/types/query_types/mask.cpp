#include <algorithm>
#include <iterator>

#include "core/types/coco_rle.h"
#include "core/types/query_type.h"

namespace plumbline::query_type {
namespace {

std::vector<Observation> observations(const Query& query, const nlohmann::json& value) {
  if (query.images.size() != 1) throw Error(ErrorKind::kInvalidInput, "a mask query needs one image");
  const std::string choice = value.value("choice", "");
  if (choice == "skip") return {};
  if (choice != "done" && choice != "nothing") {
    throw Error(ErrorKind::kInvalidInput, "a mask answer is done, nothing or skip, got '" + choice + "'");
  }
  std::vector<Observation> list;
  const auto regions = choice == "nothing" ? nlohmann::json::array() : value.value("regions", nlohmann::json::array());
  for (const auto& region : regions) {
    const std::string category = region.value("category", "");
    if (std::find(std::begin(kRegionCategories), std::end(kRegionCategories), category) == std::end(kRegionCategories)) {
      throw Error(ErrorKind::kInvalidInput, "unknown region category '" + category + "'");
    }
    cocoDecode(region.at("mask"));  // refuses a broken mask before it is stored
    list.push_back(Region{query.images[0], category, region.at("mask")});
  }
  // Looked and found nothing wrong is as informative as a mask: one empty region, for every category.
  if (list.empty()) list.push_back(Region{query.images[0], "", nullptr});
  return list;
}

}  // namespace

void register_mask(Registry& registry) {
  QueryType type;
  type.descriptor = {"mask", "Where is it wrong?",
                     "One picture; the annotator paints what is unsafe, an artifact, not asked for, or ugly, or says that "
                     "nothing is wrong. An answer names every wrong region it can see, so what is not painted counts as fine.",
                     "arXiv 2312.10240", 1, {}, {{"images", 1}, {"observations", {"region"}}}};
  type.images = 1;
  type.observations = observations;
  registry.add(std::move(type));
}

}  // namespace plumbline::query_type
