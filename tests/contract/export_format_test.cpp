// What every export format must keep, and the golden output of each.
#include <QDir>
#include <QTest>

#include "core/types/coco_rle.h"
#include "core/types/sha256.h"
#include "db/atomic_file.h"
#include "db/export/export_format.h"
#include "db/export/safetensors_header.h"
#include "tests/db/project_fixture.h"

using namespace plumbline;
using namespace plumbline::testing;
namespace fs = std::filesystem;

namespace {

const export_format::Registry& registry() {
  static const export_format::Registry kRegistry = [] {
    export_format::Registry r("export format");
    export_format::registerAll(r);
    return r;
  }();
  return kRegistry;
}

std::string safetensors(const Json& header, std::size_t dataSize) {
  const std::string text = header.dump();
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(text.size() >> (8 * i));
  return bytes + text + std::string(dataSize, '\1');
}

const Json kAdapter = {
    {"__metadata__", {{"format", "pt"}}},
    {"unet.x.lora_A.weight", {{"dtype", "F32"}, {"shape", {2, 3}}, {"data_offsets", {0, 24}}}},
    {"unet.x.lora_B.weight", {{"dtype", "F16"}, {"shape", {4, 2}}, {"data_offsets", {24, 40}}}}};

// One of everything, with prompts that are not plain ASCII.
struct Filled : ProjectFixture {
  const std::string prompt = "zwei grüne Kreise 🟢 \"über\" 星\\";
  std::int64_t pair = 0, tie = 0, skipped = 0, mask = 0, clean = 0, run = 0;

  Filled() {
    pair = pairQuery(prompt);
    tie = pairQuery(prompt);
    skipped = pairQuery("other");
    mask = oneImageQuery("mask", prompt);
    clean = oneImageQuery("mask");
    choose(pair, "b");
    choose(tie, "both_good");
    choose(skipped, "skip");
    Mask painted(8, 6);
    for (int y = 1; y < 3; ++y) painted.at(4, y) = painted.at(5, y) = 1;
    answer(mask,
           {{"choice", "done"}, {"regions", {{{"category", "artifact"}, {"mask", cocoEncode(painted)}}}}});
    choose(clean, "nothing");
    addRun();
  }
  void addRun() {
    RunRow row;
    row.kind = "align";
    row.method = "focus_n_fix";
    row.state = JobState::kSucceeded;
    run = project->runs().create(row);
    CheckpointRow adapter;
    adapter.run = run;
    adapter.kind = "adapter";
    adapter.path = "runs/" + std::to_string(run) + "/pytorch_lora_weights.safetensors";
    fs::create_directories((path() / adapter.path).parent_path());
    writeSynced(path() / adapter.path, safetensors(kAdapter, 40));
    project->runs().addCheckpoint(adapter);
  }
  fs::path out(const std::string& name) const { return fs::path(folder.path().toStdString()) / name; }
  export_format::ExportResult write(const std::string& id, const std::string& name,
                                    const Json& settings = Json::object(), std::stop_token stop = {}) {
    SilentSink sink;
    return export_format::run(registry(), id, *project, out(name), settings, sink, stop);
  }
};

// Everything beside the project, temporary names included.
std::size_t thingsBeside(const ProjectFixture& f) {
  return static_cast<std::size_t>(
      QDir(f.folder.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden).size());
}

// Asks for a stop as soon as the export reports anything.
class StoppingSink : public SilentSink {
 public:
  void progress(const std::string&, std::int64_t, std::int64_t) override { source.request_stop(); }
  std::stop_source source;
};

std::vector<nlohmann::ordered_json> lines(const fs::path& file) {
  std::vector<nlohmann::ordered_json> rows;
  const std::string bytes = readWhole(file);
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = bytes.find('\n', at);
    rows.push_back(nlohmann::ordered_json::parse(bytes.substr(at, end - at)));
    at = end + 1;
  }
  return rows;
}

}  // namespace

class ExportFormatTest : public QObject {
  Q_OBJECT

