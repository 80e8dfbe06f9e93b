#include "core/models/config_file.h"

#include <filesystem>
#include <fstream>

namespace plumbline {

Json readConfig(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) {
    throw Error(ErrorKind::kNotFound, path + " is missing or unreadable; copy the whole model folder");
  }
  Json json = Json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw Error(ErrorKind::kCorrupt, path + " is not valid JSON; get the file again");
  return json;
}

void writeConfig(const std::string& path, const Json& json) {
  const std::string temporary = path + ".partial";
  {
    std::ofstream stream(temporary);
    stream << json.dump(2) << "\n";
    stream.flush();
    if (!stream)
      throw Error(ErrorKind::kExhausted, "cannot write " + path + "; check free space and permissions");
  }
  std::error_code failed;
  std::filesystem::rename(temporary, path, failed);
  if (failed) throw Error(ErrorKind::kExhausted, "cannot write " + path + ": " + failed.message());
}

}  // namespace plumbline
