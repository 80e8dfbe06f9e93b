#include <chrono>
#include <ctime>

#include "db/atomic_file.h"
#include "db/export/export_format.h"
#include "db/export/picture_copies.h"
#include "db/project.h"

namespace plumbline::export_format {
namespace {

struct Config {
  std::string ties = "keep";
  std::string source = "all";
  std::string split;
  bool unlabelled = false;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = [] {
    ConfigSchema<Config> s;
    s.choice("ties", &Config::ties, {"keep", "drop", "expand"},
             "keep: labels 0.5 and 0.5. drop: left out. expand: one row for each order. The DPO scripts of "
             "diffusers "
             "take any label other than 0 as a win of the first picture: drop or expand for them.");
    s.choice("source", &Config::source, {"all", "person", "simulated", "machine"}, "Whose answers.");
    s.text("split", &Config::split, "Only prompts of this split; empty for all.");
    s.boolean("unlabelled", &Config::unlabelled,
              "Also the pairs that were shown and skipped, with has_label false.");
    return s;
  }();
  return kSchema;
}

using Row = nlohmann::ordered_json;

struct Example {
  std::string caption;
  std::vector<std::string> images;  // in shown order
  double first = 0.5;               // label of the first picture
  bool labelled = true;
  std::int64_t query = 0, annotator = 0, createdMs = 0;
};

std::string timestamp(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  const std::size_t n = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + n, sizeof text - n, ".%03d", static_cast<int>(ms % 1000));
  return text;
}

class Export {
 public:
  Export(Project& project, const Config& config, ProgressSink& sink, std::stop_token stop)
      : project_(project), config_(config), sink_(sink), stop_(std::move(stop)) {}

  ExportResult write(const std::filesystem::path& outPath) {
    StagedOutput staged(outPath, StagedOutput::Kind::kFolder);
    collectLabelled();
    if (config_.unlabelled) collectSkipped();
    PictureCopies pictures(project_, staged.path());
    writeRows(staged.path(), pictures);
    staged.commit();
    result_.path = outPath;
    result_.counts["images"] = pictures.copied();
    result_.counts["damaged_images"] = pictures.damaged();
    if (ties_ > 0) result_.notes.push_back("both good and both bad are the same tie in this format");
    return std::move(result_);
  }

 private:
  void collectLabelled() {
    ObservationFilter filter;
    filter.kind = "comparison";
    filter.split = config_.split;
    if (config_.source != "all") filter.source = config_.source;
    for (const ObservationRow& row : project_.observations().current(filter)) {
      throwIfStopped(stop_);
      const auto& comparison = std::get<Comparison>(row.observation);
      const auto query = project_.queries().find(row.query);
      const bool ordered = query && query->images.size() == 2;
      Example example{row.promptText,
                      ordered ? query->images : std::vector{comparison.winner, comparison.loser}};
      example.first = comparison.tie ? 0.5 : (example.images[0] == comparison.winner ? 1.0 : 0.0);
      example.query = row.query;
      example.annotator = row.annotator;
      example.createdMs = row.createdMs;
      if (comparison.tie) ++ties_;
      if (comparison.tie && config_.ties == "drop") continue;
      addExample(example, comparison.tie && config_.ties == "expand");
    }
  }

  void addExample(Example example, bool expand) {
    if (expand) {
      example.first = 1.0;
      examples_.push_back(example);
      example.first = 0.0;
    }
    examples_.push_back(std::move(example));
  }

  void collectSkipped() {
    for (const AnswerRow& answer : project_.answers().listCurrent()) {
      throwIfStopped(stop_);
      if (answer.queryType != "pair" || answer.observations > 0) continue;
      if (config_.source != "all" && config_.source != answer.source) continue;
      const auto query = project_.queries().find(answer.query);
      if (!query || query->images.size() != 2) continue;
      const auto prompt = query->prompt ? project_.prompts().find(*query->prompt) : std::nullopt;
      if (!config_.split.empty() && (!prompt || prompt->split != config_.split)) continue;
      examples_.push_back(
          {query->promptText, query->images, 0.5, false, answer.query, answer.annotator, answer.createdMs});
    }
  }

