#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/models/clip_folder.h"
#include "core/models/config_file.h"
#include "core/models/model_family.h"
#include "core/types/sha256.h"
#include "core/weights/safetensors.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

// Not the clip: rewards name its version themselves, and another one makes no other pictures.
constexpr const char* kDrawing[] = {"unet", "vae", "text_encoder", "text_encoder_2"};
constexpr std::uintmax_t kWholeFile = std::uintmax_t{256} << 20;
constexpr std::size_t kBlock = std::size_t{1} << 20;
constexpr std::uintmax_t kBlocks = 64;

Json readIndex(const std::string& folder) {
  if (fs::is_regular_file(folder)) {
    refusePickle(folder);
    throw Error(
        ErrorKind::kUnsupported,
        folder + " is a single file; convert it to a diffusers folder (with model_index.json) and give that");
  }
  if (!fs::is_directory(folder)) throw Error(ErrorKind::kNotFound, "there is no model folder " + folder);
  if (!fs::exists(folder + "/model_index.json")) {
    throw Error(ErrorKind::kNotFound,
                folder + " has no model_index.json; give the folder of a diffusers pipeline");
  }
  return readConfig(folder + "/model_index.json");
}

const model_family::ModelFamily& familyFor(const model_family::Registry& families, const Json& index,
                                           const std::string& folder) {
  std::string known;
  for (const auto& family : families.all()) {
    if (family->accepts(index)) return *family;
    known += (known.empty() ? "" : ", ") + family->descriptor.title;
  }
  const std::string pipeline = index.contains("_class_name") && index["_class_name"].is_string()
                                   ? index["_class_name"]
                                   : Json("unnamed pipeline");
  throw Error(ErrorKind::kUnsupported,
              folder + " is a " + pipeline + ", which cannot be read here; these can: " + known);
}

void hashFile(const fs::path& path, Sha256& hash) {
  std::ifstream stream(path, std::ios::binary);
  std::vector<char> block(kBlock);
  const std::uintmax_t size = fs::file_size(path);
  const std::string sizeText = std::to_string(size);
  hash.update(sizeText.data(), sizeText.size());
  const std::uintmax_t stride = size <= kWholeFile ? kBlock : size / kBlocks;
  for (std::uintmax_t position = 0; position < size; position += stride) {
    stream.seekg(std::streamoff(position));
    stream.read(block.data(), std::streamsize(std::min<std::uintmax_t>(kBlock, size - position)));
    if (stream.bad()) throw Error(ErrorKind::kCorrupt, "cannot read " + path.string());
    hash.update(block.data(), std::size_t(stream.gcount()));
  }
}

}  // namespace

std::string modelHash(const std::string& folder) {
  Sha256 hash;
  for (const char* component : kDrawing) {
    const fs::path place = fs::path(folder) / component;
    if (!fs::is_directory(place)) continue;
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(place)) {
      // Other files beside the weights, such as a training state, do not change what the model draws.
      const std::string name = file.path().filename().string();
      const bool weights = name.starts_with("model") || name.starts_with("diffusion_pytorch_model");
      if (weights && file.path().extension() == ".safetensors") files.push_back(file.path());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      const std::string name = std::string(component) + "/" + file.filename().string() + "\n";
      hash.update(name.data(), name.size());
      hashFile(file, hash);
    }
  }
  return hexDigest(hash.finish());
}

std::shared_ptr<DiffusionModel> loadModel(const std::string& folder, Precision precision) {
  const Json index = readIndex(folder);
  model_family::Registry families("model family");
  model_family::registerAll(families);
  const model_family::ModelFamily& family = familyFor(families, index, folder);
  auto model = family.load(folder, index, precision);
  model->family = family.descriptor.id;
  model->path = folder;
  model->hash = modelHash(folder);
  model->precision = precision;
  model->modelIndex = index;
  if (fs::is_directory(folder + "/clip")) {
    ClipFolder clip = loadClip(folder + "/clip");
    model->clip = clip.model;
    model->clipTokenizer = clip.tokenizer ? clip.tokenizer : model->tokenizer;
    model->clipPreprocessing = clip.preprocessing;
  }
  return model;
}

void saveModel(const DiffusionModel& model, const std::string& folder) {
  model_family::Registry families("model family");
  model_family::registerAll(families);
  fs::create_directories(folder);
  families.get(model.family).save(model, folder);
  if (model.clip) saveClip(*model.clip, model.clipPreprocessing, folder + "/clip");
  for (const char* tokenizer : {"tokenizer", "clip/tokenizer"}) {
    const fs::path from = fs::path(model.path) / tokenizer, to = fs::path(folder) / tokenizer;
    if (model.path.empty() || !fs::is_directory(from) || fs::equivalent(model.path, folder)) continue;
    fs::create_directories(to);
    fs::copy(from, to, fs::copy_options::overwrite_existing | fs::copy_options::recursive);
  }
  writeConfig(folder + "/model_index.json", model.modelIndex);
}

}  // namespace plumbline
