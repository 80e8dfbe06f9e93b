// The export page on a real project: every format from click to files, what is missing said in words, names
// that are taken, the way to the folder, with and without a device host.
#include <QComboBox>
#include <QDesktopServices>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QTableView>
#include <QTest>
#include <QUrl>

#include "core/types/coco_rle.h"
#include "tests/ui/room.h"
#include "tests/ui/scripted_host.h"
#include "ui/data_hub.h"
#include "ui/models/job_model.h"
#include "ui/theme.h"
#include "ui/widgets/export_form.h"
#include "ui/widgets/schema_form.h"

using namespace plumbline;

namespace {

void answer(Project& p, std::int64_t query, const nlohmann::json& value) {
  AnswerDraft draft;
  draft.query = query;
  draft.annotator = p.annotators().ensure({.name = "bob"});
  draft.value = value;
  p.answers().record(draft);
}

void answerAll(Project& p, const test::DemoProject& demo) {
  answer(p, demo.queries[0], {{"choice", "a"}});
  Mask mask(32, 32);
  mask.at(4, 5) = 1;
  answer(p, demo.queries[1],
         {{"choice", "done"}, {"regions", {{{"category", "artifact"}, {"mask", cocoEncode(mask)}}}}});
}

// The smallest adapter that the format accepts: one pair of LoRA matrices.
void addAdapter(Project& p) {
  RunRow run;
  run.kind = "align";
  const std::int64_t id = p.runs().create(run);
  const std::string up = "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q.lora_";
  const nlohmann::json header{
      {up + "A.weight", {{"dtype", "F32"}, {"shape", {1, 4}}, {"data_offsets", {0, 16}}}},
      {up + "B.weight", {{"dtype", "F32"}, {"shape", {4, 1}}, {"data_offsets", {16, 32}}}}};
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  QByteArray file;
  for (int i = 0; i < 8; ++i) file.append(char((quint64(text.size()) >> (8 * i)) & 0xff));
  file += QByteArray::fromStdString(text) + QByteArray(32, '\0');
  const QString folder = QString::fromStdString((p.runFolder(id) / "adapter").string());
  QDir().mkpath(folder);
  QFile out(folder + "/pytorch_lora_weights.safetensors");
  if (!out.open(QIODevice::WriteOnly)) qFatal("cannot write the adapter");
  out.write(file);
  p.runs().addCheckpoint(
      {.run = id, .step = 8, .kind = "adapter", .path = "runs/" + std::to_string(id) + "/adapter"});
  p.runs().setState(id, JobState::kSucceeded);
}

struct Room : test::Room {
  explicit Room(std::function<void(Project&, const test::DemoProject&)> before = {},
                const QString& hostProgram = {})
      : test::Room("export",
                   {.queries = {"pair", "mask"}, .before = std::move(before), .hostProgram = hostProgram}) {}

  QLineEdit* edit(const char* name) { return find<QLineEdit>(name); }
  QString note() { return find<QLabel>("exportNote")->text(); }
  void choose(const char* format) {
    auto* radio = page->findChild<QRadioButton*>(QStringLiteral("format_") + format);
    QTest::mouseClick(radio, Qt::LeftButton, {}, QPoint(8, radio->height() / 2));
  }
  QTableView* table() { return find<QTableView>("exports"); }
  QString exports() { return demo->path() + "/exports/"; }
};

}  // namespace

class ExportTest : public QObject {
  Q_OBJECT

 public Q_SLOTS:
  void opened(const QUrl& url) { opened_ << url.toLocalFile(); }

 private Q_SLOTS:
  void initTestCase() { applyTheme(*qApp, Appearance::kLight); }

  void nothingToExportSaysWhereToGo() {
    Room room;
    QTRY_VERIFY(room.button("lead")->isVisible());
    for (const char* format : {"pickapic_jsonl", "coco_masks"}) {
      room.choose(format);
      QVERIFY(!room.button("export")->isEnabled());
    }
    room.choose("peft_lora");
    QVERIFY(room.note().contains("No fine-tune has finished yet"));
    QTest::mouseClick(room.button("lead"), Qt::LeftButton);
    QCOMPARE(room.window->currentPage(), QString("align"));
  }

  void everyFormatWritesItsFiles_data() {
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("file");
    QTest::newRow("pairs") << "pickapic_jsonl"
                           << "demo-pickapic_jsonl/data.jsonl";
    QTest::newRow("masks") << "coco_masks"
                           << "demo-coco_masks/annotations.json";
    QTest::newRow("adapter") << "peft_lora"
                             << "demo-peft_lora.safetensors";
  }