  void writeRows(const std::filesystem::path& folder, PictureCopies& pictures) {
    std::vector<Example> whole;
    std::int64_t done = 0, damagedRows = 0;
    for (Example& example : examples_) {
      throwIfStopped(stop_);
      const bool first = pictures.take(example.images[0]), second = pictures.take(example.images[1]);
      if (first && second) {
        whole.push_back(std::move(example));
      } else {
        ++damagedRows;
      }
      sink_.progress("pictures", ++done, static_cast<std::int64_t>(examples_.size()));
    }
    std::map<std::string, std::int64_t> perPrompt;
    for (const Example& example : whole) ++perPrompt[example.caption];
    std::string lines;
    std::int64_t index = 0, unlabelled = 0;
    for (const Example& example : whole) {
      throwIfStopped(stop_);
      lines += rowOf(example, perPrompt[example.caption], index++).dump() + "\n";
      if (!example.labelled) ++unlabelled;
    }
    writePlain(folder / "data.jsonl", lines);
    result_.counts["rows"] = index;
    result_.counts["ties"] = ties_;
    result_.counts["unlabelled"] = unlabelled;
    result_.counts["skipped_rows_with_damaged_images"] = damagedRows;
  }

  // Columns and order of the data set's card (reference c.1); the picture bytes are files, named by the url
  // columns.
  Row rowOf(const Example& example, std::int64_t perPrompt, std::int64_t index) {
    const std::string &a = example.images[0], &b = example.images[1];
    Row row;
    row["are_different"] = a != b;
    row["best_image_uid"] = !example.labelled || example.first == 0.5 ? "" : example.first > 0.5 ? a : b;
    row["caption"] = example.caption;
    row["created_at"] = timestamp(example.createdMs);
    row["has_label"] = example.labelled;
    row["image_0_uid"] = a;
    row["image_0_url"] = PictureCopies::relativePath(a);
    row["image_1_uid"] = b;
    row["image_1_url"] = PictureCopies::relativePath(b);
    row["label_0"] = example.first;
    row["label_1"] = 1.0 - example.first;
    row["model_0"] = modelName(a);
    row["model_1"] = modelName(b);
    row["ranking_id"] = example.query;
    row["user_id"] = example.annotator;
    row["num_example_per_prompt"] = perPrompt;
    row["__index_level_0__"] = index;
    return row;
  }

  std::string modelName(const std::string& hash) {
    const auto image = project_.images().find(hash);
    if (!image || !image->model) return "";
    const auto model = project_.models().find(*image->model);
    if (!model) return "";
    std::string name = model->name.empty() ? model->hash : model->name;
    for (const auto& adapter : model->adapters) name += "+" + adapter.value("name", "");
    return name;
  }

  Project& project_;
  const Config& config_;
  ProgressSink& sink_;
  std::stop_token stop_;
  ExportResult result_;
  std::vector<Example> examples_;
  std::int64_t ties_ = 0;
};

ExportResult write(Project& project, const std::filesystem::path& outPath, const Json& settings,
                   ProgressSink& sink, std::stop_token stop) {
  const Config config = schema().fromJson(settings);
  return Export(project, config, sink, std::move(stop)).write(outPath);
}

}  // namespace

void register_pickapic_jsonl(Registry& registry) {
  Format format;
  format.descriptor = {
      "pickapic_jsonl",
      "Pick-a-Pic pairs (JSON lines)",
      "A folder with data.jsonl, one comparison per line in Pick-a-Pic's columns, and the pictures as "
      "PNG files named by their SHA-256. Masks and single-picture answers are not part of it.",
      "arXiv 2305.01569",
      1,
      schema().schema(),
      {{"file", false}, {"suffix", ""}, {"lossy", true}}};
  format.write = write;
  registry.add(std::move(format));
}

}  // namespace plumbline::export_format
