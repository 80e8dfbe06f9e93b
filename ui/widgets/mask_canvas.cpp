#include "ui/widgets/mask_canvas.h"

#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/types/observation.h"
#include "ui/theme.h"

namespace plumbline {
namespace {

constexpr double kLargestScale = 64;
constexpr int kLargestSize = 512;
constexpr int kSizeHintMs = 1500;

}  // namespace

MaskCanvas::MaskCanvas(QWidget* parent) : QWidget(parent), surround_(surroundGrey()) {
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMinimumSize(200, 160);
  setContextMenuPolicy(Qt::PreventContextMenu);
  sizeHint_.setSingleShot(true);
  sizeHint_.setInterval(kSizeHintMs);
  connect(&sizeHint_, &QTimer::timeout, this, [this] {
    pointerText_.clear();
    update();
  });
  updateCursorShape();
}

void MaskCanvas::setPicture(const QImage& image, const QString& error) {
  picture_ = image;
  error_ = error;
  layers_ = MaskLayers(int(std::size(kRegionCategories)), image.width(), image.height());
  overlay_ = QImage(image.size(), QImage::Format_ARGB32_Premultiplied);
  overlay_.fill(Qt::transparent);
  polygon_.clear();
  rubberBand_ = panning_ = hidden_ = haveStrokeEnd_ = false;
  fitView();
  Q_EMIT maskChanged();
}

void MaskCanvas::setSurround(const QColor& grey) {
  surround_ = grey;
  update();
}

void MaskCanvas::loadLayer(int category, const Mask& mask) {
  layers_.setLayer(category, mask);
  refreshOverlay(picture_.rect());
  update();
  Q_EMIT maskChanged();
}

void MaskCanvas::setTool(Tool tool) {
  cancelShape();
  tool_ = tool;
  updateCursorShape();
  update();
  Q_EMIT toolChanged();
}

void MaskCanvas::setCategory(int category) {
  category_ = std::clamp(category, kNoCategory, int(std::size(kRegionCategories)) - 1);
  pointerText_.clear();
  refreshOverlay(picture_.rect());
  update();
  Q_EMIT categoryChanged();
}

int MaskCanvas::toolSize() const {
  return sizes_[std::size_t(tool_)];
}

void MaskCanvas::setToolSize(int pixels) {
  sizes_[std::size_t(tool_)] = std::clamp(pixels, 1, kLargestSize);
  pointerText_.clear();
  sizeHint_.start();
  update();
  Q_EMIT toolChanged();
}

void MaskCanvas::stepToolSize(int direction) {
  const int size = toolSize();
  // About an eighth a step, so that both small and large sizes are quick to reach.
  setToolSize(size + direction * std::max(1, size / 8));
}

void MaskCanvas::setMaskHidden(bool hidden) {
  hidden_ = hidden;
  update();
}

void MaskCanvas::setPanning(bool held) {
  panKey_ = held;
  updateCursorShape();
}

void MaskCanvas::setLocked(bool locked) {
  locked_ = locked;
  if (!locked) return;
  rubberBand_ = false;
  if (layers_.inStroke()) {
    layers_.endStroke();
    Q_EMIT maskChanged();
  }
}

void MaskCanvas::writeAtPointer(const QString& text) {
  pointerText_ = text;
  sizeHint_.start();
  update();
}

void MaskCanvas::undoStroke() {
  if (!polygon_.isEmpty()) {
    polygon_.removeLast();
    update();
    return;
  }
  const QRect area = layers_.undo();
  if (area.isEmpty()) return;
  refreshOverlay(area);
  repaintPixels(area);
  Q_EMIT maskChanged();
}

void MaskCanvas::redoStroke() {
  const QRect area = layers_.redo();
  if (area.isEmpty()) return;
  refreshOverlay(area);
  repaintPixels(area);
  Q_EMIT maskChanged();
}

void MaskCanvas::finishPolygon() {
  if (polygon_.size() < 3) return cancelShape();
  layers_.beginStroke(category_);
  const QRect area = layers_.paintPolygon(polygon_, !erasing_);
  layers_.endStroke();
  polygon_.clear();
  refreshOverlay(area);
  update();
  Q_EMIT maskChanged();
}

void MaskCanvas::cancelShape() {
  polygon_.clear();
  rubberBand_ = false;
  update();
}

void MaskCanvas::fitView() {
  fitted_ = true;
  if (!picture_.isNull()) {
    const QSizeF room(width() - 2 * kGrid, height() - 2 * kGrid);
    scale_ = std::max(0.01, std::min(room.width() / picture_.width(), room.height() / picture_.height()));
    const QSizeF shown = QSizeF(picture_.size()) * scale_;
    origin_ = QPointF(std::round((width() - shown.width()) / 2), std::round((height() - shown.height()) / 2));
  }
  update();
}

QPointF MaskCanvas::toPicture(QPointF p) const {
  return (p - origin_) / scale_;
}
QPointF MaskCanvas::fromPicture(QPointF p) const {
  return p * scale_ + origin_;
}

void MaskCanvas::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  if (fitted_) fitView();
}

