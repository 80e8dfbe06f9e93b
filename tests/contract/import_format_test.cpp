// What every import format must keep, and what each reads.
#include <QRandomGenerator>
#include <QTest>

#include "db/atomic_file.h"
#include "db/check.h"
#include "db/export/export_format.h"
#include "db/import/import_format.h"
#include "tests/db/project_fixture.h"

using namespace plumbline;
using namespace plumbline::testing;
namespace fs = std::filesystem;

namespace {

const import_format::Registry& registry() {
  static const import_format::Registry kRegistry = [] {
    import_format::Registry r("import format");
    import_format::registerAll(r);
    return r;
  }();
  return kRegistry;
}

struct Importing : ProjectFixture {
  fs::path file(const std::string& name) const { return fs::path(folder.path().toStdString()) / name; }
  fs::path write(const std::string& name, const std::string& bytes) const {
    fs::create_directories(file(name).parent_path());
    writeSynced(file(name), bytes);
    return file(name);
  }
  import_format::ImportResult read(const std::string& id, const fs::path& from,
                                   const Json& settings = Json::object(), std::stop_token stop = {}) {
    SilentSink sink;
    return import_format::run(registry(), id, *project, from, settings, sink, stop);
  }
  std::vector<std::string> prompts() {
    std::vector<std::string> texts;
    for (const Prompt& prompt : project->prompts().list()) texts.push_back(prompt.text);
    return texts;
  }
};

}  // namespace

class ImportFormatTest : public QObject {
  Q_OBJECT

  static void eachFormat() {
    QTest::addColumn<QString>("id");
    for (const auto& format : registry().all()) {
      QTest::newRow(format->descriptor.id.c_str()) << QString::fromStdString(format->descriptor.id);
    }
  }

 private Q_SLOTS:
  void badFilesAreClearErrorsAndChangeNothing_data() { eachFormat(); }
  void badFilesAreClearErrorsAndChangeNothing() {
    QFETCH(QString, id);
    Importing f;
    const auto fails = [&](const fs::path& path) {
      try {
        f.read(id.toStdString(), path);
      } catch (const Error& error) {
        return error.message().find('\n') == std::string::npos && error.message().size() > 20;
      }
      return false;
    };
    QVERIFY(fails(f.file("absent.txt")));
    QVERIFY(fails(f.write("binary.bin", std::string("\0\1\2\xff\xfe", 5))));
    QVERIFY(fails(f.write("rubbish.jsonl", "{not json\n{neither\n")));
    QCOMPARE(f.project->prompts().count(), 0);
    QCOMPARE(f.project->images().count(), 0);
    QCOMPARE(f.project->answers().latestId(), 0);
    const auto& descriptor = registry().get(id.toStdString()).descriptor;
    QVERIFY(!descriptor.title.empty() && !descriptor.help.empty() && descriptor.extra.contains("suffixes"));
  }

  void promptsFromText() {
    Importing f;
    const auto result = f.read("prompts", f.write("p.txt",
                                                  "\xef\xbb\xbf"
                                                  "a red circle\r\n\r\n  zwei grüne Kreise 🟢 \r\n"
                                                  "a red circle\nbad \xff bytes\nlast without end"));
    QCOMPARE(f.prompts(),
             (std::vector<std::string>{"a red circle", "zwei grüne Kreise 🟢", "last without end"}));
    QCOMPARE(result.counts.at("prompts"), 3);
    QCOMPARE(result.counts.at("already_there"), 1);
    QCOMPARE(result.counts.at("skipped"), 1);
    QCOMPARE(result.notes.at(0), "line 5: not UTF-8 text");
    QCOMPARE(f.project->prompts().list().at(0).split, "train");
  }

  void aTenthIsHeldOutUnlessASplitIsGiven() {
    std::string lines;
    for (int i = 0; i < 2000; ++i) lines += "prompt " + std::to_string(i) + "\n";
    Importing f, again, all;
    const std::int64_t held = f.read("prompts", f.write("p.txt", lines)).counts.at("held_out");
    QVERIFY2(held > 150 && held < 260, qPrintable(QString::number(held)));
    QCOMPARE(f.project->prompts().count("held_out"), held);
    QCOMPARE(again.read("prompts", again.write("p.txt", lines)).counts.at("held_out"), held);
    all.read("prompts", all.write("p.txt", lines), {{"split", "train"}});
    QCOMPARE(all.project->prompts().count("train"), 2000);
  }

