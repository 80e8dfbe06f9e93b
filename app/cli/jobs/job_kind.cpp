#include "app/cli/jobs/job_kind.h"

namespace plumbline::job_kind {

Json completeSpec(const Kind& kind, const Json& given) {
  if (!given.is_object()) throw Error(ErrorKind::kInvalidInput, "a job's specification is a JSON object");
  Json flat = given;
  Json objects = Json::object();
  for (const std::string& name : kind.objects) {
    const Json object = given.value(name, Json::object());
    if (!object.is_object()) throw Error(ErrorKind::kInvalidInput, "'" + name + "' must be a JSON object");
    objects[name] = object;
    flat.erase(name);
  }
  flat = kind.descriptor.parameters.complete(flat);
  flat.update(objects);
  return flat;
}

void addKind(Registry& registry, Kind kind) {
  kind.descriptor.extra["priority"] = static_cast<int>(kind.priority);
  kind.descriptor.extra["objects"] = kind.objects;
  registry.add(std::move(kind));
}

}  // namespace plumbline::job_kind
