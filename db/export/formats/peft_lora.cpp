#include "db/atomic_file.h"
#include "db/export/export_format.h"
#include "db/export/safetensors_header.h"
#include "db/project.h"

namespace plumbline::export_format {
namespace {

constexpr const char* kFileName = "pytorch_lora_weights.safetensors";  // what diffusers looks for in a folder

struct Config {
  std::int64_t run = 0;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = [] {
    ConfigSchema<Config> s;
    s.integer("run", &Config::run, 0, 1e15, "",
              "The run whose adapter is wanted; 0 for the newest finished one.");
    return s;
  }();
  return kSchema;
}

std::optional<CheckpointRow> adapterOf(Project& project, std::int64_t run) {
  auto adapter = project.runs().latestCheckpoint(run, "best");
  return adapter ? adapter : project.runs().latestCheckpoint(run, "adapter");
}

CheckpointRow wantedAdapter(Project& project, std::int64_t run) {
  if (run != 0) {
    if (!project.runs().find(run))
      throw Error(ErrorKind::kNotFound, "there is no run " + std::to_string(run));
    if (auto adapter = adapterOf(project, run)) return *adapter;
    throw Error(ErrorKind::kNotFound,
                "run " + std::to_string(run) + " has no adapter yet: let it finish, or stop and save");
  }
  for (const RunRow& row : project.runs().list()) {
    if (row.state != JobState::kSucceeded) continue;
    if (auto adapter = adapterOf(project, row.id)) return *adapter;
  }
  throw Error(ErrorKind::kNotFound, "no finished run has an adapter: fine-tune first");
}

void requireAdapter(const std::filesystem::path& file) {
  for (const std::string& name : readSafetensorsHeader(file).names) {
    if (name.find("lora_A") != std::string::npos || name.find("lora.down") != std::string::npos) return;
  }
  throw Error(ErrorKind::kCorrupt, file.filename().string() + " holds no LoRA weights");
}

ExportResult write(Project& project, const std::filesystem::path& outPath, const Json& settings,
                   ProgressSink& sink, std::stop_token stop) {
  const CheckpointRow adapter = wantedAdapter(project, schema().fromJson(settings).run);
  std::filesystem::path source = project.folder() / adapter.path;
  if (std::filesystem::is_directory(source)) source /= kFileName;
  if (!std::filesystem::exists(source)) {
    throw Error(ErrorKind::kNotFound,
                "the adapter file " + source.string() + " is gone: run plumbline check");
  }
  requireAdapter(source);
  const bool asFile = outPath.extension() == ".safetensors";
  StagedOutput staged(outPath, asFile ? StagedOutput::Kind::kFile : StagedOutput::Kind::kFolder);
  const std::filesystem::path copy = asFile ? staged.path() : staged.path() / kFileName;
  writePlain(copy, readWhole(source));
  requireAdapter(copy);
  throwIfStopped(stop);
  staged.commit();
  sink.progress("adapter", 1, 1);
  ExportResult result;
  result.path = outPath;
  result.counts["tensors"] =
      static_cast<std::int64_t>(readSafetensorsHeader(asFile ? outPath : outPath / kFileName).names.size());
  result.counts["run"] = adapter.run;
  result.counts["step"] = adapter.step;
  return result;
}

}  // namespace

void register_peft_lora(Registry& registry) {
  Format format;
  format.descriptor = {
      "peft_lora",
      "LoRA adapter (PEFT)",
      "A run's adapter as diffusers and PEFT read it. A path that ends in .safetensors becomes that "
      "file, any other a folder with pytorch_lora_weights.safetensors.",
      "arXiv 2106.09685",
      1,
      schema().schema(),
      {{"file", true}, {"suffix", ".safetensors"}, {"lossy", false}}};
  format.write = write;
  registry.add(std::move(format));
}

}  // namespace plumbline::export_format
