// The drawing half of MaskCanvas: translucent colour, one crisp line around it, the tool at the pointer.
#include <QPaintEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/theme.h"
#include "ui/widgets/mask_canvas.h"

namespace plumbline {
namespace {

constexpr int kMaskAlpha = 110;  // of 255

QRgb translucent(int category) {
  QColor color = categoryColor(category);
  return qPremultiply(qRgba(color.red(), color.green(), color.blue(), kMaskAlpha));
}

// The edges between inside and outside within the given pixels, in picture coordinates, runs joined.
void collectEdges(const Mask& mask, const QRect& area, QList<QLineF>& lines) {
  const auto at = [&mask](int x, int y) {
    return x >= 0 && y >= 0 && x < mask.width && y < mask.height && mask.at(x, y) != 0;
  };
  for (int y = area.top(); y <= area.bottom() + 1; ++y) {
    int start = -1;
    for (int x = area.left(); x <= area.right() + 1; ++x) {
      const bool edge = x <= area.right() && at(x, y) != at(x, y - 1);
      if (edge && start < 0) start = x;
      if (!edge && start >= 0) {
        lines << QLineF(start, y, x, y);
        start = -1;
      }
    }
  }
  for (int x = area.left(); x <= area.right() + 1; ++x) {
    int start = -1;
    for (int y = area.top(); y <= area.bottom() + 1; ++y) {
      const bool edge = y <= area.bottom() && at(x, y) != at(x - 1, y);
      if (edge && start < 0) start = y;
      if (!edge && start >= 0) {
        lines << QLineF(x, start, x, y);
        start = -1;
      }
    }
  }
}

}  // namespace

void MaskCanvas::refreshOverlay(const QRect& pixels) {
  const QRect area = pixels & picture_.rect();
  for (int y = area.top(); y <= area.bottom(); ++y) {
    auto* out = reinterpret_cast<QRgb*>(overlay_.scanLine(y));
    for (int x = area.left(); x <= area.right(); ++x) {
      out[x] = 0;
      for (int c = 0; c < layers_.categories(); ++c) {
        if (layers_.layer(c).at(x, y)) out[x] = translucent(c);
      }
      // The category at work lies on top.
      if (category_ != kNoCategory && layers_.layer(category_).at(x, y)) out[x] = translucent(category_);
    }
  }
}

void MaskCanvas::drawOutlines(QPainter& painter, const QRect& pixels) const {
  painter.setRenderHint(QPainter::Antialiasing, false);
  for (int c = 0; c < layers_.categories(); ++c) {
    QList<QLineF> lines;
    collectEdges(layers_.layer(c), pixels, lines);
    if (lines.isEmpty()) continue;
    for (QLineF& line : lines) line = QLineF(fromPicture(line.p1()), fromPicture(line.p2()));
    QPen pen(categoryColor(c), 1);
    pen.setCosmetic(true);
    painter.setPen(pen);
    painter.drawLines(lines);
  }
}

QColor MaskCanvas::toolColor() const {
  return category_ == kNoCategory ? QColor(Qt::lightGray) : categoryColor(category_);
}

void MaskCanvas::drawShapes(QPainter& painter) const {
  painter.setPen(QPen(toolColor(), 1, erasing_ ? Qt::DashLine : Qt::SolidLine));
  painter.setBrush(Qt::NoBrush);
  if (rubberBand_) {
    painter.drawRect(QRectF(fromPicture(anchor_), pointer_).normalized());
  }
  if (!polygon_.isEmpty()) {
    QPolygonF shown;
    for (const QPointF& p : polygon_) shown << fromPicture(p);
    shown << pointer_;
    painter.drawPolyline(shown);
    painter.setBrush(toolColor());
    for (const QPointF& p : polygon_) painter.drawEllipse(fromPicture(p), 3, 3);
  }
}

void MaskCanvas::drawCursor(QPainter& painter) const {
  if (!inside_ || panKey_ || panning_) return;
  if (!pointerText_.isEmpty()) drawPointerText(painter, pointer_ + QPointF(16, 28), pointerText_);
  if (tool_ == Tool::kBrush || tool_ == Tool::kEraser) {
    const double radius = toolSize() * scale_ / 2;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 160), 3));
    painter.drawEllipse(pointer_, radius, radius);
    const bool erase = tool_ == Tool::kEraser || (layers_.inStroke() && erasing_);
    painter.setPen(QPen(erase ? QColor(Qt::white) : toolColor(), 1.4));
    painter.drawEllipse(pointer_, radius, radius);
    if (sizeHint_.isActive() && pointerText_.isEmpty()) {
      drawPointerText(painter, pointer_ + QPointF(radius + 8, radius + 16), tr("%1 px").arg(toolSize()));
    }
  }
}

void MaskCanvas::drawPointerText(QPainter& painter, QPointF spot, const QString& text) const {
  const QRectF words = painter.fontMetrics().boundingRect(text);
  spot.setX(std::max(0.0, std::min(spot.x(), width() - words.width() - kGrid)));
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(0, 0, 0, 170));
  painter.drawRoundedRect(words.translated(spot).adjusted(-4, -2, 4, 2), 3, 3);
  painter.setPen(Qt::white);
  painter.drawText(spot, text);
}

void MaskCanvas::paintEvent(QPaintEvent* event) {
  QPainter painter(this);
  painter.fillRect(event->rect(), surround_);
  if (picture_.isNull()) {
    painter.setPen(QColor(0xe4, 0xe4, 0xe4));
    painter.drawText(rect().adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap, error_);
    return;
  }
  // Only the part of the picture under the exposed rectangle, with a pixel of overlap for the filter.
  const QRectF exposed(toPicture(event->rect().topLeft()), QSizeF(event->rect().size()) / scale_);
  const QRect pixels = exposed.toAlignedRect().adjusted(-2, -2, 2, 2) & picture_.rect();
  if (!pixels.isEmpty()) {
    const QRectF whole(origin_, QSizeF(picture_.size()) * scale_);
    painter.setClipRect(event->rect());
    // At high zoom single pixels are what one paints: show them as squares.
    painter.setRenderHint(QPainter::SmoothPixmapTransform, scale_ < 12);
    painter.drawImage(whole, picture_);
    if (!hidden_) {
      painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
      painter.drawImage(QRectF(fromPicture(pixels.topLeft()), QSizeF(pixels.size()) * scale_), overlay_,
                        pixels);
      drawOutlines(painter, pixels);
    }
  }
  drawShapes(painter);
  drawCursor(painter);
}

}  // namespace plumbline
