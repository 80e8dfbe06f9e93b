// The bars on the oracle at full count: right on 99 % of 2,000 clean scenes and 98 % of 2,000 with faults.
#include <QTest>

#include "core/scenes/oracle/accuracy.h"

using namespace plumbline;
using namespace plumbline::scenes;

class OracleSlowTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void bars_data() {
    QTest::addColumn<Planted>("faults");
    QTest::addColumn<double>("bar");
    QTest::newRow("clean") << Planted::kNone << 0.99;
    QTest::newRow("faults") << Planted::kAlways << 0.98;
  }
  void bars() {
    QFETCH(Planted, faults);
    QFETCH(double, bar);
    SilentSink sink;
    const OracleAccuracy a = measureAccuracy({.scenes = 2000, .seed = 5, .faults = faults}, sink, {});
    std::string text = std::to_string(a.right) + " of " + std::to_string(a.scenes) + " right, " +
                       std::to_string(a.covered) + " covered, " + std::to_string(a.milliseconds) + " ms";
    for (const auto& [what, n] : a.wrong) text += ", " + what + " " + std::to_string(n);
    qInfo("%s", text.c_str());
    QVERIFY2(a.right >= bar * a.scenes, text.c_str());
  }
};

QTEST_APPLESS_MAIN(OracleSlowTest)
#include "oracle_slow_test.moc"
