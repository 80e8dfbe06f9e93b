// "name=value" texts of a command line. Pure functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/types/parameter_schema.h"

namespace plumbline {

// commas: one text may hold several pairs. Throws Error(kInvalidInput).
std::map<std::string, std::string> parsePairs(const std::vector<std::string>& texts, bool commas);
// As an object checked and converted by a schema; missing names take their defaults.
Json parseSettings(const ParameterSchema& schema, const std::vector<std::string>& texts, bool commas = false);
// The parts between commas, without empty ones.
std::vector<std::string> splitCommas(const std::string& text);

}  // namespace plumbline
