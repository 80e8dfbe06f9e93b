#include "ui/widgets/picture_stage.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/theme.h"

namespace plumbline {
namespace {

constexpr int kFlickerMs = 450;
constexpr int kGap = kGrid;
// A small picture is shown enlarged already; then the loupe goes beyond that instead of 1:1.
constexpr double kLoupe = 3.0;

}  // namespace

PictureStage::PictureStage(QWidget* parent) : QWidget(parent), surround_(surroundGrey()) {
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMinimumSize(200, 160);
  flicker_.setInterval(kFlickerMs);
  connect(&flicker_, &QTimer::timeout, this, [this] {
    flickerSecond_ = !flickerSecond_;
    update();
  });
}

void PictureStage::setPictures(std::vector<QImage> images, QStringList errors) {
  images_ = std::move(images);
  errors_ = std::move(errors);
  difference_ = {};
  swapped_ = zoomed_ = false;
  setMode(Mode::kAll);
  update();
}

void PictureStage::setBadges(const QStringList& keys) {
  badges_ = keys;
  update();
}

void PictureStage::setSurround(const QColor& grey) {
  surround_ = grey;
  update();
}

void PictureStage::swap() {
  swapped_ = !swapped_;
  update();
}

void PictureStage::setZoom(bool held) {
  zoomed_ = held;
  if (held) updatePointer();
  update();
}

void PictureStage::setMode(Mode mode) {
  mode_ = images_.size() == 2 ? mode : Mode::kAll;
  flickerSecond_ = false;
  if (mode_ == Mode::kFlicker) {
    flicker_.start();
  } else {
    flicker_.stop();
  }
  update();
}

int PictureStage::cells() const {
  return mode_ == Mode::kAll ? int(images_.size()) : 1;
}

int PictureStage::imageAt(int cell) const {
  if (images_.size() != 2) return cell;
  return swapped_ ? 1 - cell : cell;
}

QRectF PictureStage::pictureRect(int cell) const {
  const int count = cells();
  if (cell >= count) return {};
  const QRectF area = QRectF(rect()).adjusted(kGap, kGap, -kGap, -kGap);
  QSizeF natural(1, 1);
  const QImage& image = images_[std::size_t(imageAt(cell))];
  if (!image.isNull()) natural = image.size();
  // Beside or above each other, whichever gives the larger pictures.
  const QSizeF beside =
      natural.scaled((area.width() - kGap * (count - 1)) / count, area.height(), Qt::KeepAspectRatio);
  const QSizeF above =
      natural.scaled(area.width(), (area.height() - kGap * (count - 1)) / count, Qt::KeepAspectRatio);
  const bool sideBySide = beside.width() >= above.width();
  QSizeF size = sideBySide ? beside : above;
  size = QSizeF(std::floor(size.width()), std::floor(size.height()));
  QPointF origin;
  if (sideBySide) {
    const double cellWidth = (area.width() - kGap * (count - 1)) / count;
    // Pictures of a pair meet in the middle, so that the eye has the shortest way.
    double x = area.left() + cell * (cellWidth + kGap) + (cellWidth - size.width()) / 2;
    if (count == 2)
      x = cell == 0 ? area.center().x() - kGap / 2.0 - size.width() : area.center().x() + kGap / 2.0;
    origin = QPointF(x, area.center().y() - size.height() / 2);
  } else {
    const double cellHeight = (area.height() - kGap * (count - 1)) / count;
    origin = QPointF(area.center().x() - size.width() / 2,
                     area.top() + cell * (cellHeight + kGap) + (cellHeight - size.height()) / 2);
  }
  return QRectF(QPointF(std::round(origin.x()), std::round(origin.y())), size);
}

double PictureStage::scale(int cell) const {
  const QImage& image = images_[std::size_t(imageAt(cell))];
  return image.isNull() ? 1 : pictureRect(cell).width() / image.width();
}

QRectF PictureStage::zoomSource(const QImage& image, const QRectF& target) const {
  const double fit = target.width() / image.width();
  const double oneToOne = 1.0 / devicePixelRatioF();
  const double zoom = fit < oneToOne ? oneToOne : fit * kLoupe;
  const QSizeF size(target.width() / zoom, target.height() / zoom);
  // The spot under the pointer stays under the pointer.
  return QRectF(pointer_.x() * (image.width() - size.width()),
                pointer_.y() * (image.height() - size.height()), size.width(), size.height());
}

void PictureStage::drawPicture(QPainter& painter, int cell, const QImage& image, const QString& error) const {
  const QRectF target = pictureRect(cell);
  if (image.isNull()) {
    painter.setPen(QPen(QColor(0xb0, 0xb0, 0xb0), 1, Qt::DashLine));
    painter.drawRect(target.adjusted(0.5, 0.5, -0.5, -0.5));
    painter.setPen(QColor(0xe4, 0xe4, 0xe4));
    painter.drawText(target.adjusted(kGrid, kGrid, -kGrid, -kGrid), Qt::AlignCenter | Qt::TextWordWrap,
                     error);
    return;
  }
  const QRectF source = zoomed_ ? zoomSource(image, target) : QRectF(image.rect());
  const double factor = target.width() * devicePixelRatioF() / source.width();
  painter.setRenderHint(QPainter::SmoothPixmapTransform, true);
  if (factor < 0.6) {
    // Bilinear sampling alone would alias here.
    const QImage smaller = image.copy(source.toAlignedRect())
                               .scaled((target.size() * devicePixelRatioF()).toSize(), Qt::IgnoreAspectRatio,
                                       Qt::SmoothTransformation);
    painter.drawImage(target, smaller);
  } else {
    painter.drawImage(target, image, source);
  }
}

void PictureStage::drawBadge(QPainter& painter, int cell) const {
  if (mode_ == Mode::kDifference || badges_.size() <= cell) return;
  const QString text = mode_ == Mode::kFlicker ? badges_.value(flickerSecond_ ? 1 : 0) : badges_[cell];
  const QRectF picture = pictureRect(cell);
  QFont font = this->font();
  font.setBold(true);
  font.setPointSizeF(font.pointSizeF() * 1.3);
  painter.setFont(font);
  const int side = QFontMetrics(font).height() + kGrid;
  const bool left = cell == 0;
  const QRectF badge(left ? picture.left() - side - kGap : picture.right() + kGap, picture.bottom() - side,
                     side, side);
  if (!QRectF(rect()).contains(badge)) return;
  painter.setRenderHint(QPainter::Antialiasing);
  const bool darkGround = surround_.lightness() < 128;
  painter.setPen(QPen(darkGround ? QColor(0xd8, 0xd8, 0xd8) : QColor(0x30, 0x30, 0x30), 1.2));
  painter.setBrush(Qt::NoBrush);
  painter.drawRoundedRect(badge.adjusted(1, 1, -1, -1), 5, 5);
  painter.drawText(badge, Qt::AlignCenter, text);
}

const QImage& PictureStage::difference() {
  if (!difference_.isNull() || images_.size() != 2) return difference_;
  const QImage a = images_[0].convertToFormat(QImage::Format_RGB32);
  const QImage b = images_[1].scaled(a.size()).convertToFormat(QImage::Format_RGB32);
  difference_ = QImage(a.size(), QImage::Format_RGB32);
  for (int y = 0; y < a.height(); ++y) {
    const auto* pa = reinterpret_cast<const QRgb*>(a.constScanLine(y));
    const auto* pb = reinterpret_cast<const QRgb*>(b.constScanLine(y));
    auto* out = reinterpret_cast<QRgb*>(difference_.scanLine(y));
    for (int x = 0; x < a.width(); ++x) {
      const auto twice = [](int d) { return std::min(255, 2 * std::abs(d)); };
      out[x] = qRgb(twice(qRed(pa[x]) - qRed(pb[x])), twice(qGreen(pa[x]) - qGreen(pb[x])),
                    twice(qBlue(pa[x]) - qBlue(pb[x])));
    }
  }
  return difference_;
}

void PictureStage::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), surround_);
  for (int cell = 0; cell < cells(); ++cell) {
    int index = imageAt(cell);
    if (mode_ == Mode::kFlicker && flickerSecond_) index = 1 - index;
    const bool differ = mode_ == Mode::kDifference;
    drawPicture(painter, cell, differ ? difference() : images_[std::size_t(index)], errors_.value(index));
    drawBadge(painter, cell);
  }
}

void PictureStage::mouseMoveEvent(QMouseEvent* event) {
  QWidget::mouseMoveEvent(event);
  if (!zoomed_) return;
  updatePointer();
  update();
}

void PictureStage::updatePointer() {
  const QPointF position = mapFromGlobal(QPointF(QCursor::pos()));
  for (int cell = 0; cell < cells(); ++cell) {
    const QRectF picture = pictureRect(cell);
    if (!picture.contains(position)) continue;
    pointer_ = QPointF((position.x() - picture.left()) / picture.width(),
                       (position.y() - picture.top()) / picture.height());
    return;
  }
  pointer_ = QPointF(0.5, 0.5);
}

}  // namespace plumbline
