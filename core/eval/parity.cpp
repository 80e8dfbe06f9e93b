#include "core/eval/parity.h"

#include <filesystem>
#include <fstream>

#include "core/eval/parity_record.h"
#include "core/models/clip_folder.h"
#include "core/models/config_file.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

constexpr double kNearlyZero = 1e-3;  // below this a relative error says nothing

}  // namespace

ParityResult compareTensors(const std::string& name, const at::Tensor& got, const at::Tensor& expected,
                            ParityTolerance tolerance) {
  ParityResult result{name, 0, 0, ParityOutcome::kFail, ""};
  if (got.sizes() != expected.sizes()) {
    std::ostringstream note;
    note << "shape " << got.sizes() << " instead of " << expected.sizes();
    result.note = note.str();
    return result;
  }
  const at::Tensor e = expected.detach().to(at::kDouble), g = got.detach().to(at::kDouble);
  if (e.numel() == 0) {
    result.outcome = ParityOutcome::kPass;
    return result;
  }
  const at::Tensor difference = (g - e).abs();
  result.maxAbsolute = difference.max().item<double>();
  const at::Tensor sizeable = e.abs() > kNearlyZero;
  if (sizeable.any().item<bool>()) {
    result.maxRelative =
        (difference.masked_select(sizeable) / e.abs().masked_select(sizeable)).max().item<double>();
  }
  // Written so that a NaN on either side fails.
  const at::Tensor good = difference <= tolerance.absolute + tolerance.relative * e.abs();
  if (good.all().item<bool>()) result.outcome = ParityOutcome::kPass;
  if (!difference.isfinite().all().item<bool>()) result.note = "not finite";
  return result;
}

at::Tensor ParityRecord::input(const std::string& name) {
  used_.insert(name);
  return file_.tensor(name);
}

void ParityRecord::compare(const std::string& name, const at::Tensor& got, ParityTolerance tolerance) {
  results_.push_back(compareTensors(name, got, input(name), tolerance));
}

void ParityRecord::skip(const std::string& name, const std::string& reason) {
  used_.insert(name);
  results_.push_back({name, 0, 0, ParityOutcome::kSkipped, reason});
}

std::vector<ParityResult> ParityRecord::finish() {
  for (const std::string& name : file_.names()) {
    if (!used_.count(name)) skip(name, "nothing here compares it");
  }
  return std::move(results_);
}

std::vector<ParityResult> clipParity(const std::string& folder) {
  torch::NoGradGuard guard;
  const ClipFolder clip = loadClip(folder);
  ParityRecord record(folder + "/expected.safetensors");
  const at::Tensor image = clip.model->imageEmbeds(record.input("image"));
  const at::Tensor text = clip.model->textEmbeds(record.input("input_ids"));
  record.compare("image_embeds", image, kSingleComponent);
  record.compare("text_embeds", text, kSingleComponent);
  record.compare("logits_per_image", clip.model->logitsPerImage(image, text), kSingleComponent);
  return record.finish();
}

std::vector<ParityResult> tokenizerParity(const std::string& folder) {
  std::ifstream stream(folder + "/expected.json");
  const Json expected = Json::parse(stream, nullptr, false);
  if (!expected.is_array())
    throw Error(ErrorKind::kCorrupt, folder + "/expected.json must be a list of texts");
  const ClipTokenizer tokenizer = ClipTokenizer::load(folder + "/tokenizer");
  std::vector<ParityResult> results;
  const auto row = [](const std::vector<std::int64_t>& ids) { return torch::tensor(ids, at::kLong); };
  for (const Json& entry : expected) {
    const std::string text = entry.at("text").get<std::string>();
    const std::string name = "tokenizer " + Json(text).dump();
    for (const auto& [key, value] : entry.items()) {
      if (key == "text") continue;
      const auto ids = key == "ids" ? tokenizer.tokens(text) : tokenizer.encode(text);
      results.push_back(
          compareTensors(name + "." + key, row(ids), row(value.get<std::vector<std::int64_t>>()), {0, 0}));
    }
  }
  return results;
}

std::vector<ParityResult> runParity(const std::string& folder, const ParityRegistries& registries) {
  try {
    if (fs::exists(folder + "/model_index.json")) return pipelineParity(folder, registries);
    if (fs::exists(folder + "/tokenizer")) return tokenizerParity(folder);
    if (!fs::exists(folder + "/expected.safetensors")) {
      throw Error(ErrorKind::kNotFound, folder + " is no parity folder: it has no expected.safetensors");
    }
    if (fs::exists(folder + "/config.json")) return clipParity(folder);
    const Json expected = readConfig(folder + "/expected.json");
    if (expected.contains("pipeline")) return adapterParity(folder, registries);
    if (expected.contains("cases")) return samplerParity(folder, registries);
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorKind::kCorrupt, folder + "/expected.json lacks an entry; record the folder again",
                e.what());
  }
  throw Error(ErrorKind::kUnsupported, folder + " is a parity folder of an unknown form");
}

}  // namespace plumbline
