// Prompts, pictures, models, features, runs, reward models, annotators, settings.
#include <QTest>
#include <cmath>
#include <thread>

#include "core/types/sha256.h"
#include "db/atomic_file.h"
#include "tests/db/project_fixture.h"

using namespace plumbline;
using namespace plumbline::testing;

class StoreTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void promptsAreUniqueAndKeepTheirBytes() {
    ProjectFixture f;
    const std::string text = "ein grüner Kreis 🟢 links von \"zwei\" 星 ' ; -- \\ \t";
    const auto id = f.project->prompts().ensure({.text = text, .tags = {"a", "ü"}, .split = "held_out"});
    QCOMPARE(f.project->prompts().ensure({.text = text}), id);
    QCOMPARE(f.project->prompts().find(id)->text, text);
    QCOMPARE(f.project->prompts().find(id)->tags, (std::vector<std::string>{"a", "ü"}));
    QCOMPARE(f.project->prompts().add({{.text = "x"}, {.text = "y"}, {.text = "x"}, {.text = text}}), 2);
    QCOMPARE(f.project->prompts().count("held_out"), 1);
    QCOMPARE(f.project->prompts().list("train").size(), 2u);
  }

  void picturesAreNamedByTheirBytes() {
    ProjectFixture f;
    const std::string png = makePng(7, 20, 10);
    ImageRow row;
    row.seed = -3;
    row.guidance = 5.5;
    row.sampler = "ddim";
    row.extra = {{"micro_batch", 8}};
    const std::string hash = f.project->images().add(png, row);
    QCOMPARE(hash, sha256Hex(png));
    QCOMPARE(f.project->images().path(hash), f.path() / "images" / hash.substr(0, 2) / (hash + ".png"));
    QCOMPARE(f.project->images().add(png, ImageRow{}), hash);
    QCOMPARE(f.project->images().count(), 1);
    const ImageRow stored = *f.project->images().find(hash);
    QCOMPARE(stored.width, 20);
    QCOMPARE(stored.height, 10);
    QCOMPARE(stored.seed, -3);
    QCOMPARE(stored.guidance, 5.5);
    QVERIFY(stored.extra == row.extra);
    QCOMPARE(f.project->images().load(hash).png, png);
  }

  void onlyPngsGetIn() {
    ProjectFixture f;
    std::string broken = makePng(9);
    broken[broken.size() / 2] = static_cast<char>(broken[broken.size() / 2] ^ 1);
    for (const std::string& bytes :
         {std::string("GIF89a"), std::string(), makePng(1).substr(0, 50), broken, makePng(1) + "tail"}) {
      QCOMPARE(errorOf([&] { f.project->images().add(bytes, ImageRow{}); }), ErrorKind::kInvalidInput);
    }
    QCOMPARE(f.project->images().count(), 0);
    QCOMPARE(errorOf([&] { f.project->images().path("../../etc/passwd"); }), ErrorKind::kInvalidInput);
  }

  void damageIsAStateAndHeals() {
    ProjectFixture f;
    const std::string png = makePng(5), hash = f.project->images().add(png, ImageRow{});
    const auto file = f.project->images().path(hash);
    writeSynced(file, png.substr(0, 30));
    QVERIFY(f.project->images().load(hash).state == ImageState::kCorrupt);
    QVERIFY(f.project->images().load(hash).png.empty());
    QVERIFY(f.project->images().find(hash)->state == ImageState::kCorrupt);
    std::filesystem::remove(file);
    QVERIFY(f.project->images().load(hash).state == ImageState::kMissing);
    QVERIFY(f.project->images().load(std::string(64, '0')).state == ImageState::kMissing);
    f.project->images().add(png, ImageRow{});
    QVERIFY(f.project->images().load(hash).state == ImageState::kOk);
    QVERIFY(f.project->images().find(hash)->state == ImageState::kOk);
  }

  void picturesAreFiltered() {
    ProjectFixture f;
    f.image("one");
    f.image("one");
    f.image("two");
    ImageFilter filter;
    filter.prompt = f.project->prompts().findText("one")->id;
    QCOMPARE(f.project->images().list(filter).size(), 2u);
    QCOMPARE(f.project->images().count(filter), 2);
    filter = {};
    filter.order = ImageOrder::kNewestFirst;
    filter.limit = 2;
    filter.offset = 1;
    QCOMPARE(f.project->images().list(filter).size(), 2u);
    filter = {};
    filter.source = "imported";
    QCOMPARE(f.project->images().count(filter), 0);
  }

  void orderByNoiseForgetsTheClock() {
    ProjectFixture f;
    const auto add = [&](int shade, std::int64_t seed, std::int64_t index) {
      ImageRow row;
      row.seed = seed;
      row.imageIndex = index;
      return f.project->images().add(makePng(shade), row);
    };
    // Stored in an order, and of hashes, that are not the noise's: five are not in it by luck.
    const std::string fifth = add(1, 3, 0), third = add(2, 1, 5), first = add(3, 1, 0), fourth = add(4, 2, 0),
                      second = add(5, 1, 2);
    ImageFilter filter;
    filter.order = ImageOrder::kByNoise;
    std::vector<std::string> hashes;
    for (const ImageRow& row : f.project->images().list(filter)) hashes.push_back(row.hash);
    QCOMPARE(hashes, (std::vector<std::string>{first, second, third, fourth, fifth}));
  }

  void equalModelsAreOne() {
    ProjectFixture f;
    ModelRow model;
    model.hash = "abc";
    model.path = "models/scenes";
    const auto base = f.project->models().ensure(model);
    QCOMPARE(f.project->models().ensure(model), base);
    model.adapters = {{{"name", "policy"}, {"strength", 0.5}}};
    QVERIFY(f.project->models().ensure(model) != base);
    QVERIFY(f.project->models().list().at(1).adapters == model.adapters);
  }

  void featuresComeBackBitForBit() {
    ProjectFixture f;
    const std::string image = f.image(), other = f.image();
    const Feature feature{{2, 3}, {0.1f, -1e30f, 3e-40f, std::nanf(""), 5, -0.0f}};
    f.project->features().put("clip", {{image, feature}});
    const Feature back = *f.project->features().get("clip", image);
    QCOMPARE(back.shape, feature.shape);
    QCOMPARE(std::memcmp(back.values.data(), feature.values.data(), 24), 0);
    QCOMPARE(f.project->features().get("clip", {image, other}).size(), 1u);
    QVERIFY(!f.project->features().get("other", image));
    QCOMPARE(errorOf([&] {
               f.project->features().put("clip", {{image, {{2}, {1.0f}}}});
             }),
             ErrorKind::kInternal);
    f.project->features().put("clip", {{image, {{1}, {9.0f}}}});
    QCOMPARE(f.project->features().get("clip", image)->values.at(0), 9.0f);
    QCOMPARE(f.project->features().count("clip"), 1);
    f.project->features().remove("clip");
    QCOMPARE(f.project->features().count("clip"), 0);
  }

  void runsKeepMetricsAndCheckpoints() {
    ProjectFixture f;
    RunStore& runs = f.project->runs();
    RunRow run;
    run.kind = "align";
    run.method = "no_longer_known";
    run.settings = {{"beta", 1.5}};
    const auto id = runs.create(run);
    runs.addMetrics(id, {{"loss", 1, 0.5}, {"loss", 2, std::nan("")}, {"reward", 1, 2}});
    runs.addMetrics(id, {{"loss", 1, 0.25}});
    QCOMPARE(runs.metricNames(id), (std::vector<std::string>{"loss", "reward"}));
    const auto loss = runs.metrics(id, "loss");
    QCOMPARE(loss.size(), 2u);
    QCOMPARE(loss[0].value, 0.25);
    QVERIFY(std::isnan(loss[1].value));
    QCOMPARE(runs.metrics(id, "loss", 1).size(), 1u);
    for (const std::int64_t step : {10, 20}) {
      CheckpointRow checkpoint;
      checkpoint.run = id;
      checkpoint.step = step;
      checkpoint.path = "runs/1/" + std::to_string(step);
      runs.addCheckpoint(checkpoint);
    }
    QCOMPARE(runs.latestCheckpoint(id)->step, 20);
    QVERIFY(!runs.latestCheckpoint(id, "adapter"));
    runs.removeCheckpoint(runs.latestCheckpoint(id)->id);
    QCOMPARE(runs.checkpoints(id).size(), 1u);
    QVERIFY(!runs.find(id)->finishedMs);
    runs.setState(id, JobState::kSucceeded);
    runs.setResult(id, {{"win_rate", 0.6}});
    QVERIFY(runs.find(id)->finishedMs);
    QCOMPARE(runs.find(id)->method, "no_longer_known");
    QVERIFY(runs.find(id)->result["win_rate"] == 0.6);
    QCOMPARE(runs.list("align").size(), 1u);
    QCOMPARE(runs.list("reward").size(), 0u);
  }

  void rewardModelsHaveVersions() {
    ProjectFixture f;
    QVERIFY(!f.project->rewardModels().latest());
    RewardModelRow model;
    model.path = "runs/1/reward";
    model.head = "ensemble";
    QCOMPARE(f.project->rewardModels().add(model).version, "rm1");
    QCOMPARE(f.project->rewardModels().add(model).version, "rm2");
    QCOMPARE(f.project->rewardModels().latest()->version, "rm2");
    f.project->rewardModels().setMetrics(1, {{"accuracy", 0.8}});
    QVERIFY(f.project->rewardModels().findVersion("rm1")->metrics["accuracy"] == 0.8);
  }

  void peopleSessionsAndGuidelines() {
    ProjectFixture f;
    AnnotatorStore& people = f.project->annotators();
    QCOMPARE(people.ensure({.name = "ann"}), f.annotator);
    const auto machine =
        people.ensure({.name = "sim", .kind = "simulated", .settings = {{"temperature", 1}}});
    QCOMPARE(people.find(machine)->kind, "simulated");
    const auto session = people.startSession(f.annotator);
    people.endSession(session);
    QVERIFY(people.sessions(f.annotator).at(0).endedMs);
    QVERIFY(!people.guideline());
    people.addGuideline("first");
    people.addGuideline("second");
    QCOMPARE(people.guideline()->text, "second");
  }

  void settingsAreJson() {
    ProjectFixture f;
    SettingStore& settings = f.project->settings();
    QVERIFY(settings.get("mix", {{"pair", 1}}) == nlohmann::json({{"pair", 1}}));
    settings.set("mix", {{"pair", 0.5}});
    settings.set("mix", {{"pair", 0.25}});
    QCOMPARE(settings.all().size(), 1u);
    QVERIFY(settings.get("mix")->at("pair") == 0.25);
    settings.remove("mix");
    QVERIFY(!settings.get("mix"));
  }
};

QTEST_GUILESS_MAIN(StoreTest)
#include "store_test.moc"
