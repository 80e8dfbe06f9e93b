// Masks: every tool gives exactly the pixels it says, one stroke is one step of undo, and what is stored is
// what was painted. The expected masks are computed here pixel by pixel.
#include <QLabel>
#include <QMouseEvent>
#include <QTest>
#include <QWheelEvent>

#include "core/types/coco_rle.h"
#include "tests/ui/demo_project.h"
#include "ui/main_window.h"
#include "ui/widgets/annotate_header.h"
#include "ui/widgets/mask_canvas.h"

using namespace plumbline;

namespace {

double distanceToSegment(QPointF p, QPointF a, QPointF b) {
  const QPointF d = b - a;
  const double length = QPointF::dotProduct(d, d);
  double t = length > 0 ? QPointF::dotProduct(p - a, d) / length : 0;
  t = t < 0 ? 0 : t > 1 ? 1 : t;
  const QPointF e = p - (a + t * d);
  return std::sqrt(QPointF::dotProduct(e, e));
}

Mask stroke(int side, const QPolygonF& path, double diameter) {
  Mask mask(side, side);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      for (int i = 0; i + 1 < path.size(); ++i) {
        if (distanceToSegment(QPointF(x + 0.5, y + 0.5), path[i], path[i + 1]) <= diameter / 2)
          mask.at(x, y) = 1;
      }
    }
  }
  return mask;
}

void drag(MaskCanvas* canvas, const QPolygonF& path, Qt::MouseButton button = Qt::LeftButton) {
  const auto send = [canvas](QEvent::Type type, QPointF at, Qt::MouseButton which, Qt::MouseButtons held) {
    QMouseEvent event(type, at, canvas->mapToGlobal(at), which, held, {});
    QApplication::sendEvent(canvas, &event);
  };
  send(QEvent::MouseButtonPress, canvas->fromPicture(path.first()), button, button);
  for (int i = 1; i < path.size(); ++i)
    send(QEvent::MouseMove, canvas->fromPicture(path[i]), Qt::NoButton, button);
  send(QEvent::MouseButtonRelease, canvas->fromPicture(path.last()), button, {});
}

QImage grey(int side) {
  QImage image(side, side, QImage::Format_RGB32);
  image.fill(Qt::gray);
  return image;
}

}  // namespace

class MaskTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void brushStrokesAreExact() {
    for (const double diameter : {2.0, 5.0, 12.0}) {
      MaskLayers layers(4, 64, 64);
      const QPolygonF path{{10.3, 12.7}, {30.1, 15.2}, {28.0, 40.9}, {-5, 70}};
      layers.beginStroke(2);
      QRect dirty;
      for (int i = 0; i + 1 < path.size(); ++i)
        dirty |= layers.paintSegment(path[i], path[i + 1], diameter, true);
      layers.endStroke();
      QCOMPARE(layers.layer(2), stroke(64, path, diameter));
      QCOMPARE(layers.layer(0).area(), std::size_t(0));
      // Every painted pixel lies in what was reported as changed.
      for (int y = 0; y < 64; ++y) {
        for (int x = 0; x < 64; ++x) QVERIFY(!layers.layer(2).at(x, y) || dirty.contains(x, y));
      }
    }
  }

  void onePixelIsOnePixel() {
    MaskLayers layers(4, 16, 16);
    layers.beginStroke(0);
    layers.paintSegment({3.9, 5.1}, {3.9, 5.1}, 1, true);
    layers.endStroke();
    QCOMPARE(layers.layer(0).area(), std::size_t(1));
    QCOMPARE(layers.layer(0).at(3, 5), std::uint8_t(1));
  }

  void rectanglePolygonAndFill() {
    MaskLayers layers(4, 32, 32);
    layers.beginStroke(1);
    layers.paintRectangle(QRectF(QPointF(20.2, 8), QPointF(4.4, 12.6)), true);
    layers.endStroke();
    Mask expected(32, 32);
    for (int y = 8; y < 13; ++y) {
      for (int x = 4; x < 20; ++x) expected.at(x, y) = 1;
    }
    QCOMPARE(layers.layer(1), expected);
    layers.beginStroke(0);
    layers.paintPolygon(QPolygonF{{2, 2}, {12, 2}, {2, 12}}, true);
    layers.endStroke();
    QCOMPARE(layers.layer(0).at(2, 2), std::uint8_t(1));
    QCOMPARE(layers.layer(0).at(10, 10), std::uint8_t(0));
    QVERIFY(layers.layer(0).area() >= 45 && layers.layer(0).area() <= 55);
    // Fill the inside of a closed ring.
    layers.beginStroke(3);
    for (const auto& [a, b] : {std::pair{QPointF(5, 5), QPointF(25, 5)},
                               {QPointF(25, 5), QPointF(25, 25)},
                               {QPointF(25, 25), QPointF(5, 25)},
                               {QPointF(5, 25), QPointF(5, 5)}}) {
      layers.paintSegment(a, b, 3, true);
    }
    layers.endStroke();
    const std::size_t ring = layers.layer(3).area();
    layers.beginStroke(3);
    layers.floodFill(QPoint(15, 15), true);
    layers.endStroke();
    QVERIFY(layers.layer(3).area() > ring + 250);
    QCOMPARE(layers.layer(3).at(0, 0), std::uint8_t(0));
    layers.undo();
    QCOMPARE(layers.layer(3).area(), ring);
  }

  void undoAndRedoRestoreEveryByte() {
    MaskLayers layers(4, 48, 48);
    std::vector<Mask> states{layers.layer(0)};
    for (int i = 0; i < 6; ++i) {
      layers.beginStroke(0);
      layers.paintSegment({5.0 + 7 * i, 10}, {20.0 + 3 * i, 40}, 3 + i, i != 3);
      layers.endStroke();
      states.push_back(layers.layer(0));
    }
    for (int i = 5; i >= 0; --i) {
      layers.undo();
      QCOMPARE(layers.layer(0), states[std::size_t(i)]);
    }
    QVERIFY(!layers.canUndo());
    for (int i = 1; i <= 6; ++i) {
      layers.redo();
      QCOMPARE(layers.layer(0), states[std::size_t(i)]);
    }
    QVERIFY(!layers.canRedo());
  }

  void canvasPaintsWhereThePointerIs() {
    MaskCanvas canvas;
    canvas.resize(700, 500);
    canvas.show();
    canvas.setPicture(grey(128));
    canvas.setToolSize(9);
    const QPolygonF path{{20, 20}, {60.5, 30.25}, {61, 90}};
    drag(&canvas, path);
    QCOMPARE(canvas.layers().layer(0), stroke(128, path, 9));
    // The right button erases, in any tool.
    drag(&canvas, path, Qt::RightButton);
    QCOMPARE(canvas.layers().layer(0).area(), std::size_t(0));
    canvas.undoStroke();
    QCOMPARE(canvas.layers().layer(0), stroke(128, path, 9));
    canvas.setTool(MaskCanvas::Tool::kRectangle);
    canvas.setCategory(3);
    drag(&canvas, QPolygonF{{10, 10}, {30, 40}});
    QCOMPARE(canvas.layers().layer(3).area(), std::size_t(20 * 30));
    QCOMPARE(canvas.layers().layer(0), stroke(128, path, 9));
  }

  void zoomKeepsTheSpotAndPaintingStaysExact() {
    MaskCanvas canvas;
    canvas.resize(600, 600);
    canvas.show();
    canvas.setPicture(grey(64));
    const QPointF spot(20.5, 41.5);
    const QPointF at = canvas.fromPicture(spot);
    QWheelEvent wheel(at, canvas.mapToGlobal(at), {}, QPoint(0, 360), Qt::NoButton, {}, Qt::NoScrollPhase,
                      false);
    const double before = canvas.scale();
    QApplication::sendEvent(&canvas, &wheel);
    QVERIFY(canvas.scale() > before);
    QVERIFY((canvas.toPicture(at) - spot).manhattanLength() < 1e-6);
    canvas.setToolSize(4);
    drag(&canvas, QPolygonF{{20, 40}, {24, 44}});
    QCOMPARE(canvas.layers().layer(0), stroke(64, QPolygonF{{20, 40}, {24, 44}}, 4));
    QWheelEvent size(at, canvas.mapToGlobal(at), {}, QPoint(0, 120), Qt::NoButton, Qt::ControlModifier,
                     Qt::NoScrollPhase, false);
    QApplication::sendEvent(&canvas, &size);
    QCOMPARE(canvas.toolSize(), 5);
  }

  void aLongStrokeOnALargePictureIsExact() {
    MaskCanvas canvas;
    canvas.resize(1200, 1000);
    canvas.show();
    canvas.setPicture(grey(1024));
    canvas.setToolSize(60);
    QVERIFY(QTest::qWaitForWindowExposed(&canvas));
    QPolygonF path;
    for (int i = 0; i < 100; ++i) path << QPointF(100 + 8 * i, 500 + 200 * std::sin(i / 9.0));
    QElapsedTimer clock;
    clock.start();
    drag(&canvas, path);
    QApplication::processEvents();
    const double each = double(clock.nsecsElapsed()) / 1e6 / path.size();
    qInfo("stroke event at 1024 x 1024: %.2f ms", each);
    QCOMPARE(canvas.layers().layer(0), stroke(1024, path, 60));
  }

  void whatIsPaintedIsStored() {
    const auto demo = test::makeDemoProject({"mask", "mask", "mask"});
    const auto studio = test::openStudio(*demo);
    MainWindow window(studio->context(), studio->pages());
    window.resize(1280, 720);
    window.show();
    page::Page* page = window.pageWidget("annotate");
    auto* header = page->findChild<AnnotateHeader*>();
    QTRY_COMPARE(header->prompt(), test::sceneText(0));
    auto* canvas = page->findChild<MaskCanvas*>();
    const auto said = [&](int i) {
      return studio->context().project->answers().current(demo->queries[std::size_t(i)],
                                                          studio->context().annotatorId);
    };
    // Enter on an empty mask is no answer: "nothing is wrong" has its own key.
    QTest::keyClick(page, Qt::Key_Return);
    QTest::qWait(60);
    QVERIFY(!said(0));
    canvas->setToolSize(11);
    QTest::keyClick(page, Qt::Key_1);
    const QPolygonF first{{30, 30}, {50, 60}}, second{{90, 90}, {100, 90}};
    drag(canvas, first);
    QTest::keyClick(page, Qt::Key_3);
    drag(canvas, second);
    drag(canvas, QPolygonF{{5, 5}, {40, 5}});
    QTest::keyClick(page, Qt::Key_Z, Qt::ControlModifier);  // a stroke, not the last answer
    QTest::keyPress(page, Qt::Key_V);                       // hidden while it is sent: still there
    QTest::keyClick(page, Qt::Key_0);                       // refused: there is paint
    QTest::qWait(60);
    QVERIFY(!said(0));
    QTest::keyClick(page, Qt::Key_Return);
    QTest::keyRelease(page, Qt::Key_V);
    QTRY_VERIFY(said(0));
    const nlohmann::json value = said(0)->value;
    QCOMPARE(value.at("choice").get<std::string>(), std::string("done"));
    QCOMPARE(value.at("regions").size(), std::size_t(2));
    QCOMPARE(value["regions"][0]["category"].get<std::string>(), std::string("unsafe"));
    QCOMPARE(cocoDecode(value["regions"][0]["mask"]), stroke(128, first, 11));
    QCOMPARE(value["regions"][1]["category"].get<std::string>(), std::string("not_asked"));
    QCOMPARE(cocoDecode(value["regions"][1]["mask"]), stroke(128, second, 11));
    QTRY_COMPARE(header->prompt(), test::sceneText(2));
    QVERIFY(canvas->layers().isEmpty());
    QTest::keyClick(page, Qt::Key_0);
    QTRY_VERIFY(said(1));
    QCOMPARE(said(1)->value.at("choice").get<std::string>(), std::string("nothing"));
    // Back over both: the first mask is there again to go on with.
    QTRY_COMPARE(header->prompt(), test::sceneText(4));
    QTest::keyClick(page, Qt::Key_Backspace);
    QTRY_COMPARE(header->prompt(), test::sceneText(2));
    QTest::keyClick(page, Qt::Key_Backspace);
    QTRY_COMPARE(header->prompt(), test::sceneText(0));
    QTRY_COMPARE(canvas->layers().layer(0), stroke(128, first, 11));
    QCOMPARE(canvas->layers().layer(2), stroke(128, second, 11));
  }

  void aStrokeWithoutACategoryAsksForOne() {
    const auto demo = test::makeDemoProject({"mask", "mask"});
    const auto studio = test::openStudio(*demo);
    MainWindow window(studio->context(), studio->pages());
    window.resize(1280, 720);
    window.show();
    page::Page* page = window.pageWidget("annotate");
    auto* header = page->findChild<AnnotateHeader*>();
    QTRY_COMPARE(header->prompt(), test::sceneText(0));
    auto* canvas = page->findChild<MaskCanvas*>();
    auto* hint = page->findChild<QLabel*>("maskHint");
    QCOMPARE(canvas->category(), MaskCanvas::kNoCategory);
    QVERIFY(hint->text().contains("1, 2, 3, 4"));
    QTest::keyClick(page, Qt::Key_R);  // a key clears the hint; the stroke brings it back
    QTest::keyClick(page, Qt::Key_B);
    const QPolygonF path{{30, 30}, {50, 60}};
    for (const auto tool :
         {MaskCanvas::Tool::kBrush, MaskCanvas::Tool::kRectangle, MaskCanvas::Tool::kFill}) {
      canvas->setTool(tool);
      drag(canvas, path);
      QVERIFY(canvas->layers().isEmpty());
      QVERIFY(!canvas->shapeUnderWay());
    }
    QVERIFY(hint->text().contains("1, 2, 3, 4"));
    canvas->grab();  // with the words at the pointer
    QTest::keyClick(page, Qt::Key_3);
    QVERIFY(hint->text().isEmpty());
    QTest::keyClick(page, Qt::Key_B);
    drag(canvas, path);
    QVERIFY(canvas->layers().layer(2).area() > 0);
    // The next picture goes on with the category that was chosen.
    QTest::keyClick(page, Qt::Key_Return);
    QTRY_COMPARE(header->prompt(), test::sceneText(2));
    QCOMPARE(canvas->category(), 2);
    QVERIFY(hint->text().isEmpty());
  }

  void aLockedCanvasKeepsWhatIsThere() {
    MaskCanvas canvas;
    canvas.resize(700, 500);
    canvas.show();
    canvas.setPicture(grey(128));
    canvas.setToolSize(9);
    const QPolygonF path{{20, 20}, {60.5, 30.25}};
    drag(&canvas, path);
    canvas.setLocked(true);
    drag(&canvas, QPolygonF{{90, 90}, {100, 100}});
    drag(&canvas, path, Qt::RightButton);
    QCOMPARE(canvas.layers().layer(0), stroke(128, path, 9));
    canvas.setLocked(false);
    drag(&canvas, path, Qt::RightButton);
    QVERIFY(canvas.layers().isEmpty());
  }

  void toolsHaveKeys() {
    const auto demo = test::makeDemoProject({"mask"});
    const auto studio = test::openStudio(*demo);
    MainWindow window(studio->context(), studio->pages());
    window.show();
    page::Page* page = window.pageWidget("annotate");
    QTRY_COMPARE(page->findChild<AnnotateHeader*>()->prompt(), test::sceneText(0));
    auto* canvas = page->findChild<MaskCanvas*>();
    const std::vector<std::pair<Qt::Key, MaskCanvas::Tool>> tools = {
        {Qt::Key_E, MaskCanvas::Tool::kEraser},
        {Qt::Key_R, MaskCanvas::Tool::kRectangle},
        {Qt::Key_P, MaskCanvas::Tool::kPolygon},
        {Qt::Key_F, MaskCanvas::Tool::kFill},
        {Qt::Key_B, MaskCanvas::Tool::kBrush}};
    for (const auto& [key, tool] : tools) {
      QTest::keyClick(page, key);
      QCOMPARE(canvas->tool(), tool);
    }
    for (int c = 0; c < 4; ++c) {
      QTest::keyClick(page, Qt::Key(Qt::Key_1 + c));
      QCOMPARE(canvas->category(), c);
    }
    const int size = canvas->toolSize();
    QTest::keyClick(page, Qt::Key_BracketRight);
    QVERIFY(canvas->toolSize() > size);
    for (int i = 0; i < 60; ++i) QTest::keyClick(page, Qt::Key_BracketLeft);
    QCOMPARE(canvas->toolSize(), 1);
  }
};

QTEST_MAIN(MaskTest)
#include "mask_test.moc"