  void everyFormatWritesItsFiles() {
    QFETCH(QString, format);
    QFETCH(QString, file);
    Room room([](Project& p, const test::DemoProject& demo) {
      answerAll(p, demo);
      addAdapter(p);
    });
    QStringList failures;
    connect(room.studio->context().hub, &DataHub::failure, this,
            [&failures](const QString& text) { failures << text; });
    room.choose(qPrintable(format));
    QTRY_VERIFY2(room.button("export")->isEnabled(), qPrintable(room.note()));
    QTest::mouseClick(room.button("export"), Qt::LeftButton);
    QTRY_COMPARE(room.table()->model()->rowCount(), 1);
    const auto cell = [&](int column) { return room.table()->model()->index(0, column).data().toString(); };
    QTRY_VERIFY2(cell(JobModel::kState) == "Done", qPrintable(cell(JobModel::kOutcome)));
    QVERIFY(QFile::exists(room.exports() + file));
    QVERIFY(cell(JobModel::kOutcome).endsWith(file.section('/', 0, 0)));
    QCOMPARE(failures, QStringList());
    // The next one gets another name by itself.
    QTRY_VERIFY(room.edit("name")->text().contains("-2"));
    QTRY_VERIFY(room.button("openFolder")->isEnabled());
    QDesktopServices::setUrlHandler("file", this, "opened");
    opened_.clear();
    QTest::mouseClick(room.button("openFolder"), Qt::LeftButton);
    QDesktopServices::unsetUrlHandler("file");
    QCOMPARE(opened_.size(), 1);
    QVERIFY(QDir(opened_.first()).absolutePath().startsWith(QDir(room.exports()).absolutePath()));
  }

  void optionsGoIntoTheRow() {
    Room room(answerAll);
    room.choose("pickapic_jsonl");
    QTRY_VERIFY(room.button("export")->isEnabled());
    room.page->findChild<SchemaForm*>()->setValues({{"ties", "drop"}});
    room.edit("name")->selectAll();
    QTest::keyClicks(room.edit("name"), "mine");
    QTest::keyClick(room.edit("name"), Qt::Key_Return);
    QTRY_COMPARE(room.project().jobs().count(JobState::kSucceeded), 1);
    const JobRow job = room.project().jobs().list().front();
    QVERIFY(job.spec.at("settings").at("ties") == "drop");
    QCOMPARE(QString::fromStdString(job.spec.at("out")), room.exports() + "mine");
    QVERIFY(QDir(room.exports() + "mine").exists());
  }

  void takenNamesAndBadFoldersAreRefused() {
    Room room(answerAll);
    room.choose("pickapic_jsonl");
    QTRY_VERIFY(room.button("export")->isEnabled());
    QDir().mkpath(room.exports() + "there");
    room.edit("name")->setText("there");
    QVERIFY(!room.button("export")->isEnabled());
    QVERIFY(room.note().contains("already"));
    room.edit("name")->setText("");
    QVERIFY(!room.button("export")->isEnabled());
    room.edit("name")->setText("fresh");
    room.edit("folder")->setText("not/absolute");
    QVERIFY(!room.button("export")->isEnabled());
  }

  void theHostIsAskedWhereOneRuns() {
    const test::ScriptedHost script;
    Room room(answerAll, script.program());
    room.host->start();
    QTRY_VERIFY(room.host->isReady());
    room.choose("pickapic_jsonl");
    QTRY_VERIFY(room.button("export")->isEnabled());
    QTest::mouseClick(room.button("export"), Qt::LeftButton);
    QTRY_VERIFY(script.seen().contains("\"run\""));
    QCOMPARE(room.project().jobs().list().front().state, JobState::kQueued);
    QTRY_VERIFY(room.button("cancelExport")->isEnabled());
    QTest::mouseClick(room.button("cancelExport"), Qt::LeftButton);
    QTRY_COMPARE(room.project().jobs().list().front().state, JobState::kCancelled);
    QTRY_VERIFY(script.seen().contains("\"cancel\""));
    room.host->shutdown();
  }

  void aFailureIsSaidInTheRow() {
    Room room([](Project& p, const test::DemoProject& demo) {
      answerAll(p, demo);
      addAdapter(p);
      std::filesystem::remove_all(p.runFolder(1) / "adapter");
    });
    room.choose("peft_lora");
    QTRY_VERIFY(room.button("export")->isEnabled());
    QTest::mouseClick(room.button("export"), Qt::LeftButton);
    QTRY_COMPARE(room.project().jobs().count(JobState::kFailed), 1);
    QTRY_VERIFY(room.table()->model()->rowCount() == 1 &&
                room.table()->model()->index(0, JobModel::kOutcome).data().toString().contains("gone"));
    QVERIFY(!room.button("openFolder")->isEnabled());
  }

 private:
  QStringList opened_;
};

QTEST_MAIN(ExportTest)
#include "export_test.moc"
