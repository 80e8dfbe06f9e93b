// Forms made from a parameter schema, and charts: what a person types is what comes out, what is wrong is
// said in words, and a point under the pointer says its value.
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QVBoxLayout>
#include <cmath>

#include "core/types/parameter_schema.h"
#include "ui/theme.h"
#include "ui/widgets/metric_chart.h"
#include "ui/widgets/schema_form.h"

using namespace plumbline;

namespace {

struct Config {
  int rank = 8;
  double rate = 0.001;
  bool mirror = true;
  std::string layers = "attention";
  std::string mode = "fast";
  std::int64_t seed = 0;
  double prior = 1;
};

nlohmann::json schema() {
  return ConfigSchema<Config>()
      .integer("rank", &Config::rank, 1, 256, "", "LoRA rank")
      .real("learning_rate", &Config::rate, 1e-6, 1, "1/step", "Step size")
      .boolean("mirror", &Config::mirror, "Mirrored copies")
      .text("layers", &Config::layers, "Layers that carry the adapter")
      .choice("mode", &Config::mode, {"fast", "exact"}, "How it computes")
      .integer("seed", &Config::seed, 0, 1e15, "", "Seed")
      .real("prior", &Config::prior, 0, 1000, "", "How firmly weights are held", true)
      .schema()
      .toJson();
}

// A field of the form as people see it.
struct Shown {
  SchemaForm form{schema()};
  Shown() {
    form.resize(320, 700);
    form.show();
  }
  QLineEdit* line(const char* name) { return form.findChild<QLineEdit*>(QString("field_") + name); }
  QLabel* problem(const char* name) { return form.findChild<QLabel*>(QString("problem_") + name); }
  void type(const char* name, const QString& text) {
    line(name)->setFocus();
    line(name)->selectAll();
    QTest::keyClicks(line(name), text);
  }
};

}  // namespace

class SchemaFormTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { applyTheme(*qApp, Appearance::kLight); }

  void defaultsComeOut() {
    Shown shown;
    QVERIFY(shown.form.isValid());
    const nlohmann::json values = shown.form.values();
    QCOMPARE(values.size(), std::size_t(7));
    QCOMPARE(values.at("rank").get<int>(), 8);
    QVERIFY(values.at("rank").is_number_integer());
    QCOMPARE(values.at("learning_rate").get<double>(), 0.001);
    QCOMPARE(values.at("mirror").get<bool>(), true);
    QCOMPARE(values.at("mode").get<std::string>(), std::string("fast"));
    // What comes out is what the worker accepts.
    QCOMPARE(ParameterSchema::fromJson(schema()).complete(values).dump(), values.dump());
    QVERIFY(!shown.form.findChild<QPushButton*>("resetForm")->isEnabled());
  }

  void typedValuesComeOut() {
    Shown shown;
    QSignalSpy changed(&shown.form, &SchemaForm::changed);
    shown.type("rank", "16");
    shown.type("learning_rate", "0,02");  // a comma is a decimal point to many
    shown.type("seed", "123456789012345");
    QTest::mouseClick(shown.form.findChild<QCheckBox*>(), Qt::LeftButton, {}, QPoint(8, 8));
    shown.form.findChild<QComboBox*>()->setCurrentText("exact");
    QVERIFY(changed.size() >= 5);
    const nlohmann::json values = shown.form.values();
    QCOMPARE(values.at("rank").get<int>(), 16);
    QCOMPARE(values.at("learning_rate").get<double>(), 0.02);
    QCOMPARE(values.at("seed").get<std::int64_t>(), std::int64_t(123456789012345));
    QCOMPARE(values.at("mirror").get<bool>(), false);
    QCOMPARE(values.at("mode").get<std::string>(), std::string("exact"));
  }

  void wrongValuesAreSaidInWords_data() {
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("said");
    QTest::newRow("too large") << "257"
                               << "1 to 256";
    QTest::newRow("too small") << "0"
                               << "1 to 256";
    QTest::newRow("not whole") << "2.5"
                               << "whole number";
    QTest::newRow("words") << "many"
                           << "whole number";
    QTest::newRow("nothing") << " "
                             << "whole number";
  }

  void wrongValuesAreSaidInWords() {
    QFETCH(QString, typed);
    QFETCH(QString, said);
    Shown shown;
    shown.type("rank", typed);
    QVERIFY(!shown.form.isValid());
    QCOMPARE(shown.line("rank")->text(), typed);  // never changed behind one's back
    QVERIFY(shown.problem("rank")->isVisible());
    QVERIFY2(shown.problem("rank")->text().contains(said), qPrintable(shown.problem("rank")->text()));
    QTest::mouseClick(shown.form.findChild<QPushButton*>("resetForm"), Qt::LeftButton);
    QVERIFY(shown.form.isValid());
    QVERIFY(!shown.problem("rank")->isVisible());
    QCOMPARE(shown.form.values().at("rank").get<int>(), 8);
  }

  void expertsAreFoldedUntilNeeded() {
    Shown shown;
    QVERIFY(!shown.line("prior")->isVisible());
    QTest::mouseClick(shown.form.findChild<QToolButton*>("advanced"), Qt::LeftButton);
    QVERIFY(shown.line("prior")->isVisible());
    QTest::mouseClick(shown.form.findChild<QToolButton*>("advanced"), Qt::LeftButton);
    QVERIFY(!shown.line("prior")->isVisible());
    // A hidden field must not be what keeps the form from being used.
    shown.form.setValues({{"prior", -1}});
    QVERIFY(!shown.form.isValid());
    QVERIFY(shown.line("prior")->isVisible());
  }

  void setValuesTakesWhatItKnows() {
    Shown shown;
    shown.form.setValues({{"rank", 32}, {"mode", "exact"}, {"of_a_later_build", 5}});
    QCOMPARE(shown.form.values().at("rank").get<int>(), 32);
    QCOMPARE(shown.form.values().at("mode").get<std::string>(), std::string("exact"));
    QVERIFY(!shown.form.values().contains("of_a_later_build"));
    QVERIFY(shown.line("rank")->toolTip().contains("LoRA rank"));
    SchemaForm empty(nlohmann::json::array());
    QVERIFY(empty.isValid());
    QVERIFY(empty.values().is_object() && empty.values().empty());
  }

  void chartSaysTheValueUnderThePointer() {
    MetricChart chart("Loss");
    chart.resize(500, 300);
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    for (int step = 0; step <= 100; ++step) chart.addPoint("loss", step, 2.0 - 0.01 * step);
    chart.addPoint("loss", 50, 7.25);  // replaces
    chart.addPoint("loss", 51, std::nan(""));
    chart.setSeries("accuracy", {0, 50, 100}, {0.5, 0.75, 0.8});
    QTest::qWait(50);
    const auto* plot = chart.findChild<QWidget*>("plot");
    QString found;
    for (int x = 0; x < chart.width() && !found.contains("step 50\n"); ++x) {
      found = chart.textAt(QPoint(x, plot->y() + plot->height() / 3));
    }
    QVERIFY2(found.contains("loss: 7.25") && found.contains("accuracy: 0.75"), qPrintable(found));
    chart.clear();
    QTest::qWait(50);
    QCOMPARE(chart.textAt(chart.rect().center()), QString());
  }

  void chartIsReadableInBothThemes() {
    for (const Appearance appearance : {Appearance::kLight, Appearance::kDark}) {
      applyTheme(*qApp, appearance);
      MetricChart chart("Loss");
      chart.resize(400, 260);
      chart.setSeries("loss", {0, 1, 2}, {3, 2, 1});
      chart.show();
      QVERIFY(QTest::qWaitForWindowExposed(&chart));
      QTest::qWait(50);
      const QImage image = chart.grab().toImage();
      const QColor back = chart.palette().color(QPalette::Base);
      int different = 0;
      for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
          different += std::abs(image.pixelColor(x, y).lightness() - back.lightness()) > 60;
        }
      }
      QVERIFY2(different > 800, qPrintable(QString::number(different)));
      QVERIFY(different < image.width() * image.height() / 4);
    }
    applyTheme(*qApp, Appearance::kLight);
  }
};

QTEST_MAIN(SchemaFormTest)
#include "schema_form_test.moc"
