// Commands from outside: what they print, what they leave, how they fail.
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QtTest>

#include "tests/system/program.h"

using namespace plumbline;

namespace {

void writeFile(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(bytes);
}

QByteArray readFile(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class CommandsTest : public QObject {
  Q_OBJECT

 private:
  Workshop workshop_;

 private Q_SLOTS:
  void wrongUseIsExitCodeTwo() {
    QCOMPARE(runProgram({}).code, 2);
    QCOMPARE(runProgram({"no-such-command"}).code, 2);
    QCOMPARE(runProgram({"describe", "--no-such-flag"}).code, 2);
    QCOMPARE(runProgram({"sample", "--prompt", "a red star"}).code, 2);
    const Ran steps =
        runProgram({"sample", "--prompt", "a red star", "--out", workshop_.path("x"), "--steps", "0"});
    QCOMPARE(steps.code, 2);
    QVERIFY2(steps.err.contains("steps"), steps.err);
    QCOMPARE(runProgram({"--help"}).code, 0);
  }

  void describeHasEveryFamily() {
    const Ran ran = runProgram({"describe", "--json"});
    QCOMPARE(ran.code, 0);
    const QJsonObject all = ran.json();
    for (const char* family :
         {"model_family", "sampler", "lora_format", "reward_head", "acquisition", "alignment_method",
          "query_type", "export_format", "import_format", "command"}) {
      const QJsonArray variants = all[family].toArray();
      QVERIFY2(!variants.isEmpty(), family);
      for (const QJsonValue& v : variants) QVERIFY2(!v["id"].toString().isEmpty(), family);
    }
    QVERIFY(all["build"].toString().size() >= 16);
  }

  void theSameRequestTwiceGivesTheSameBytes() {
    const auto draw = [&](const QString& out, const QStringList& prompts) {
      QStringList arguments{"sample", "--model", workshop_.model(), "--steps", "3",
                            "--seed", "5",       "--json",          "--out",   workshop_.path(out)};
      for (const QString& prompt : prompts) arguments << "--prompt" << prompt;
      const Ran ran = runProgram(arguments);
      QVERIFY2(ran.code == 0, ran.why());
    };
    draw("alone", {"a red star"});
    draw("again", {"a red star"});
    draw("company", {"a red star", "two blue circles", "a small green heart"});
    const QByteArray alone = readFile(workshop_.path("alone/0000.png"));
    QVERIFY(!alone.isEmpty());
    QCOMPARE(readFile(workshop_.path("again/0000.png")), alone);
    QCOMPARE(readFile(workshop_.path("company/0000.png")), alone);
    QVERIFY(readFile(workshop_.path("company/0001.png")) != alone);
  }

  void aProjectFromInitToExport() {
    const QString project = workshop_.project("loop");
    const Ran made = runProgram({"generate", project, "--queries", "10", "--mix", "pair=3,binary=1,mask=1",
                                 "--set", "steps=2", "--json"});
    QVERIFY2(made.code == 0, made.why());
    QCOMPARE(made.json()["queries"].toInt(), 10);
    const Ran answered = runProgram({"simulate", project, "--answers", "10", "--json"});
    QVERIFY2(answered.code == 0, answered.why());
    QCOMPARE(answered.json()["answers"].toInt(), 10);
    QCOMPARE(answered.json()["by_type"][QLatin1String("pair")].toInt(), 6);
    const Ran exported = runProgram(
        {"export", project, "--format", "pickapic_jsonl", "--out", workshop_.path("data"), "--json"});
    QVERIFY2(exported.code == 0, exported.why());
    QVERIFY(QDir(workshop_.path("data")).exists());
    const Ran again =
        runProgram({"export", project, "--format", "pickapic_jsonl", "--out", workshop_.path("data")});
    QCOMPARE(again.code, 1);
    const Ran checked = runProgram({"check", project, "--json"});
    QVERIFY2(checked.code == 0, checked.why());
    const Ran copied = runProgram({"backup", project, "--out", workshop_.path("copy")});
    QVERIFY2(copied.code == 0, copied.why());
    QCOMPARE(runProgram({"check", workshop_.path("copy")}).code, 0);
  }

  void aDamagedPictureIsFoundAndRepaired() {
    const QString project = workshop_.project("damaged");
    QVERIFY(
        runProgram({"generate", project, "--queries", "2", "--mix", "binary=1", "--set", "steps=1"}).code ==
        0);
    const QDir images(project + "/images");
    const QString sub = images.entryList(QDir::Dirs | QDir::NoDotAndDotDot).value(0);
    const QString file =
        images.filePath(sub + "/" + QDir(images.filePath(sub)).entryList(QDir::Files).value(0));
    writeFile(file, "not a picture");
    const Ran found = runProgram({"check", project, "--json"});
    QCOMPARE(found.code, 1);
    QVERIFY2(found.out.contains("image_corrupt"), found.out);
    QCOMPARE(found.err.count('\n'), 1);
    QCOMPARE(runProgram({"check", project, "--repair"}).code, 0);
  }

  void badInputIsOneClearLine_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("names");
    writeFile(workshop_.path("empty.txt"), "");
    writeFile(workshop_.path("binary.txt"), QByteArray("\xff\xfe\x00\x01", 4));
    QTest::newRow("no project") << QStringList{"check", workshop_.path("nowhere")} << QByteArray("nowhere");
    QTest::newRow("no model") << QStringList{"init", workshop_.path("p1"), "--model", "no-such-model"}
                              << QByteArray("no-such-model");
    QTest::newRow("no prompts") << QStringList{"init",      workshop_.path("p2"),
                                               "--model",   workshop_.model(),
                                               "--prompts", workshop_.path("none.txt")}
                                << QByteArray("none.txt");
    QTest::newRow("empty prompts") << QStringList{"init",      workshop_.path("p3"),
                                                  "--model",   workshop_.model(),
                                                  "--prompts", workshop_.path("empty.txt")}
                                   << QByteArray("empty.txt");
    QTest::newRow("binary prompts") << QStringList{"init",      workshop_.path("p4"),
                                                   "--model",   workshop_.model(),
                                                   "--prompts", workshop_.path("binary.txt")}
                                    << QByteArray("");
    QTest::newRow("no adapter") << QStringList{"sample",
                                               "--model",
                                               workshop_.model(),
                                               "--prompt",
                                               "a",
                                               "--out",
                                               workshop_.path("o"),
                                               "--lora",
                                               workshop_.path("no.safetensors")}
                                << QByteArray("no.safetensors");
    QTest::newRow("unknown sampler") << QStringList{"sample", "--model", workshop_.model(),   "--prompt",
                                                    "a",      "--out",   workshop_.path("o"), "--sampler",
                                                    "magic"}
                                     << QByteArray("magic");
  }
  void badInputIsOneClearLine() {
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, names);
    const Ran ran = runProgram(arguments);
    QCOMPARE(ran.code, 1);
    QVERIFY2(ran.out.isEmpty(), ran.out);
    QCOMPARE(ran.err.count('\n'), 1);
    QVERIFY2(ran.err.startsWith("plumbline: "), ran.err);
    QVERIFY2(!ran.err.contains("internal"), ran.err);
    QVERIFY2(ran.err.contains(names), ran.err);
    for (const char* name : {"p1", "p2", "p3", "p4"}) QVERIFY(!QDir(workshop_.path(name)).exists());
  }

