// One byte mask per category, edited in place, with an undo stack of strokes. Every edit returns the
// rectangle of pixels that may have changed, so that only that is drawn again. Coordinates: continuous image
// pixels, pixel (x, y) covers [x, x+1) x [y, y+1). Plain data, no widget, no thread rule of its own.
#pragma once

#include <QPointF>
#include <QPolygonF>
#include <QRect>
#include <vector>

#include "core/types/picture.h"

namespace plumbline {

class MaskLayers {
 public:
  MaskLayers() = default;
  MaskLayers(int categories, int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  int categories() const { return int(layers_.size()); }
  const Mask& layer(int category) const { return layers_[std::size_t(category)]; }
  bool isEmpty() const;                    // nothing painted in any category
  void setLayer(int category, Mask mask);  // what was there before; forgets the undo stack

  // One stroke, from press to release, is one step of undo. Edits outside a stroke are not allowed.
  void beginStroke(int category);
  // All pixels whose centre lies within half a diameter of the segment; a diameter of 1 is the pixels it runs
  // through.
  QRect paintSegment(QPointF from, QPointF to, double diameter, bool on);
  QRect paintRectangle(QRectF area, bool on);          // pixels whose centre lies inside
  QRect paintPolygon(const QPolygonF& area, bool on);  // likewise, odd-even
  QRect floodFill(QPoint at, bool on);                 // the connected pixels of equal value
  void endStroke();
  void cancelStroke();
  bool inStroke() const { return current_ >= 0; }

  bool canUndo() const { return !undo_.empty(); }
  bool canRedo() const { return !redo_.empty(); }
  QRect undo();
  QRect redo();

 private:
  struct Step {
    int category;
    QRect area;
    std::vector<std::uint8_t> before, after;  // the area's bytes
  };
  std::vector<std::uint8_t> cut(const Mask& mask, const QRect& area) const;
  void paste(Mask& mask, const QRect& area, const std::vector<std::uint8_t>& bytes);
  QRect touch(const QRect& area);

  int width_ = 0, height_ = 0;
  std::vector<Mask> layers_;
  int current_ = -1;  // category of the stroke under way
  Mask beforeStroke_;
  QRect strokeArea_;
  std::vector<Step> undo_, redo_;
};

}  // namespace plumbline
