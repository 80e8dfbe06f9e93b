#include "ui/widgets/mask_layers.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace plumbline {
namespace {

constexpr std::size_t kUndoSteps = 100;

double squaredDistance(double x, double y, QPointF a, QPointF b) {
  const double dx = b.x() - a.x(), dy = b.y() - a.y();
  const double length = dx * dx + dy * dy;
  const double t = length > 0 ? std::clamp(((x - a.x()) * dx + (y - a.y()) * dy) / length, 0.0, 1.0) : 0.0;
  const double ex = x - (a.x() + t * dx), ey = y - (a.y() + t * dy);
  return ex * ex + ey * ey;
}

}  // namespace

MaskLayers::MaskLayers(int categories, int width, int height) : width_(width), height_(height) {
  layers_.assign(std::size_t(categories), Mask(width, height));
}

bool MaskLayers::isEmpty() const {
  return std::all_of(layers_.begin(), layers_.end(), [](const Mask& m) { return m.area() == 0; });
}

void MaskLayers::setLayer(int category, Mask mask) {
  if (mask.width != width_ || mask.height != height_) return;
  layers_[std::size_t(category)] = std::move(mask);
  undo_.clear();
  redo_.clear();
}

void MaskLayers::beginStroke(int category) {
  current_ = category;
  beforeStroke_ = layers_[std::size_t(category)];
  strokeArea_ = {};
}

QRect MaskLayers::touch(const QRect& area) {
  const QRect inside = area & QRect(0, 0, width_, height_);
  strokeArea_ |= inside;
  return inside;
}

QRect MaskLayers::paintSegment(QPointF from, QPointF to, double diameter, bool on) {
  Mask& mask = layers_[std::size_t(current_)];
  const double radius = std::max(0.5, diameter / 2);
  const QRectF box = QRectF(from, to).normalized().adjusted(-radius, -radius, radius, radius);
  const QRect area = touch(box.toAlignedRect().adjusted(-1, -1, 1, 1));
  if (radius < 0.75) {
    const int steps = std::max(1, int(std::ceil(2 * std::hypot(to.x() - from.x(), to.y() - from.y()))));
    for (int i = 0; i <= steps; ++i) {
      const QPointF p = from + (to - from) * (double(i) / steps);
      const int x = int(std::floor(p.x())), y = int(std::floor(p.y()));
      if (area.contains(x, y)) mask.at(x, y) = on;
    }
    return area;
  }
  const double limit = radius * radius;
  for (int y = area.top(); y <= area.bottom(); ++y) {
    std::uint8_t* row = &mask.data[std::size_t(y) * width_];
    for (int x = area.left(); x <= area.right(); ++x) {
      if (squaredDistance(x + 0.5, y + 0.5, from, to) <= limit) row[x] = on;
    }
  }
  return area;
}

QRect MaskLayers::paintRectangle(QRectF shape, bool on) {
  const QRectF r = shape.normalized();
  // First and last pixel whose centre lies inside.
  const QRect pixels(QPoint(int(std::ceil(r.left() - 0.5)), int(std::ceil(r.top() - 0.5))),
                     QPoint(int(std::ceil(r.right() - 0.5)) - 1, int(std::ceil(r.bottom() - 0.5)) - 1));
  const QRect area = touch(pixels);
  Mask& mask = layers_[std::size_t(current_)];
  for (int y = area.top(); y <= area.bottom(); ++y) {
    std::memset(&mask.data[std::size_t(y) * width_ + area.left()], on, std::size_t(area.width()));
  }
  return area;
}

QRect MaskLayers::paintPolygon(const QPolygonF& shape, bool on) {
  const QRect area = touch(shape.boundingRect().toAlignedRect());
  Mask& mask = layers_[std::size_t(current_)];
  for (int y = area.top(); y <= area.bottom(); ++y) {
    for (int x = area.left(); x <= area.right(); ++x) {
      if (shape.containsPoint(QPointF(x + 0.5, y + 0.5), Qt::OddEvenFill)) mask.at(x, y) = on;
    }
  }
  return area;
}

QRect MaskLayers::floodFill(QPoint at, bool on) {
  if (!QRect(0, 0, width_, height_).contains(at)) return {};
  Mask& mask = layers_[std::size_t(current_)];
  const std::uint8_t to = on, from = mask.at(at.x(), at.y());
  if (from == to) return {};
  QRect area(at, at);
  std::vector<QPoint> open{at};
  mask.at(at.x(), at.y()) = to;
  while (!open.empty()) {
    const QPoint p = open.back();
    open.pop_back();
    area |= QRect(p, p);
    const QPoint neighbours[] = {p + QPoint(1, 0), p - QPoint(1, 0), p + QPoint(0, 1), p - QPoint(0, 1)};
    for (const QPoint n : neighbours) {
      if (n.x() < 0 || n.y() < 0 || n.x() >= width_ || n.y() >= height_ || mask.at(n.x(), n.y()) != from)
        continue;
      mask.at(n.x(), n.y()) = to;
      open.push_back(n);
    }
  }
  return touch(area);
}

void MaskLayers::endStroke() {
  if (current_ < 0) return;
  const Mask& now = layers_[std::size_t(current_)];
  Step step{current_, strokeArea_, cut(beforeStroke_, strokeArea_), cut(now, strokeArea_)};
  current_ = -1;
  beforeStroke_ = {};
  if (step.before == step.after) return;  // painted over what was painted
  undo_.push_back(std::move(step));
  if (undo_.size() > kUndoSteps) undo_.erase(undo_.begin());
  redo_.clear();
}

void MaskLayers::cancelStroke() {
  if (current_ < 0) return;
  layers_[std::size_t(current_)] = std::move(beforeStroke_);
  current_ = -1;
  beforeStroke_ = {};
}

QRect MaskLayers::undo() {
  if (undo_.empty() || inStroke()) return {};
  Step step = std::move(undo_.back());
  undo_.pop_back();
  paste(layers_[std::size_t(step.category)], step.area, step.before);
  const QRect area = step.area;
  redo_.push_back(std::move(step));
  return area;
}

QRect MaskLayers::redo() {
  if (redo_.empty() || inStroke()) return {};
  Step step = std::move(redo_.back());
  redo_.pop_back();
  paste(layers_[std::size_t(step.category)], step.area, step.after);
  const QRect area = step.area;
  undo_.push_back(std::move(step));
  return area;
}

std::vector<std::uint8_t> MaskLayers::cut(const Mask& mask, const QRect& area) const {
  std::vector<std::uint8_t> bytes;
  if (area.isEmpty()) return bytes;
  bytes.reserve(std::size_t(area.width()) * area.height());
  for (int y = area.top(); y <= area.bottom(); ++y) {
    const std::uint8_t* row = &mask.data[std::size_t(y) * width_ + area.left()];
    bytes.insert(bytes.end(), row, row + area.width());
  }
  return bytes;
}

void MaskLayers::paste(Mask& mask, const QRect& area, const std::vector<std::uint8_t>& bytes) {
  for (int y = 0; y < area.height(); ++y) {
    std::memcpy(&mask.data[std::size_t(area.top() + y) * width_ + area.left()],
                &bytes[std::size_t(y) * area.width()], std::size_t(area.width()));
  }
}

}  // namespace plumbline
