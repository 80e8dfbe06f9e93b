// What every variant of every family says of itself; `plumbline describe --json` prints these.
#pragma once

#include <string>

#include "core/types/parameter_schema.h"

namespace plumbline {

struct Descriptor {
  std::string id;     // the file's name and the stored name
  std::string title;  // a few words for a menu
  std::string help;   // one paragraph
  std::string paper;  // arXiv id, "survey 3.2", ... or "none"
  int version = 1;    // raised when results change
  ParameterSchema parameters;
  Json extra = Json::object();  // facts of the family (data needs, number of images, file name filter ...)

  Json toJson() const {
    Json j{{"id", id}, {"title", title}, {"help", help}, {"paper", paper}, {"version", version},
           {"parameters", parameters.toJson()}};
    if (!extra.empty()) j["extra"] = extra;
    return j;
  }
};

}  // namespace plumbline
