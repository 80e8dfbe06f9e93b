#include <algorithm>

#include "core/types/sha256.h"
#include "db/atomic_file.h"
#include "db/import/import_format.h"
#include "db/import/text_lines.h"
#include "db/project.h"

namespace plumbline::import_format {
namespace {

constexpr std::size_t kLongestPrompt = 4000;

struct Config {
  std::string form = "auto";
  std::string split;
  std::string tag;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = [] {
    ConfigSchema<Config> s;
    s.choice("form", &Config::form, {"auto", "text", "csv", "jsonl"},
             "text: one prompt per line. csv: a column named prompt, caption or text. jsonl: strings or "
             "objects with "
             "such a key. auto: by the file's name.");
    s.text(
        "split", &Config::split,
        "Split of prompts that do not name one; empty: about a tenth, chosen by the hash of their text, is "
        "held out for evaluation, never labelled and never trained on.");
    s.text("tag", &Config::tag, "A tag for all of them; empty for none.");
    return s;
  }();
  return kSchema;
}

// As the world of scenes splits its prompts: the same text lies in the same split in every project.
std::string splitByHash(const std::string& text) {
  constexpr int kLastHeldOut = 25;
  return sha256(text)[0] <= kLastHeldOut ? "held_out" : "train";
}

constexpr const char* kPromptNames[] = {"prompt", "caption", "text"};

struct Reader {
  const Config& config;
  ImportResult& result;
  std::vector<Prompt> prompts;

  void take(Prompt prompt, std::size_t line) {
    const std::string where = "line " + std::to_string(line) + ": ";
    if (!isUtf8(prompt.text)) return result.skip(where + "not UTF-8 text");
    if (prompt.text.empty()) return result.skip(where + "no prompt");
    if (prompt.text.size() > kLongestPrompt) return result.skip(where + "longer than 4000 bytes");
    if (prompt.split.empty() || !isUtf8(prompt.split)) prompt.split = config.split;
    if (prompt.split.empty()) prompt.split = splitByHash(prompt.text);
    if (!config.tag.empty()) prompt.tags.push_back(config.tag);
    prompts.push_back(std::move(prompt));
  }

  void readText(const std::string& bytes) {
    std::size_t number = 0;
    for (const std::string& line : textLines(bytes)) {
      ++number;
      if (!line.empty()) take({.text = line, .split = ""}, number);
    }
  }

  void readCsv(const std::string& bytes) {
    const auto records = csvRecords(bytes);
    if (records.empty()) return;
    const auto column = [&](const std::string& name) {
      const auto& header = records.front();
      return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
    };
    std::size_t text = records.front().size();
    for (const char* name : kPromptNames) text = std::min(text, column(name));
    if (text == records.front().size()) {
      throw Error(ErrorKind::kInvalidInput,
                  "the CSV file has no column named prompt, caption or text: name one so in its first line");
    }
    const std::size_t split = column("split"), tags = column("tags");
    for (std::size_t i = 1; i < records.size(); ++i) {
      const auto& fields = records[i];
      if (fields.size() == 1 && fields[0].empty()) continue;
      Prompt prompt{.text = text < fields.size() ? fields[text] : "",
                    .split = split < fields.size() ? fields[split] : ""};
      if (tags < fields.size()) prompt.tags = splitTags(fields[tags]);
      take(std::move(prompt), i + 1);
    }
  }

  static std::vector<std::string> splitTags(const std::string& text) {
    std::vector<std::string> tags;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find_first_of(" ;|", at), text.size());
      if (end > at && isUtf8(text.substr(at, end - at))) tags.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return tags;
  }

  void readJsonLines(const std::string& bytes) {
    std::size_t number = 0;
    for (const std::string& line : textLines(bytes)) {
      ++number;
      if (line.empty()) continue;
      const Json json = Json::parse(line, nullptr, false);
      Prompt prompt;
      try {
        if (json.is_string()) prompt.text = json.get<std::string>();
        for (const char* name : kPromptNames) {
          if (json.is_object() && prompt.text.empty() && json.contains(name)) prompt.text = json.at(name);
        }
        if (json.is_object() && json.contains("tags"))
          prompt.tags = json.at("tags").get<std::vector<std::string>>();
        if (json.is_object()) prompt.split = json.value("split", "");
      } catch (const Json::exception&) {
        result.skip("line " + std::to_string(number) + ": not the expected JSON");
        continue;
      }
      take(std::move(prompt), number);
    }
  }
};

std::string formOf(const std::filesystem::path& file, const std::string& wanted) {
  if (wanted != "auto") return wanted;
  std::string suffix = file.extension().string();
  std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  if (suffix == ".csv") return "csv";
  return suffix == ".jsonl" || suffix == ".ndjson" ? "jsonl" : "text";
}

ImportResult read(Project& project, const std::filesystem::path& inPath, const Json& settings, const ToPng&,
                  ProgressSink& sink, std::stop_token stop) {
  const Config config = schema().fromJson(settings);
  const std::string bytes = readWhole(inPath);
  if (bytes.find('\0') != std::string::npos) {
    throw Error(
        ErrorKind::kInvalidInput,
        inPath.string() + " is not a text file: give one prompt per line, a CSV or JSON lines, in UTF-8");
  }
  ImportResult result;
  Reader reader{config, result, {}};
  const std::string form = formOf(inPath, config.form);
  if (form == "csv") reader.readCsv(bytes);
  if (form == "jsonl") reader.readJsonLines(bytes);
  if (form == "text") reader.readText(bytes);
  throwIfStopped(stop);
  if (reader.prompts.empty()) {
    const std::string reason = result.notes.empty() ? "" : " (" + result.notes.front() + ")";
    throw Error(ErrorKind::kInvalidInput, "the prompt file " + inPath.string() + " holds no readable prompt" +
                                              reason + ": put one on each line");
  }
  const std::int64_t added = project.prompts().add(reader.prompts);
  sink.progress("prompts", added, added);
  result.counts["prompts"] = added;
  result.counts["held_out"] = std::count_if(reader.prompts.begin(), reader.prompts.end(),
                                            [](const Prompt& p) { return p.split == "held_out"; });
  result.counts["already_there"] = static_cast<std::int64_t>(reader.prompts.size()) - added;
  result.counts.try_emplace("skipped", 0);
  return result;
}

}  // namespace

void register_prompts(Registry& registry) {
  Format format;
  format.descriptor = {
      "prompts",
      "Prompts",
      "Prompts from a text file (one per line), a CSV file or JSON lines, optionally with tags and a "
      "split. Prompts that are there already are left alone.",
      "none",
      1,
      schema().schema(),
      {{"suffixes", {".txt", ".csv", ".jsonl"}}}};
  format.read = read;
  registry.add(std::move(format));
}

}  // namespace plumbline::import_format