void MaskCanvas::mousePressEvent(QMouseEvent* event) {
  if (picture_.isNull()) return;
  last_ = event->position();
  if (event->button() == Qt::MiddleButton || (panKey_ && event->button() == Qt::LeftButton)) {
    panning_ = true;
    updateCursorShape();
    return;
  }
  if (event->button() != Qt::LeftButton && event->button() != Qt::RightButton) return;
  if (locked_ || layers_.inStroke()) return;  // the second button of a stroke under way
  if (category_ == kNoCategory) {
    pointer_ = event->position();
    Q_EMIT categoryWanted();
    return;
  }
  const bool erase = event->button() == Qt::RightButton || tool_ == Tool::kEraser;
  startShape(toPicture(event->position()), erase, event->modifiers() & Qt::ShiftModifier);
}

void MaskCanvas::startShape(QPointF at, bool erase, bool straight) {
  if (tool_ != Tool::kPolygon || polygon_.isEmpty()) erasing_ = erase;
  QRect area;
  switch (tool_) {
    case Tool::kBrush:
    case Tool::kEraser: {
      layers_.beginStroke(category_);
      const QPointF from = straight && haveStrokeEnd_ ? strokeEnd_ : at;
      area = layers_.paintSegment(from, at, toolSize(), !erasing_);
      break;
    }
    case Tool::kRectangle:
      rubberBand_ = true;
      anchor_ = at;
      break;
    case Tool::kPolygon:
      polygon_ << at;
      update();
      break;
    case Tool::kFill:
      layers_.beginStroke(category_);
      area = layers_.floodFill(QPoint(int(std::floor(at.x())), int(std::floor(at.y()))), !erasing_);
      layers_.endStroke();
      Q_EMIT maskChanged();
      break;
  }
  if (!area.isEmpty()) {
    refreshOverlay(area);
    repaintPixels(area);
  }
}

void MaskCanvas::mouseMoveEvent(QMouseEvent* event) {
  const QPointF position = event->position();
  if (panning_) {
    origin_ += position - last_;
    fitted_ = false;
    last_ = position;
    update();
  } else if (layers_.inStroke()) {
    const QRect area = layers_.paintSegment(toPicture(last_), toPicture(position), toolSize(), !erasing_);
    last_ = position;
    refreshOverlay(area);
    repaintPixels(area);
  } else if (rubberBand_ || !polygon_.isEmpty()) {
    update();
  }
  moveCursorTo(position);
}

void MaskCanvas::mouseReleaseEvent(QMouseEvent* event) {
  if (panning_) {
    panning_ = false;
    updateCursorShape();
    return;
  }
  if (layers_.inStroke()) {
    layers_.endStroke();
    strokeEnd_ = toPicture(event->position());
    haveStrokeEnd_ = true;
    Q_EMIT maskChanged();
  } else if (rubberBand_) {
    rubberBand_ = false;
    layers_.beginStroke(category_);
    const QRect area = layers_.paintRectangle(QRectF(anchor_, toPicture(event->position())), !erasing_);
    layers_.endStroke();
    refreshOverlay(area);
    update();
    Q_EMIT maskChanged();
  }
}

void MaskCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  if (tool_ == Tool::kPolygon && !polygon_.isEmpty() && !locked_) return finishPolygon();
  mousePressEvent(event);
}

void MaskCanvas::wheelEvent(QWheelEvent* event) {
  const int delta = event->angleDelta().y();
  if (delta == 0) return;
  if (event->modifiers() & Qt::ControlModifier) {
    stepToolSize(delta > 0 ? 1 : -1);
  } else {
    const QPointF spot = toPicture(event->position());
    scale_ = std::clamp(scale_ * std::pow(1.25, delta / 120.0), 0.05, kLargestScale);
    origin_ = event->position() - spot * scale_;
    fitted_ = false;
    update();
  }
  event->accept();
}

void MaskCanvas::leaveEvent(QEvent* event) {
  QWidget::leaveEvent(event);
  inside_ = false;
  update(cursorArea(pointer_));
}

void MaskCanvas::moveCursorTo(QPointF position) {
  update(cursorArea(pointer_));
  pointer_ = position;
  inside_ = true;
  if (!pointerText_.isEmpty()) return update();
  update(cursorArea(pointer_));
}

QRect MaskCanvas::cursorArea(QPointF position) const {
  const double radius = toolSize() * scale_ / 2 + 3;
  const QRectF circle(position.x() - radius, position.y() - radius, 2 * radius, 2 * radius);
  return circle.adjusted(0, 0, 64, 32).toAlignedRect();  // with room for the size beside it
}

void MaskCanvas::updateCursorShape() {
  if (panning_) {
    setCursor(Qt::ClosedHandCursor);
  } else if (panKey_) {
    setCursor(Qt::OpenHandCursor);
  } else {
    setCursor(Qt::CrossCursor);
  }
}

void MaskCanvas::repaintPixels(const QRect& pixels) {
  const QRectF area(fromPicture(pixels.topLeft()), QSizeF(pixels.size()) * scale_);
  update(area.toAlignedRect().adjusted(-2, -2, 2, 2));
}

}  // namespace plumbline
