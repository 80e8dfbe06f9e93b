// What the worker says of its variants, in the language of the window: the translations belong to texts that
// the program really has, and a form in German hands on the same values.
#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QProcess>
#include <QSet>
#include <QTest>
#include <QTranslator>
#include <QXmlStreamReader>
#include <nlohmann/json.hpp>

#include "ui/models/job_text.h"
#include "ui/models/variant_text.h"
#include "ui/widgets/schema_form.h"

using namespace plumbline;

namespace {

nlohmann::json catalogue() {
  QProcess program;
  program.start(qEnvironmentVariable("PLUMBLINE_BINARY_DIR") + "/app/cli/plumbline", {"describe", "--json"});
  if (!program.waitForFinished(60000)) return nullptr;
  const QByteArray output = program.readAllStandardOutput();
  return nlohmann::json::parse(output.begin(), output.end(), nullptr, false);
}

nlohmann::json variant(const nlohmann::json& all, const char* family, const char* id) {
  for (const nlohmann::json& one : all.at(family)) {
    if (one.at("id") == id) return one;
  }
  return nullptr;
}

// Every text that variant_text.h may be asked to translate.
QSet<QString> textsOf(const nlohmann::json& all) {
  QSet<QString> texts;
  for (const auto& family : all) {
    if (!family.is_array()) continue;
    for (const nlohmann::json& one : family) {
      texts << variant_text::title(one) << variant_text::help(one);
      for (const nlohmann::json& parameter : one.at("parameters")) {
        texts << variant_text::label(parameter) << variant_text::help(parameter)
              << variant_text::unit(parameter);
        for (const auto& choice : parameter.value("choices", std::vector<std::string>()))
          texts << variant_text::choice(choice);
      }
    }
  }
  return texts;
}

QStringList sources(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return {};
  QStringList list;
  QXmlStreamReader xml(&file);
  while (!xml.atEnd()) {
    if (xml.readNextStartElement() && xml.name() == QLatin1String("source")) list << xml.readElementText();
  }
  return list;
}

QStringList labels(const QWidget& form) {
  QStringList texts;
  for (const QLabel* label : form.findChildren<QLabel*>()) texts << label->text();
  return texts;
}

}  // namespace

class VariantTextTest : public QObject {
  Q_OBJECT

  nlohmann::json all_;

 private Q_SLOTS:
  void initTestCase() {
    all_ = catalogue();
    QVERIFY(all_.is_object());
  }

  void englishIsWhatTheProgramSays() {
    const nlohmann::json method = variant(all_, "alignment_method", "focus_n_fix");
    QCOMPARE(variant_text::title(method), QString("Focus-N-Fix (repair regions)"));
    QCOMPARE(variant_text::label(nlohmann::json{{"name", "learning_rate"}}), QString("Learning rate"));
    QCOMPARE(variant_text::help(nullptr), QString());
    QCOMPARE(variant_text::unit(nlohmann::json{{"name", "x"}}), QString());
  }

  // A text that was changed in the program is English again until its translation follows.
  void noTranslationIsLeftBehind() {
    const QSet<QString> texts = textsOf(all_);
    const QStringList translated =
        sources(qEnvironmentVariable("PLUMBLINE_SOURCE_DIR") + "/resources/translations/variants_de.ts");
    QVERIFY(translated.size() > 100);
    for (const QString& source : translated) {
      QVERIFY2(texts.contains(source),
               qPrintable("variants_de.ts translates what no variant says any more: " + source));
    }
  }

  void aGermanFormHandsOnTheSameValues() {
    const nlohmann::json method = variant(all_, "alignment_method", "focus_n_fix");
    const nlohmann::json english = SchemaForm(method).values();
    QTranslator german;
    QVERIFY(german.load(":/translations/variants_de.qm"));
    QCoreApplication::installTranslator(&german);
    SchemaForm form(method);
    QVERIFY(labels(form).contains(QString("Maskenschwelle")));
    auto* source = form.findChild<QComboBox*>("field_mask_source");
    QVERIFY(source);
    QCOMPARE(source->currentText(), QString("beide"));
    QVERIFY(form.values() == english);
    form.setValues({{"mask_source", "people"}});
    QCOMPARE(source->currentText(), QString("Menschen"));
    QVERIFY(form.values().at("mask_source") == "people");
    QCOMPARE(job_text::changedSettings(method, form.values()), QString("Herkunft der Masken Menschen"));
    QCoreApplication::removeTranslator(&german);
  }
};

QTEST_MAIN(VariantTextTest)
#include "variant_text_test.moc"
