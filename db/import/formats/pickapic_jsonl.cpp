#include "core/types/sha256.h"
#include "db/atomic_file.h"
#include "db/import/import_format.h"
#include "db/import/text_lines.h"
#include "db/png_frame.h"
#include "db/project.h"

namespace plumbline::import_format {
namespace {

struct Config {
  std::string source = "person";
  std::string split = "train";
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = [] {
    ConfigSchema<Config> s;
    s.choice("source", &Config::source, {"person", "simulated", "machine"}, "Who gave the answers.");
    s.text("split", &Config::split, "Split of the prompts.");
    return s;
  }();
  return kSchema;
}

struct Row {
  std::string caption, user;
  std::string images[2];
  double first = 0.5;
  bool labelled = true;
};

[[noreturn]] void bad(const std::string& why) {
  throw Error(ErrorKind::kCorrupt, why);
}

double labelOf(const Json& row, const char* name) {
  const double value = row.at(name).get<double>();
  if (value != 0 && value != 0.5 && value != 1) bad("a label is 0, 0.5 or 1");
  return value;
}

class Import {
 public:
  Import(Project& project, const std::filesystem::path& folder, const Config& config)
      : project_(project), folder_(std::filesystem::weakly_canonical(folder)), config_(config) {
    for (const char* count :
         {"rows", "images", "answers", "ties", "unlabelled", "already_there", "skipped"}) {
      result.counts[count] = 0;
    }
  }

  void takeLine(const std::string& line, std::size_t number) {
    try {
      const Json json = Json::parse(line);
      store(parse(json));
    } catch (const Json::exception&) {
      result.skip("line " + std::to_string(number) + ": not a row of this format");
    } catch (const Error& error) {
      // A row's own fault is skipped; a full disk or a busy database is not the row's fault.
      if (error.kind() == ErrorKind::kExhausted || error.kind() == ErrorKind::kInternal) throw;
      result.skip("line " + std::to_string(number) + ": " + error.message());
    }
  }

  ImportResult result;

 private:
  Row parse(const Json& json) const {
    Row row;
    row.caption = json.at("caption").get<std::string>();
    if (row.caption.empty() || !isUtf8(row.caption)) bad("no caption");
    row.labelled = json.value("has_label", true);
    if (row.labelled) {
      row.first = labelOf(json, "label_0");
      if (row.first + labelOf(json, "label_1") != 1) bad("the labels do not add up to 1");
    }
    const auto user = json.find("user_id");
    if (user != json.end()) row.user = user->is_string() ? user->get<std::string>() : user->dump();
    row.images[0] = pictureOf(json, "0");
    row.images[1] = pictureOf(json, "1");
    return row;
  }

  // The bytes of a picture that lies beside the data file. The path comes from a stranger: it must stay
  // inside.
  std::string pictureOf(const Json& json, const std::string& side) const {
    const auto relative = json.at("image_" + side + "_url").get<std::string>();
    const auto path = std::filesystem::weakly_canonical(folder_ / relative);
    const auto inside = path.lexically_relative(folder_);
    if (inside.empty() || *inside.begin() == "..")
      bad("the picture " + relative + " lies outside the data set");
    const std::string png = readWhole(path);
    readPngSize(png);
    // A name that is a hash is also a promise of what the bytes are.
    const std::string uid = json.value("image_" + side + "_uid", "");
    const bool isHash = uid.size() == 64 && uid.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (isHash && sha256Hex(png) != uid) bad("the picture " + relative + " is not the one it is named after");
    return png;
  }

  void store(const Row& row) {
    QueryRow query;
    query.type = "pair";
    query.acquisition = "import";
    query.prompt = project_.prompts().ensure({.text = row.caption, .split = config_.split});
    ImageRow image;
    image.prompt = query.prompt;
    image.source = "imported";
    for (const std::string& png : row.images) {
      const std::int64_t before = project_.images().count();
      query.images.push_back(project_.images().add(png, image));
      result.counts["images"] += project_.images().count() - before;
    }
    ++result.counts["rows"];
    if (row.labelled && row.first == 0.5) ++result.counts["ties"];
    if (!row.labelled) ++result.counts["unlabelled"];
    answer(row, query);
  }

  void answer(const Row& row, const QueryRow& asked) {
    const std::string name = row.user.empty() ? "import" : "import " + row.user;
    const std::string kind = config_.source;
    AnswerDraft draft;
    draft.annotator = project_.annotators().ensure({.name = name, .kind = kind});
    draft.source = config_.source;
    draft.value = {{"choice", !row.labelled      ? "skip"
                              : row.first == 0.5 ? "tie"
                              : row.first > 0.5  ? "a"
                                                 : "b"}};
    const auto known = project_.queries().findShowing("pair", asked.images);
    draft.query = known ? known->id : project_.queries().enqueue(asked);
    if (project_.answers().current(draft.query, draft.annotator)) {
      ++result.counts["already_there"];
      return;
    }
    project_.answers().record(draft);
    ++result.counts["answers"];
  }

  Project& project_;
  std::filesystem::path folder_;
  const Config& config_;
};

ImportResult read(Project& project, const std::filesystem::path& inPath, const Json& settings, const ToPng&,
                  ProgressSink& sink, std::stop_token stop) {
  const Config config = schema().fromJson(settings);
  const std::filesystem::path file = std::filesystem::is_directory(inPath) ? inPath / "data.jsonl" : inPath;
  const auto lines = textLines(readWhole(file));
  Import import(project, std::filesystem::absolute(file).parent_path(), config);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    throwIfStopped(stop);
    if (!lines[i].empty()) import.takeLine(lines[i], i + 1);
    sink.progress("rows", static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(lines.size()));
  }
  if (import.result.counts["rows"] == 0 && import.result.counts["skipped"] > 0) {
    throw Error(ErrorKind::kInvalidInput,
                file.string() + " holds no readable row: " + import.result.notes.front());
  }
  return import.result;
}

}  // namespace

void register_pickapic_jsonl(Registry& registry) {
  Format format;
  format.descriptor = {
      "pickapic_jsonl",
      "Pick-a-Pic pairs (JSON lines)",
      "A folder as the export of the same name writes it: data.jsonl with Pick-a-Pic's columns and PNG "
      "files beside it. Rows whose pictures are missing or damaged are skipped and counted; rows that "
      "are there already are left alone.",
      "arXiv 2305.01569",
      1,
      schema().schema(),
      {{"suffixes", {".jsonl"}}}};
  format.read = read;
  registry.add(std::move(format));
}

}  // namespace plumbline::import_format
