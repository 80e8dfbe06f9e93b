#include "core/models/weight_source.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/types/error.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kListed = 3;  // names given in a one-line error; the rest goes to its detail

std::vector<std::string> shardNames(const fs::path& index) {
  std::set<std::string> names;
  try {
    std::ifstream stream(index);
    const nlohmann::json parsed = nlohmann::json::parse(stream);
    for (const auto& [tensor, file] : parsed.at("weight_map").items()) {
      names.insert(file.get<std::string>());
    }
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::kCorrupt, index.string() + " is not a valid index of weight files; get it again");
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> weightFiles(const fs::path& folder, const std::string& stem) {
  if (!fs::is_directory(folder)) {
    throw Error(ErrorKind::kNotFound, "the model lacks its folder " + folder.string());
  }
  for (const char* ending : {".safetensors", ".fp16.safetensors"}) {
    if (fs::exists(folder / (stem + ending))) return {(folder / (stem + ending)).string()};
  }
  const fs::path index = folder / (stem + ".safetensors.index.json");
  if (fs::exists(index)) {
    std::vector<std::string> paths;
    for (const std::string& name : shardNames(index)) {
      if (fs::path(name).filename() != name) {
        throw Error(ErrorKind::kCorrupt, index.string() + " names a file outside its folder");
      }
      paths.push_back((folder / name).string());
    }
    return paths;
  }
  for (const auto& file : fs::directory_iterator(folder)) refusePickle(file.path().string());
  throw Error(ErrorKind::kNotFound, (folder / (stem + ".safetensors")).string() +
                                        " is missing; copy the whole model folder, with its weights");
}

std::string shapeText(at::IntArrayRef shape) {
  std::string text = "[";
  for (const int64_t size : shape) {
    if (text.size() > 1) text += ' ';
    text += std::to_string(size);
  }
  text += ']';
  return text;
}

struct Complaints {
  std::vector<std::string> missing, unused, shapes;

  bool none() const { return missing.empty() && unused.empty() && shapes.empty(); }
  static std::string list(const std::vector<std::string>& names, std::size_t limit) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < limit; ++i) text += (i ? ", " : "") + names[i];
    return names.size() > limit ? text + " and " + std::to_string(names.size() - limit) + " more" : text;
  }
  std::string text(std::size_t limit) const {
    std::string all;
    const auto add = [&](const char* title, const std::vector<std::string>& names) {
      if (!names.empty()) all += (all.empty() ? "" : "; ") + (title + list(names, limit));
    };
    add("missing: ", missing);
    add("unknown: ", unused);
    add("wrong shape: ", shapes);
    return all;
  }
};

std::map<std::string, at::Tensor> destinations(const torch::nn::Module& module) {
  std::map<std::string, at::Tensor> all;
  for (const auto& item : module.named_parameters()) all[item.key()] = item.value();
  for (const auto& item : module.named_buffers()) all[item.key()] = item.value();
  return all;
}

}  // namespace

WeightSource WeightSource::open(const std::string& folder, const std::string& stem) {
  WeightSource source;
  source.folder_ = folder;
  for (const std::string& path : weightFiles(folder, stem))
    source.files_.push_back(SafetensorsFile::open(path));
  return source;
}

void WeightSource::fill(torch::nn::Module& module, const Rules& rules) const {
  struct Place {
    const SafetensorsFile* file;
    std::string stored;
  };
  std::map<std::string, at::Tensor> open = destinations(module);
  std::vector<std::pair<Place, at::Tensor>> work;
  Complaints complaints;
  std::set<std::string> seen;
  for (const SafetensorsFile& file : files_) {
    for (const std::string& stored : file.names()) {
      const std::string name = rules.rename ? rules.rename(stored) : stored;
      if (rules.ignored.count(name)) continue;
      const auto target = open.find(name);
      if (target == open.end() || !seen.insert(name).second) {
        complaints.unused.push_back(stored);
        continue;
      }
      const auto& entry = file.entry(stored);
      if (target->second.sizes() != at::IntArrayRef(entry.shape)) {
        complaints.shapes.push_back(name + " is " + shapeText(entry.shape) + " and must be " +
                                    shapeText(target->second.sizes()));
      } else if (!at::isFloatingType(entry.type)) {
        complaints.shapes.push_back(name + " holds whole numbers");
      } else {
        work.push_back({{&file, stored}, target->second});
      }
    }
  }
  for (const auto& [name, tensor] : open) {
    if (!seen.count(name)) complaints.missing.push_back(name);
  }
  if (!complaints.none()) {
    throw Error(ErrorKind::kCorrupt,
                "the weights in " + folder_ + " do not fit their config.json: " + complaints.text(kListed),
                complaints.text(std::size_t(-1)));
  }
  for (auto& [place, tensor] : work) place.file->copyInto(place.stored, tensor);
}

std::map<std::string, at::Tensor> halfPrecisionState(const torch::nn::Module& module) {
  std::map<std::string, at::Tensor> state = destinations(module);
  for (auto& [name, tensor] : state) {
    tensor = tensor.detach().to(at::kCPU);
    if (tensor.is_floating_point()) tensor = tensor.to(at::kHalf);
  }
  return state;
}

}  // namespace plumbline