  void promptsFromCsv() {
    Importing f;
    const std::string csv =
        "id,prompt,split,tags\n1,\"a circle, \"\"red\"\"\nand big\",held_out,a;b\n2,plain\n3,\n";
    const auto result = f.read("prompts", f.write("p.csv", csv), {{"tag", "mine"}});
    const auto prompts = f.project->prompts().list();
    QCOMPARE(prompts.size(), 2u);
    QCOMPARE(prompts[0].text, "a circle, \"red\"\nand big");
    QCOMPARE(prompts[0].split, "held_out");
    QCOMPARE(prompts[0].tags, (std::vector<std::string>{"a", "b", "mine"}));
    QCOMPARE(prompts[1].split, "train");
    QCOMPARE(result.counts.at("skipped"), 1);
    QCOMPARE(errorOf([&] { f.read("prompts", f.write("q.csv", "x,y\n1,2\n")); }), ErrorKind::kInvalidInput);
  }

  void promptsFromJsonLines() {
    Importing f;
    const std::string jsonl =
        "\"one\"\n{\"caption\": \"two\", \"tags\": [\"t\"], \"split\": \"validation\"}\n{\"tags\": 1}\n";
    const auto result = f.read("prompts", f.write("p.jsonl", jsonl));
    QCOMPARE(f.prompts(), (std::vector<std::string>{"one", "two"}));
    QCOMPARE(f.project->prompts().findText("two")->split, "validation");
    QCOMPARE(result.counts.at("skipped"), 1);
  }

  void picturesOfAFolder() {
    Importing f;
    const auto png = [](int shade) { return makePng(shade); };
    f.write("set/b/2.png", png(20));
    f.write("set/1.png", png(10));
    f.write("set/1.txt", "a red circle\nanother line");
    f.write("set/3.png", png(30));
    f.write("set/4.PNG", png(40));
    f.write("set/broken.png", png(50).substr(0, 40));
    f.write("set/broken.txt", "a prompt of nothing");
    f.write("set/metadata.jsonl", "{\"file_name\": \"b/2.png\", \"text\": \"a red circle\"}\nrubbish\n");
    const auto result = f.read("image_folder", f.file("set"));
    QCOMPARE(result.counts.at("images"), 4);
    QCOMPARE(result.counts.at("skipped"), 1);
    QVERIFY2(result.notes.at(0).starts_with("broken.png: "), result.notes.at(0).c_str());
    QCOMPARE(f.prompts(), (std::vector<std::string>{"a red circle"}));
    const auto queries = f.project->queries().list("open");
    QCOMPARE(queries.size(), std::size_t(2));
    int withPrompt = 0;
    for (const QueryRow& query : queries) {
      QCOMPARE(query.type, "pair");
      withPrompt += query.promptText == "a red circle";
    }
    QCOMPARE(withPrompt, 1);
    SilentSink sink;
    const auto again = f.read("image_folder", f.file("set"), {{"questions", "mask"}});
    QCOMPARE(again.counts.at("already_there"), 4);
    QCOMPARE(again.counts.at("queries"), 4);
    QCOMPARE(f.project->queries().list("open").size(), std::size_t(6));
    QVERIFY(checkProject(*f.project, false, sink, {}).ok());
    QCOMPARE(errorOf([&] { f.read("image_folder", f.write("empty/readme.txt", "x").parent_path()); }),
             ErrorKind::kInvalidInput);
  }

  void emptyPromptFilesAreTold() {
    Importing f;
    for (const char* bytes : {"", "\n\n  \r\n", "\xff\xfe\n"}) {
      try {
        f.read("prompts", f.write("empty.txt", bytes));
        QFAIL("accepted an empty file");
      } catch (const Error& error) {
        QVERIFY2(error.message().find("holds no readable prompt") != std::string::npos, error.what());
      }
    }
    QCOMPARE(errorOf([&] { f.read("prompts", f.folder.path().toStdString()); }), ErrorKind::kInvalidInput);
  }

