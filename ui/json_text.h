// Texts out of what the worker says as JSON. Pure.
#pragma once

#include <QString>
#include <nlohmann/json.hpp>

namespace plumbline {

// The text under a name; empty if the object is none, or has no text there.
inline QString jsonText(const nlohmann::json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? QString::fromStdString(found->get<std::string>())
                                                     : QString();
}

}  // namespace plumbline