  static void eachFormat() {
    QTest::addColumn<QString>("id");
    for (const auto& format : registry().all()) {
      QTest::newRow(format->descriptor.id.c_str()) << QString::fromStdString(format->descriptor.id);
    }
  }

 private Q_SLOTS:
  void describesItself_data() { eachFormat(); }
  void describesItself() {
    QFETCH(QString, id);
    const Descriptor& d = registry().get(id.toStdString()).descriptor;
    QVERIFY(!d.title.empty() && !d.help.empty() && d.version > 0);
    QVERIFY(d.extra.contains("file") && d.extra.contains("suffix") && d.extra.contains("lossy"));
  }

  void writesAndRefusesToOverwrite_data() { eachFormat(); }
  void writesAndRefusesToOverwrite() {
    QFETCH(QString, id);
    Filled f;
    const auto result = f.write(id.toStdString(), "out");
    QVERIFY(fs::exists(f.out("out")));
    QVERIFY(!result.counts.empty());
    QCOMPARE(f.project->events().recent(1).at(0).kind, "export");
    QCOMPARE(errorOf([&] { f.write(id.toStdString(), "out"); }), ErrorKind::kInvalidInput);
    QCOMPARE(errorOf([&] {
               f.write(id.toStdString(), "out2", {{"no_such_setting", 1}});
             }),
             ErrorKind::kInvalidInput);
    QCOMPARE(thingsBeside(f), 2u);
  }

  void isTheSameTwice_data() { eachFormat(); }
  void isTheSameTwice() {
    QFETCH(QString, id);
    Filled f;
    f.write(id.toStdString(), "one");
    f.write(id.toStdString(), "two");
    for (const auto& entry : fs::recursive_directory_iterator(f.out("one"))) {
      if (!entry.is_regular_file()) continue;
      QCOMPARE(readWhole(f.out("two") / fs::relative(entry.path(), f.out("one"))), readWhole(entry.path()));
    }
  }

  void emptyProjectGivesAnEmptySetOrAClearError_data() { eachFormat(); }
  void emptyProjectGivesAnEmptySetOrAClearError() {
    QFETCH(QString, id);
    ProjectFixture f;
    SilentSink sink;
    const fs::path out = fs::path(f.folder.path().toStdString()) / "out";
    const auto error =
        errorOf([&] { export_format::run(registry(), id.toStdString(), *f.project, out, {}, sink, {}); });
    QCOMPARE(error, id == "peft_lora" ? std::optional(ErrorKind::kNotFound) : std::nullopt);
    QCOMPARE(fs::exists(out), !error);
    QCOMPARE(thingsBeside(f), error ? 1u : 2u);
  }

  void cancelLeavesNothing_data() { eachFormat(); }
  void cancelLeavesNothing() {
    QFETCH(QString, id);
    Filled f;
    std::stop_source source;
    source.request_stop();
    QCOMPARE(errorOf([&] { f.write(id.toStdString(), "out", {}, source.get_token()); }),
             ErrorKind::kCancelled);
    QCOMPARE(thingsBeside(f), 1u);
    if (id == "peft_lora") return;  // one file: there is no middle
    StoppingSink sink;
    QCOMPARE(errorOf([&] {
               export_format::run(registry(), id.toStdString(), *f.project, f.out("out"), {}, sink,
                                  sink.source.get_token());
             }),
             ErrorKind::kCancelled);
    QCOMPARE(thingsBeside(f), 1u);
  }

  void damagedPicturesAreLeftOutAndCounted() {
    Filled f;
    const auto image = f.project->queries().find(f.pair)->images[0];
    writeSynced(f.project->images().path(image), "gone");
    const auto pairs = f.write("pickapic_jsonl", "pairs");
    QCOMPARE(pairs.counts.at("rows"), 1);
    QCOMPARE(pairs.counts.at("skipped_rows_with_damaged_images"), 1);
    QCOMPARE(pairs.counts.at("damaged_images"), 1);
    fs::remove(f.project->images().path(f.project->queries().find(f.mask)->images[0]));
    QCOMPARE(f.write("coco_masks", "masks").counts.at("skipped_masks"), 1);
  }