  void aBrokenModelIsOneClearLine() {
    const QString weights = workshop_.model() + "/unet/diffusion_pytorch_model.safetensors";
    const QByteArray whole = readFile(weights);
    QVERIFY(whole.size() > 1000);
    const auto refused = [&](const QByteArray& bytes) {
      writeFile(weights, bytes);
      const Ran ran = runProgram({"models", "inspect", workshop_.model()});
      writeFile(weights, whole);
      return ran.code == 1 && ran.err.count('\n') == 1 && !ran.err.contains("internal");
    };
    QVERIFY(refused(whole.left(whole.size() / 2)));
    QByteArray header = whole;
    header.replace(0, 8, QByteArray("\xff\xff\xff\xff\xff\xff\xff\x7f", 8));
    QVERIFY(refused(header));
    QVERIFY(refused("PK\x03\x04 a pickle in a zip"));
    QVERIFY(QFile::rename(weights, workshop_.model() + "/unet/diffusion_pytorch_model.bin"));
    const Ran pickle = runProgram({"models", "inspect", workshop_.model()});
    QCOMPARE(pickle.code, 1);
    QVERIFY2(pickle.err.contains("safetensors"), pickle.err);
    QVERIFY(QFile::rename(workshop_.model() + "/unet/diffusion_pytorch_model.bin", weights));
    QCOMPARE(runProgram({"models", "inspect", workshop_.model()}).code, 0);
  }
};

QTEST_GUILESS_MAIN(CommandsTest)
#include "commands_test.moc"
