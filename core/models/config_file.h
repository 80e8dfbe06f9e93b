// Configuration files of a model folder, and modules built from them, with errors that name the file.
#pragma once

#include <c10/util/Exception.h>

#include <memory>
#include <string>

#include "core/types/error.h"
#include "core/types/parameter_schema.h"

namespace plumbline {

// Throws Error(kNotFound) if it is missing, Error(kCorrupt) if it is not a JSON object.
Json readConfig(const std::string& path);
// Two-space indented; temporary name, then rename.
void writeConfig(const std::string& path, const Json& json);

// A module from its config; a setting of the wrong type or an impossible size names the file.
template <class Module>
std::shared_ptr<Module> buildModule(const std::string& configPath, const Json& config) {
  try {
    return std::make_shared<Module>(config);
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorKind::kInvalidInput,
                configPath + " lacks a setting or has one of the wrong type; get it again", e.what());
  } catch (const c10::Error& e) {
    throw Error(ErrorKind::kInvalidInput,
                configPath + " describes a network that cannot be built; get it again", e.what());
  }
}

}  // namespace plumbline
