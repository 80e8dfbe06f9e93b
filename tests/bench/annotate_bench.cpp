// From the answer's key to the next query drawn, in the real window, with a full queue and every answer
// committed to disk in between. Prints milliseconds; fails if the 99th percentile is over the limit.
// annotate_bench [ANSWERS [SIDE]]
#include <QApplication>
#include <QElapsedTimer>
#include <QTest>
#include <algorithm>
#include <cstdio>

#include "tests/ui/demo_project.h"
#include "ui/main_window.h"
#include "ui/theme.h"
#include "ui/widgets/annotate_header.h"
#include "ui/widgets/picture_stage.h"

using namespace plumbline;

namespace {

constexpr double kLimitMs = 50;

// Sees the first painting of a query's pictures after its prompt is shown.
class DrawnWatch : public QObject {
 public:
  explicit DrawnWatch(AnnotateHeader& header) : header_(header) { qApp->installEventFilter(this); }
  void expect(const QString& prompt) {
    expected_ = prompt;
    drawn_ = false;
  }
  bool drawn() const { return drawn_; }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (event->type() != QEvent::Paint || header_.prompt() != expected_) return false;
    auto* stage = qobject_cast<PictureStage*>(watched);
    if (!stage || drawn_) return false;
    // The painting itself belongs to the time: let it happen here, then note it.
    qApp->removeEventFilter(this);
    QCoreApplication::sendEvent(stage, event);
    qApp->installEventFilter(this);
    drawn_ = true;
    return true;
  }

 private:
  AnnotateHeader& header_;
  QString expected_;
  bool drawn_ = false;
};

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, std::size_t(share * double(values.size())))];
}

}  // namespace

int main(int argc, char** argv) {
  if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication application(argc, argv);
  applyTheme(application, Appearance::kDark);
  const int answers = argc > 1 ? std::atoi(argv[1]) : 300;
  const int side = argc > 2 ? std::atoi(argv[2]) : 128;
  QStringList types;
  for (int i = 0; i <= answers; ++i) types << (i % 3 == 2 ? "binary" : "pair");
  const auto demo = test::makeDemoProject(types, side);
  const auto studio = test::openStudio(*demo);
  MainWindow window(studio->context(), studio->pages());
  window.resize(1920, 1080);
  window.show();
  page::Page* page = window.pageWidget("annotate");
  auto* header = page->findChild<AnnotateHeader*>();
  if (!QTest::qWaitFor([&] { return header->prompt() == test::sceneText(0); })) return 1;
  QTest::qWait(500);

  DrawnWatch watch(*header);
  std::vector<double> times;
  for (int i = 0; i < answers; ++i) {
    const QString next = test::sceneText(2 * (i + 1));
    watch.expect(next);
    QElapsedTimer clock;
    clock.start();
    QTest::keyClick(page, Qt::Key_1);
    while (!watch.drawn() && clock.elapsed() < 5000) {
      QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 2);
    }
    times.push_back(double(clock.nsecsElapsed()) / 1e6);
    // People look before they answer; the feed reads on meanwhile.
    QTest::qWait(20);
  }
  const double p50 = percentile(times, 0.5), p99 = percentile(times, 0.99);
  const double worst = *std::max_element(times.begin(), times.end());
  std::printf(
      "answer key to next query drawn, %d answers, pictures of %d: median %.1f ms, 99th percentile %.1f ms, "
      "worst %.1f ms (limit %.0f ms)\n",
      answers, side, p50, p99, worst, kLimitMs);
  return p99 <= kLimitMs ? 0 : 1;
}
