// Single values out of what the worker says as JSON, which may be of another version: what is not there or of
// another kind is no error. Pure.
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

// The whole number under a name, what is behind a point cut off; otherwise if the object is none, or has no
// number there.
inline qint64 jsonWhole(const nlohmann::json& object, const char* name, qint64 otherwise = 0) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_number() ? qint64(found->get<double>()) : otherwise;
}

}  // namespace plumbline
