// Paints what is wrong over a picture. The masks are edited in place and only the changed rectangle is drawn
// again. Left button paints, right button erases, Space or the middle button moves the picture, the wheel
// zooms at the pointer, Ctrl and wheel change the size, Shift and click draw a straight line. Hiding the mask
// is a view state, never data. Without a category nothing is painted and one is asked for. UI thread.
#pragma once

#include <QImage>
#include <QTimer>
#include <QWidget>
#include <array>

#include "ui/widgets/mask_layers.h"

namespace plumbline {

class MaskCanvas : public QWidget {
  Q_OBJECT

 public:
  enum class Tool { kBrush, kEraser, kRectangle, kPolygon, kFill };

  static constexpr int kNoCategory = -1;

  explicit MaskCanvas(QWidget* parent = nullptr);

  // An empty mask of the picture's size for each category; fits the view.
  void setPicture(const QImage& image, const QString& error = {});
  void setSurround(const QColor& grey);
  const MaskLayers& layers() const { return layers_; }
  void loadLayer(int category, const Mask& mask);

  void setTool(Tool tool);
  Tool tool() const { return tool_; }
  void setCategory(int category);
  int category() const { return category_; }
  // In picture pixels, at least 1; each tool remembers its own.
  void setToolSize(int pixels);
  int toolSize() const;
  void stepToolSize(int direction);
  void setMaskHidden(bool hidden);
  void setPanning(bool held);  // Space
  // What is painted is being saved: nothing may be added; looking around goes on. Ends a stroke under way.
  void setLocked(bool locked);
  void writeAtPointer(const QString& text);  // for a moment
  void undoStroke();
  void redoStroke();
  void finishPolygon();
  void cancelShape();
  bool shapeUnderWay() const { return !polygon_.isEmpty() || rubberBand_; }
  void fitView();

  QPointF toPicture(QPointF widgetPosition) const;
  QPointF fromPicture(QPointF picturePosition) const;
  double scale() const { return scale_; }

 Q_SIGNALS:
  void toolChanged();
  void categoryChanged();
  void maskChanged();     // a stroke ended, or was undone
  void categoryWanted();  // somebody wants to paint and there is no category

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  void startShape(QPointF at, bool erase, bool straight);
  void refreshOverlay(const QRect& pixels);
  void repaintPixels(const QRect& pixels);
  void moveCursorTo(QPointF position);
  QRect cursorArea(QPointF position) const;
  QColor toolColor() const;
  void drawOutlines(QPainter& painter, const QRect& pixels) const;
  void drawShapes(QPainter& painter) const;
  void drawCursor(QPainter& painter) const;
  void drawPointerText(QPainter& painter, QPointF spot, const QString& text) const;
  void updateCursorShape();

  QImage picture_, overlay_;
  QString error_;
  MaskLayers layers_;
  QColor surround_;
  Tool tool_ = Tool::kBrush;
  std::array<int, 5> sizes_{12, 12, 1, 1, 1};
  int category_ = 0;
  double scale_ = 1;
  QPointF origin_;  // widget position of the picture's corner
  bool fitted_ = true, hidden_ = false, panKey_ = false, panning_ = false, erasing_ = false,
       rubberBand_ = false;
  bool inside_ = false, locked_ = false;
  QPointF last_, strokeEnd_, pointer_, anchor_;
  bool haveStrokeEnd_ = false;
  QPolygonF polygon_;
  QString pointerText_;
  QTimer sizeHint_;  // while it runs the size, or that text, is written beside the pointer
};

}  // namespace plumbline