  void pickapicComesBackAsItWentOut() {
    Importing source, target;
    source.choose(source.pairQuery("ein Kreis 星"), "b");
    source.choose(source.pairQuery(), "both_bad");
    source.choose(source.pairQuery(), "skip");
    export_format::Registry formats("export format");
    export_format::registerAll(formats);
    SilentSink sink;
    export_format::run(formats, "pickapic_jsonl", *source.project, source.file("set"), {{"unlabelled", true}},
                       sink, {});

    const auto result = target.read("pickapic_jsonl", source.file("set"));
    QCOMPARE(result.counts.at("rows"), 3);
    QCOMPARE(result.counts.at("images"), 6);
    QCOMPARE(result.counts.at("answers"), 3);
    QCOMPARE(result.counts.at("ties"), 1);
    QCOMPARE(result.counts.at("unlabelled"), 1);
    ObservationFilter comparisons;
    comparisons.kind = "comparison";
    const auto before = source.project->observations().current(comparisons);
    const auto after = target.project->observations().current(comparisons);
    QCOMPARE(after.size(), before.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
      QVERIFY(observationToJson(after[i].observation) == observationToJson(before[i].observation));
      QCOMPARE(after[i].promptText, before[i].promptText);
    }
    QVERIFY(checkProject(*target.project, false, sink, {}).ok());

    const auto again = target.read("pickapic_jsonl", source.file("set") / "data.jsonl");
    QCOMPARE(again.counts.at("already_there"), 3);
    QCOMPARE(again.counts.at("answers"), 0);
    QCOMPARE(target.project->answers().counts().total, 3);
  }

  void badRowsAreSkippedAndCounted() {
    Importing f;
    const std::string good = makePng(1), other = makePng(2);
    f.write("set/a.png", good);
    f.write("set/b.png", other);
    f.write("secret.png", makePng(3));
    f.write("set/broken.png", good.substr(0, 40));
    const auto row = [](const std::string& a, const std::string& b, const Json& more = Json::object()) {
      Json json = {{"caption", "c"}, {"image_0_url", a}, {"image_1_url", b}, {"label_0", 1}, {"label_1", 0}};
      json.update(more);
      return json.dump() + "\n";
    };
    const std::string lines =
        row("a.png", "b.png") + row("a.png", "broken.png") + row("a.png", "absent.png") +
        row("a.png", "../secret.png") + row("a.png", "b.png", {{"label_0", 7}}) +
        row("a.png", "b.png", {{"label_1", 1}}) + row("a.png", "b.png", {{"caption", ""}}) +
        row("a.png", "b.png", {{"image_0_uid", std::string(64, 'a')}}) + "{\n";
    const auto result = f.read("pickapic_jsonl", f.write("set/data.jsonl", lines));
    QCOMPARE(result.counts.at("rows"), 1);
    QCOMPARE(result.counts.at("skipped"), 8);
    QCOMPARE(result.notes.size(), 8u);
    QVERIFY(result.notes[2].find("outside the data set") != std::string::npos);
    QCOMPARE(f.project->images().count(), 2);
    QCOMPARE(f.project->answers().counts().total, 1);
    SilentSink sink;
    QVERIFY(checkProject(*f.project, false, sink, {}).ok());
  }

  // Bytes flipped, cut out and doubled: whatever a file holds, the answer is an Error or a count.
  void mutatedFilesNeverCrash_data() { eachFormat(); }
  void mutatedFilesNeverCrash() {
    QFETCH(QString, id);
    Importing f;
    f.write("set/a.png", makePng(1));
    f.write("set/b.png", makePng(2));
    const std::string whole =
        "{\"caption\": \"c, \\\"q\\\"\", \"image_0_url\": \"a.png\", \"image_1_url\": \"b.png\", "
        "\"label_0\": 0.5, \"label_1\": 0.5, \"user_id\": 3, \"has_label\": true, \"tags\": [\"t\"]}\n";
    QRandomGenerator random(7);
    for (int round = 0; round < 150; ++round) {
      std::string bytes = whole + whole;
      for (int change = 0; change < 3; ++change) {
        const auto at = static_cast<std::size_t>(random.bounded(static_cast<int>(bytes.size())));
        const int kind = random.bounded(3);
        if (kind == 0) bytes[at] = static_cast<char>(random.bounded(256));
        if (kind == 1) bytes.erase(at, static_cast<std::size_t>(random.bounded(8)));
        if (kind == 2) bytes.insert(at, bytes.substr(at, 5));
      }
      const auto path = f.write(round % 2 ? "set/m.jsonl" : "set/m.csv", bytes);
      try {
        f.read(id.toStdString(), path);
      } catch (const Error& error) {
        QVERIFY2(error.kind() != ErrorKind::kInternal, error.what());
      }
    }
    SilentSink sink;
    QVERIFY(checkProject(*f.project, false, sink, {}).ok());
  }

  void stopsWhenAsked() {
    Importing f;
    std::stop_source source;
    source.request_stop();
    const auto file = f.write("p.txt", "one\ntwo\n");
    QCOMPARE(errorOf([&] { f.read("prompts", file, {}, source.get_token()); }), ErrorKind::kCancelled);
    QCOMPARE(f.project->prompts().count(), 0);
  }
};

QTEST_GUILESS_MAIN(ImportFormatTest)
#include "import_format_test.moc"
