#include "core/types/observation.h"

#include "core/types/error.h"

namespace plumbline {

nlohmann::json observationToJson(const Observation& observation) {
  if (const auto* c = std::get_if<Comparison>(&observation)) {
    return {{"kind", "comparison"}, {"winner", c->winner}, {"loser", c->loser}, {"strength", c->strength}, {"tie", c->tie}};
  }
  if (const auto* l = std::get_if<Level>(&observation)) {
    return {{"kind", "level"}, {"image", l->image}, {"criterion", l->criterion}, {"value", l->value}};
  }
  const auto& r = std::get<Region>(observation);
  return {{"kind", "region"}, {"image", r.image}, {"category", r.category}, {"mask", r.mask}};
}

Observation observationFromJson(const nlohmann::json& j) {
  try {
    const std::string kind = j.at("kind");
    if (kind == "comparison") return Comparison{j.at("winner"), j.at("loser"), j.at("strength"), j.at("tie")};
    if (kind == "level") return Level{j.at("image"), j.at("criterion"), j.at("value")};
    if (kind == "region") return Region{j.at("image"), j.at("category"), j.at("mask")};
    throw Error(ErrorKind::kCorrupt, "unknown kind of observation '" + kind + "'");
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorKind::kCorrupt, "an observation is not readable", e.what());
  }
}

}  // namespace plumbline