  void pickapicGolden() {
    Filled f;
    const auto result = f.write("pickapic_jsonl", "out");
    QCOMPARE(result.counts.at("rows"), 2);
    QCOMPARE(result.counts.at("ties"), 1);
    QCOMPARE(result.counts.at("images"), 4);
    QCOMPARE(result.notes.size(), 1u);
    const auto rows = lines(f.out("out") / "data.jsonl");
    const auto images = f.project->queries().find(f.pair)->images;
    nlohmann::ordered_json golden = {
        {"are_different", true},
        {"best_image_uid", images[1]},
        {"caption", f.prompt},
        {"created_at", rows.at(0)["created_at"]},
        {"has_label", true},
        {"image_0_uid", images[0]},
        {"image_0_url", "images/" + images[0] + ".png"},
        {"image_1_uid", images[1]},
        {"image_1_url", "images/" + images[1] + ".png"},
        {"label_0", 0.0},
        {"label_1", 1.0},
        {"model_0", ""},
        {"model_1", ""},
        {"ranking_id", f.pair},
        {"user_id", f.annotator},
        {"num_example_per_prompt", 2},
        {"__index_level_0__", 0},
    };
    QCOMPARE(rows[0].dump(), golden.dump());  // as text: the order of the columns counts
    QVERIFY(
        QDateTime::fromString(QString::fromStdString(rows[0]["created_at"]), Qt::ISODateWithMs).isValid());
    QVERIFY(rows.at(1)["label_0"] == 0.5 && rows[1]["label_1"] == 0.5 && rows[1]["best_image_uid"] == "");
    for (const auto& image : images)
      QCOMPARE(sha256Hex(readWhole(f.out("out") / "images" / (image + ".png"))), image);
  }

  void pickapicTiesAndSkipsAsAsked() {
    Filled f;
    QCOMPARE(f.write("pickapic_jsonl", "drop", {{"ties", "drop"}}).counts.at("rows"), 1);
    f.write("pickapic_jsonl", "expand", {{"ties", "expand"}});
    const auto rows = lines(f.out("expand") / "data.jsonl");
    QCOMPARE(rows.size(), 3u);
    QVERIFY(rows[1]["label_0"] == 1.0 && rows[2]["label_0"] == 0.0);
    QVERIFY(rows[1]["best_image_uid"] == rows[1]["image_0_uid"]);
    f.write("pickapic_jsonl", "unlabelled", {{"unlabelled", true}});
    const auto all = lines(f.out("unlabelled") / "data.jsonl");
    QCOMPARE(all.size(), 3u);
    QVERIFY(all[2]["has_label"] == false);
    QCOMPARE(f.write("pickapic_jsonl", "machines", {{"source", "machine"}}).counts.at("rows"), 0);
    QCOMPARE(f.write("pickapic_jsonl", "held", {{"split", "held_out"}}).counts.at("rows"), 0);
  }

  void cocoGolden() {
    Filled f;
    f.write("coco_masks", "out");
    const Json file = Json::parse(readWhole(f.out("out") / "annotations.json"));
    QCOMPARE(file["images"].size(), 2u);  // the clean one is listed too
    QCOMPARE(file["annotations"].size(), 1u);
    const Json& annotation = file["annotations"][0];
    // Two columns of two pixels in a picture of 6 rows: 4 columns and 1 pixel of zeros, then 2, 4, 2 and the
    // rest.
    QVERIFY(annotation["segmentation"]["size"] == Json({6, 8}));
    QVERIFY(cocoDecompress(annotation["segmentation"]["counts"]) ==
            (std::vector<std::uint32_t>{25, 2, 4, 2, 15}));
    QVERIFY(annotation["area"] == 4);
    QVERIFY(annotation["bbox"] == Json({4, 1, 2, 2}));
    QVERIFY(annotation["category_id"] == 2);
    QVERIFY(file["categories"][1]["name"] == "artifact");
    QVERIFY(file["images"][0]["prompt"] == f.prompt);
    QVERIFY(file["images"][0]["width"] == 8 && file["images"][0]["height"] == 6);
    QVERIFY(fs::exists(f.out("out") / std::string(file["images"][0]["file_name"])));
  }

