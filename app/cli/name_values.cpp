#include "app/cli/name_values.h"

#include <sstream>

#include "core/types/error.h"

namespace plumbline {

std::vector<std::string> splitCommas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

std::map<std::string, std::string> parsePairs(const std::vector<std::string>& texts, bool commas) {
  std::map<std::string, std::string> pairs;
  for (const std::string& text : texts) {
    for (const std::string& pair : commas ? splitCommas(text) : std::vector<std::string>{text}) {
      const std::size_t cut = pair.find('=');
      if (cut == std::string::npos || cut == 0) {
        throw Error(ErrorKind::kInvalidInput, "'" + pair + "' is not of the form name=value");
      }
      pairs[pair.substr(0, cut)] = pair.substr(cut + 1);
    }
  }
  return pairs;
}

Json parseSettings(const ParameterSchema& schema, const std::vector<std::string>& texts, bool commas) {
  Json given = Json::object();
  for (const auto& [name, text] : parsePairs(texts, commas)) given[name] = schema.parseValue(name, text);
  return schema.complete(given);
}

}  // namespace plumbline
