// Pictures of every page for the eye and for the documents: ui_screenshots OUT_DIR [only this page].
#include <QApplication>
#include <QDir>
#include <QMouseEvent>
#include <QTest>

#include "tests/ui/demo_project.h"
#include "ui/data_hub.h"
#include "ui/main_window.h"
#include "ui/theme.h"
#include "ui/widgets/annotate_header.h"
#include "ui/widgets/mask_canvas.h"

using namespace plumbline;

namespace {

void save(MainWindow& window, const QString& folder, const QString& name) {
  QTest::qWait(350);
  const QString file = QDir(folder).filePath(name + ".png");
  if (!window.grab().save(file)) qFatal("cannot write %s", qPrintable(file));
}

void paintSome(MainWindow& window) {
  auto* canvas = window.findChild<MaskCanvas*>();
  if (!canvas) qFatal("no mask canvas is shown");
  const auto at = [canvas](double x, double y) { return canvas->fromPicture(QPointF(x, y)).toPoint(); };
  canvas->setToolSize(16);
  canvas->setCategory(0);
  QTest::mousePress(canvas, Qt::LeftButton, {}, at(90, 44));
  for (const QPointF p : {QPointF(94, 52), QPointF(98, 62), QPointF(104, 66), QPointF(96, 68)}) {
    QMouseEvent move(QEvent::MouseMove, QPointF(at(p.x(), p.y())),
                     canvas->mapToGlobal(QPointF(at(p.x(), p.y()))), Qt::NoButton, Qt::LeftButton, {});
    QApplication::sendEvent(canvas, &move);
  }
  QTest::mouseRelease(canvas, Qt::LeftButton, {}, at(96, 68));
  canvas->setCategory(1);
  canvas->setTool(MaskCanvas::Tool::kRectangle);
  QTest::mousePress(canvas, Qt::LeftButton, {}, at(12, 84));
  QTest::mouseMove(canvas, at(34, 104));
  QTest::mouseRelease(canvas, Qt::LeftButton, {}, at(34, 104));
  canvas->setTool(MaskCanvas::Tool::kBrush);
}

void shoot(const QString& folder, QSize size, bool dark, const QString& only) {
  const QString suffix = QStringLiteral("_%1_%2").arg(size.width()).arg(dark ? "dark" : "light");
  QStringList types{"pair",   "pair", "pair",   "binary", "pair", "pair",
                    "binary", "pair", "binary", "mask",   "pair"};
  const auto project = test::makeDemoProject(types);
  const auto studio = test::openStudio(*project);
  applyTheme(*qApp, dark ? Appearance::kDark : Appearance::kLight);
  MainWindow window(studio->context(), studio->pages());
  window.resize(size);
  window.show();
  DataHub* hub = studio->context().hub;
  Q_EMIT hub->deviceChanged("CPU, 2 cores", "float32");
  Q_EMIT hub->generatorChanged("scenes", "");
  Q_EMIT hub->jobProgress(1, "New questions", 0.4, 74);
  for (const auto& type : studio->pages().all()) {
    const QString id = QString::fromStdString(type->descriptor.id);
    if (id == "annotate" || (!only.isEmpty() && id != only)) continue;
    window.showPage(id);
    save(window, folder, id + suffix);
  }
  if (!only.isEmpty() && only != "annotate") return;
  window.showPage("annotate");
  page::Page* annotate = window.pageWidget("annotate");
  auto* header = annotate->findChild<AnnotateHeader*>();
  const auto key = [annotate, header](Qt::Key k) {
    const QString before = header->prompt();
    QTest::keyClick(annotate, k);
    const bool answers = QString("QWFG").indexOf(QChar(k)) < 0 && k != Qt::Key_F1;
    if (answers)
      (void)QTest::qWaitFor([&] { return header->prompt() != before || !header->isVisible(); }, 3000);
    QTest::qWait(60);
  };
  (void)QTest::qWaitFor([&] { return header->prompt() == test::sceneText(0); });
  for (const Qt::Key k : {Qt::Key_1, Qt::Key_2, Qt::Key_3}) key(k);
  save(window, folder, "annotate_binary" + suffix);
  for (const Qt::Key k : {Qt::Key_1, Qt::Key_Q, Qt::Key_2, Qt::Key_4, Qt::Key_2, Qt::Key_W}) key(k);
  save(window, folder, "annotate_pair" + suffix);
  key(Qt::Key_G);
  key(Qt::Key_F1);
  save(window, folder, "annotate_keys" + suffix);
  key(Qt::Key_F1);
  save(window, folder, "annotate_guide" + suffix);
  key(Qt::Key_G);
  for (const Qt::Key k : {Qt::Key_2, Qt::Key_1}) key(k);
  paintSome(window);
  save(window, folder, "annotate_mask" + suffix);
  key(Qt::Key_Return);
  key(Qt::Key_1);
  save(window, folder, "annotate_empty" + suffix);
}

}  // namespace

int main(int argc, char** argv) {
  if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication application(argc, argv);
  if (argc < 2) qFatal("usage: ui_screenshots OUT_DIR [PAGE]");
  const QString folder = QString::fromLocal8Bit(argv[1]);
  QDir().mkpath(folder);
  for (const QSize size : {QSize(1280, 720), QSize(2560, 1440)}) {
    for (const bool dark : {false, true}) shoot(folder, size, dark, argc > 2 ? argv[2] : "");
  }
  return 0;
}
