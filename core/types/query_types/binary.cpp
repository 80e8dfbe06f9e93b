#include "core/types/query_type.h"

namespace plumbline::query_type {
namespace {

std::vector<Observation> observations(const Query& query, const nlohmann::json& value) {
  if (query.images.size() != 1) throw Error(ErrorKind::kInvalidInput, "a binary query needs one image");
  const std::string choice = value.value("choice", "");
  const std::string criterion =
      query.settings.is_object() ? query.settings.value("criterion", "overall") : "overall";
  if (choice == "good") return {Level{query.images[0], criterion, 1.0}};
  if (choice == "bad") return {Level{query.images[0], criterion, 0.0}};
  if (choice == "skip") return {};
  throw Error(ErrorKind::kInvalidInput, "a binary answer is good, bad or skip, got '" + choice + "'");
}

}  // namespace

void register_binary(Registry& registry) {
  QueryType type;
  ParameterSchema parameters;
  parameters.add(
      {.name = "criterion",
       .type = ParameterType::kText,
       .defaultValue = "overall",
       .help = "What is judged: overall, prompt, aesthetics, artifacts, safety, or the project's own."});
  type.descriptor = {
      "binary",
      "Is this one good?",
      "One picture, one criterion, good or bad. Cheap to answer; unpaired labels as KTO uses them.",
      "arXiv 2404.04465",
      1,
      parameters,
      {{"images", 1}, {"observations", {"level"}}}};
  type.images = 1;
  type.observations = observations;
  registry.add(std::move(type));
}

}  // namespace plumbline::query_type