  void loraIsTheRunsFileByteForByte() {
    Filled f;
    QCOMPARE(f.write("peft_lora", "folder").counts.at("tensors"), 2);
    const std::string bytes = safetensors(kAdapter, 40);
    QCOMPARE(readWhole(f.out("folder") / "pytorch_lora_weights.safetensors"), bytes);
    f.write("peft_lora", "file.safetensors", {{"run", f.run}});
    QCOMPARE(readWhole(f.out("file.safetensors")), bytes);
    QCOMPARE(errorOf([&] { f.write("peft_lora", "none", {{"run", 77}}); }), ErrorKind::kNotFound);
  }

  // The length of a header is its first byte; 0x80 is also how a pickle begins.
  void aHeaderOfAnyLengthIsNoPickle() {
    QTemporaryDir folder;
    const fs::path file = fs::path(folder.path().toStdString()) / "adapter.safetensors";
    std::string text = kAdapter.dump();
    text.resize((text.size() / 256 + 1) * 256 + 0x80, ' ');
    std::string bytes{'\x80', static_cast<char>(text.size() >> 8)};
    writeSynced(file, bytes + std::string(6, '\0') + text + std::string(40, '\1'));
    QCOMPARE(export_format::readSafetensorsHeader(file).names.size(), std::size_t(2));
  }

  void brokenAdaptersAreRefused_data() {
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char* name, const std::string& bytes) {
      QTest::newRow(name) << QByteArray::fromStdString(bytes);
    };
    const std::string whole = safetensors(kAdapter, 40);
    row("truncated", whole.substr(0, whole.size() - 1));
    row("too long", whole + "x");
    row("empty", "");
    row("pickle", std::string("\x80\x02}q\x00", 5) + std::string(100, 'a'));
    row("zip pickle", "PK\x03\x04" + std::string(100, 'a'));
    row("header beyond the file", std::string("\xff\xff\xff\x00\x00\x00\x00\x00{}", 10));
    Json outside = kAdapter;
    outside["unet.x.lora_B.weight"]["data_offsets"] = {24, 4000};
    row("range outside", safetensors(outside, 40));
    Json overlap = kAdapter;
    overlap["unet.x.lora_B.weight"]["data_offsets"] = {8, 24};
    row("overlap", safetensors(overlap, 40));
    Json negative = kAdapter;
    negative["unet.x.lora_B.weight"]["shape"] = {-4, -2};
    row("negative shape", safetensors(negative, 40));
    Json huge = kAdapter;
    huge["unet.x.lora_B.weight"]["shape"] = {1ull << 62, 1ull << 62};
    row("overflowing shape", safetensors(huge, 40));
    const std::string text =
        R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
    row("name twice", std::string(1, static_cast<char>(text.size())) + std::string(7, '\0') + text + "x");
    row("no adapter", safetensors({{"w", {{"dtype", "U8"}, {"shape", {1}}, {"data_offsets", {0, 1}}}}}, 1));
  }
  void brokenAdaptersAreRefused() {
    QFETCH(QByteArray, bytes);
    Filled f;
    writeSynced(f.project->runFolder(f.run) / "pytorch_lora_weights.safetensors", bytes.toStdString());
    const auto error = errorOf([&] { f.write("peft_lora", "out"); });
    QVERIFY(error == ErrorKind::kCorrupt || error == ErrorKind::kUnsupported);
    QCOMPARE(thingsBeside(f), 1u);
  }
};

QTEST_GUILESS_MAIN(ExportFormatTest)
#include "export_format_test.moc"
