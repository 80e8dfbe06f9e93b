#include "app/cli/command.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>

namespace plumbline::command {
namespace {

constexpr std::array<const char*, 4> kGroups = {"models", "scenes", "reward", "bench"};

std::string hyphenated(std::string word) {
  std::replace(word.begin(), word.end(), '_', '-');
  return word;
}

}  // namespace

void Context::result(const Json& object) const {
  if (json_) std::cout << object.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}

void Context::say(const std::string& line) const {
  if (!json_) std::cout << line << std::endl;
}

std::filesystem::path Context::resources() {
  if (const char* set = std::getenv("PLUMBLINE_RESOURCES")) return set;
  std::error_code ignored;
  std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  for (; !folder.empty(); folder = folder.parent_path()) {
    if (std::filesystem::is_directory(folder / "resources" / "docs")) return folder / "resources";
    if (std::filesystem::is_directory(folder / "share" / "plumbline")) return folder / "share" / "plumbline";
    if (folder == folder.root_path()) break;
  }
  throw Error(ErrorKind::kNotFound,
              "the folder 'resources' was not found above the program; set PLUMBLINE_RESOURCES to it");
}

std::filesystem::path Context::modelFolder(const std::string& nameOrPath) {
  const std::string name = nameOrPath.empty() ? "scenes" : nameOrPath;
  if (std::filesystem::exists(name)) return std::filesystem::absolute(name).lexically_normal();
  if (name.find('/') == std::string::npos) {
    const std::filesystem::path known = resources() / "models" / name;
    if (std::filesystem::is_directory(known)) return known;
  }
  throw Error(ErrorKind::kNotFound,
              "no model '" + name +
                  "'; give a diffusers folder or a name that 'plumbline models list' shows, or make one "
                  "with 'plumbline train-base --out FOLDER'");
}

std::vector<std::string> commandWords(const std::string& id) {
  const std::size_t cut = id.find('_');
  const std::string first = id.substr(0, cut);
  if (cut != std::string::npos && std::find(kGroups.begin(), kGroups.end(), first) != kGroups.end()) {
    return {first, hyphenated(id.substr(cut + 1))};
  }
  return {hyphenated(id)};
}

Command make(Descriptor descriptor, std::vector<Argument> arguments,
             std::function<int(Context&, const Parsed&)> run) {
  Json list = Json::array();
  for (const Argument& a : arguments) {
    list.push_back({{"name", a.name},
                    {"help", a.help},
                    {"required", a.required},
                    {"repeated", a.repeated},
                    {"positional", a.positional}});
  }
  descriptor.extra["words"] = commandWords(descriptor.id);
  descriptor.extra["arguments"] = std::move(list);
  return {std::move(descriptor), std::move(arguments), std::move(run)};
}

}  // namespace plumbline::command
