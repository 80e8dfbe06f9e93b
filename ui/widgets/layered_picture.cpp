#include "ui/widgets/layered_picture.h"

#include <QPainter>
#include <algorithm>
#include <iterator>

#include "core/types/observation.h"
#include "ui/theme.h"

namespace plumbline {

LayeredPicture::LayeredPicture(QWidget* parent) : QWidget(parent), layers_(std::size(kRegionCategories)) {
  QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
}

void LayeredPicture::setPicture(const QImage& image, const QString& error) {
  image_ = image;
  error_ = error;
  updateGeometry();
  update();
}

int LayeredPicture::heightForWidth(int width) const {
  if (image_.isNull() || image_.width() == 0) return width;
  return std::min(width * 2, width * image_.height() / image_.width());
}

void LayeredPicture::clearLayers() {
  for (Layer& layer : layers_) layer.overlay = {};
  update();
}

bool LayeredPicture::hasLayer(int category) const {
  return !layers_[std::size_t(category)].overlay.isNull();
}

void LayeredPicture::setLayer(int category, const std::vector<Mask>& masks) {
  Layer& layer = layers_[std::size_t(category)];
  layer.overlay = {};
  if (masks.empty()) return update();
  const int width = masks.front().width, height = masks.front().height;
  QImage overlay(width, height, QImage::Format_ARGB32);
  const QColor color = categoryColor(category);
  for (int y = 0; y < height; ++y) {
    auto* row = reinterpret_cast<QRgb*>(overlay.scanLine(y));
    for (int x = 0; x < width; ++x) {
      int votes = 0;
      for (const Mask& mask : masks) votes += mask.width == width && mask.height == height && mask.at(x, y);
      const int alpha = votes ? 70 + 90 * votes / int(masks.size()) : 0;
      row[x] = qRgba(color.red(), color.green(), color.blue(), alpha);
    }
  }
  layer.overlay = std::move(overlay);
  update();
}

void LayeredPicture::setLayerShown(int category, bool shown) {
  layers_[std::size_t(category)].shown = shown;
  update();
}

void LayeredPicture::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), surroundGrey());
  if (image_.isNull()) {
    painter.setPen(Qt::white);
    painter.drawText(rect().adjusted(8, 8, -8, -8), Qt::AlignCenter | Qt::TextWordWrap, error_);
    return;
  }
  QRect target(QPoint(), image_.size().scaled(size(), Qt::KeepAspectRatio));
  target.moveCenter(rect().center());
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(target, image_);
  painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
  for (const Layer& layer : layers_) {
    if (layer.shown && !layer.overlay.isNull()) painter.drawImage(target, layer.overlay);
  }
}

}  // namespace plumbline
