#include <algorithm>

#include "db/atomic_file.h"
#include "db/import/import_format.h"
#include "db/import/text_lines.h"
#include "db/png_frame.h"
#include "db/project.h"

namespace plumbline::import_format {
namespace {

namespace fs = std::filesystem;

struct Config {
  std::string questions = "auto";
  std::string prompt;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = [] {
    ConfigSchema<Config> s;
    s.choice("questions", &Config::questions, {"auto", "pair", "binary", "mask", "none"},
             "What is asked about the pictures. pair: each with the next one of the same prompt. binary, "
             "mask: each "
             "alone. auto: pairs, and binary for what is left without a partner.");
    s.text("prompt", &Config::prompt, "Prompt of pictures that come with none; empty for no prompt.");
    return s;
  }();
  return kSchema;
}

bool isPicture(const fs::path& path) {
  std::string suffix = path.extension().string();
  std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return suffix == ".png" || suffix == ".jpg" || suffix == ".jpeg";
}

// By path relative to the folder, as the Hub's image folders name them.
using Captions = std::map<std::string, std::string>;

Captions metadata(const fs::path& file) {
  Captions captions;
  if (!fs::exists(file)) return captions;
  for (const std::string& line : textLines(readWhole(file))) {
    const Json row = Json::parse(line, nullptr, false);
    if (!row.is_object() || !row.contains("file_name") || !row["file_name"].is_string()) continue;
    for (const char* name : {"prompt", "text", "caption"}) {
      if (!row.contains(name) || !row[name].is_string()) continue;
      captions[row["file_name"].get<std::string>()] = row[name].get<std::string>();
      break;
    }
  }
  return captions;
}

class Import {
 public:
  Import(Project& project, fs::path folder, const Config& config, const ToPng& toPng)
      : project_(project),
        folder_(std::move(folder)),
        config_(config),
        toPng_(toPng),
        captions_(metadata(folder_ / "metadata.jsonl")) {
    for (const char* count : {"images", "queries", "already_there", "skipped"}) result.counts[count] = 0;
  }

  void take(const fs::path& file) {
    const std::string name = file.lexically_relative(folder_).generic_string();
    try {
      // First the picture, which may be broken: its prompt would stay behind without it.
      const std::string png = toPng_ ? toPng_(readWhole(file)) : readWhole(file);
      readPngSize(png);
      ImageRow row;
      const auto prompt = promptOf(file, name);
      if (prompt && prompt->split == "held_out")
        return result.skip(name + ": its prompt is held out for evaluation");
      if (prompt) row.prompt = prompt->id;
      row.source = "imported";
      row.extra = {{"file", name}};
      const std::int64_t before = project_.images().count();
      const std::string hash = project_.images().add(png, row);
      const bool added = project_.images().count() > before;
      ++result.counts[added ? "images" : "already_there"];
      shown_[row.prompt.value_or(0)].push_back(hash);
    } catch (const Error& error) {
      // A picture's own fault is skipped; a full disk or a busy database is not the picture's fault.
      if (error.kind() == ErrorKind::kExhausted || error.kind() == ErrorKind::kInternal) throw;
      result.skip(name + ": " + error.message());
    }
  }

  void ask() {
    if (config_.questions == "none") return;
    const bool alone = config_.questions == "binary" || config_.questions == "mask";
    for (const auto& [prompt, images] : shown_) {
      std::size_t i = 0;
      for (; !alone && i + 1 < images.size(); i += 2) enqueue("pair", prompt, {images[i], images[i + 1]});
      for (; config_.questions != "pair" && i < images.size(); ++i)
        enqueue(config_.questions == "mask" ? "mask" : "binary", prompt, {images[i]});
    }
  }

  ImportResult result;

 private:
  // The first line of a text file of the same name, the folder's metadata, or the setting.
  std::optional<Prompt> promptOf(const fs::path& file, const std::string& name) {
    std::string text = config_.prompt;
    if (const auto known = captions_.find(name); known != captions_.end()) text = known->second;
    const fs::path beside = fs::path(file).replace_extension(".txt");
    if (fs::exists(beside)) {
      const auto lines = textLines(readWhole(beside));
      if (!lines.empty() && !lines.front().empty()) text = lines.front();
    }
    if (text.empty()) return {};
    if (!isUtf8(text)) throw Error(ErrorKind::kCorrupt, "its prompt is not UTF-8 text");
    return project_.prompts().find(project_.prompts().ensure({.text = text, .split = "train"}));
  }

  void enqueue(const char* type, std::int64_t prompt, std::vector<std::string> images) {
    if (images.size() == 2 && images[0] == images[1]) return;  // the same picture twice in the folder
    if (project_.queries().findShowing(type, images)) return;
    QueryRow query;
    query.type = type;
    query.acquisition = "import";
    query.images = std::move(images);
    if (prompt) query.prompt = prompt;
    project_.queries().enqueue(query);
    ++result.counts["queries"];
  }

  Project& project_;
  fs::path folder_;
  const Config& config_;
  const ToPng& toPng_;
  Captions captions_;
  std::map<std::int64_t, std::vector<std::string>> shown_;  // by prompt; 0: none
};

ImportResult read(Project& project, const fs::path& inPath, const Json& settings, const ToPng& toPng,
                  ProgressSink& sink, std::stop_token stop) {
  const Config config = schema().fromJson(settings);
  if (!fs::is_directory(inPath)) {
    throw Error(ErrorKind::kInvalidInput,
                "'" + inPath.string() + "' is not a folder; give one that holds PNG or JPEG files");
  }
  std::vector<fs::path> files;
  std::error_code error;
  constexpr auto kSkip = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(inPath, kSkip, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_regular_file(error) && isPicture(at->path())) files.push_back(at->path());
  }
  if (error) {
    throw Error(ErrorKind::kNotFound,
                "'" + inPath.string() + "' cannot be read (" + error.message() + "); check its permissions");
  }
  std::sort(files.begin(), files.end());
  if (files.empty())
    throw Error(ErrorKind::kInvalidInput, "'" + inPath.string() + "' holds no PNG or JPEG file");
  Import import(project, inPath, config, toPng);
  for (std::size_t i = 0; i < files.size(); ++i) {
    throwIfStopped(stop);
    import.take(files[i]);
    sink.progress("pictures", std::int64_t(i + 1), std::int64_t(files.size()));
  }
  if (import.result.counts["images"] + import.result.counts["already_there"] == 0) {
    throw Error(ErrorKind::kInvalidInput,
                "'" + inPath.string() + "' holds no readable picture: " + import.result.notes.front());
  }
  import.ask();
  return import.result;
}

}  // namespace

void register_image_folder(Registry& registry) {
  Format format;
  format.descriptor = {
      "image_folder",
      "Folder of pictures",
      "Pictures that exist already, to be labelled without a generator: PNG and JPEG files of a "
      "folder and those below it. A prompt is taken from a text file of the same name or from "
      "metadata.jsonl (file_name, text). Pictures that are there already are not asked about again.",
      "none",
      1,
      schema().schema(),
      {{"suffixes", {".png", ".jpg", ".jpeg"}}, {"folder", true}}};
  format.read = read;
  registry.add(std::move(format));
}

}  // namespace plumbline::import_format
