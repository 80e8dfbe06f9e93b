#include "ui/widgets/key_button.h"

#include <QPainter>
#include <QTimer>
#include <algorithm>

#include "ui/theme.h"

namespace plumbline {
namespace {

constexpr int kCap = 22;  // height of a drawn key
constexpr int kPad = kGrid;
constexpr int kSwatch = 14;
constexpr int kFlashMs = 120;

}  // namespace

KeyButton::KeyButton(Shape shape, QWidget* parent) : QAbstractButton(parent), shape_(shape) {
  setFocusPolicy(Qt::NoFocus);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void KeyButton::setKey(const QString& key) {
  key_ = key;
  updateGeometry();
  update();
}

void KeyButton::setIconName(const QString& name) {
  iconName_ = name;
}

void KeyButton::setSwatch(const QColor& color) {
  swatch_ = color;
}

void KeyButton::setDetail(const QString& detail) {
  if (detail == detail_) return;
  detail_ = detail;
  update();
}

void KeyButton::flash() {
  flashing_ = true;
  update();
  QTimer::singleShot(kFlashMs, this, [this] {
    flashing_ = false;
    update();
  });
}

QFont KeyButton::keyFont() const {
  QFont f = font();
  f.setBold(true);
  f.setPointSizeF(f.pointSizeF() * 0.92);
  return f;
}

int KeyButton::keyWidth() const {
  return key_.isEmpty() ? 0 : std::max(kCap, QFontMetrics(keyFont()).horizontalAdvance(key_) + 10);
}

QSize KeyButton::sizeHint() const {
  if (shape_ == Shape::kTool) return QSize(6 * kGrid, 5 * kGrid);
  const int words = fontMetrics().horizontalAdvance(text());
  const int swatch = swatch_.isValid() ? kSwatch + 6 : 0;
  return QSize(kPad + keyWidth() + 6 + swatch + words + kPad, 4 * kGrid);
}

void KeyButton::enterEvent(QEnterEvent*) {
  update();
}
void KeyButton::leaveEvent(QEvent*) {
  update();
}

void KeyButton::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  if (!isEnabled()) painter.setOpacity(0.4);
  const QPalette& p = palette();
  const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  const bool strong = isDown() || flashing_;
  QColor back = p.color(QPalette::WindowText);
  back.setAlphaF(strong                        ? 0.22f
                 : underMouse() && isEnabled() ? 0.10f
                 : shape_ == Shape::kAnswer    ? 0.05f
                                               : 0.0f);
  if (isChecked()) {
    back = p.color(QPalette::Highlight);
    back.setAlphaF(0.30f);
  }
  painter.setPen(isChecked()              ? p.color(QPalette::Highlight)
                 : shape_ == Shape::kTool ? QColor(Qt::transparent)
                                          : lineColor(p));
  painter.setBrush(back);
  painter.drawRoundedRect(box, 5, 5);
  if (shape_ == Shape::kTool) {
    paintTool(painter);
  } else {
    paintText(painter);
  }
}

void KeyButton::paintTool(QPainter& painter) {
  const QRect icon((width() - 22) / 2 - 3, (height() - 22) / 2, 22, 22);
  studioIcon(iconName_).paint(&painter, icon);
  QFont small = font();
  small.setPointSizeF(small.pointSizeF() * 0.75);
  painter.setFont(small);
  painter.setPen(quietTextColor(palette()));
  const QString shown = key_.size() == 1 ? key_ : QString();
  painter.drawText(rect().adjusted(0, 0, -4, -2), Qt::AlignRight | Qt::AlignBottom, shown);
}

void KeyButton::paintText(QPainter& painter) {
  const QPalette& p = palette();
  const int content = keyWidth() + (key_.isEmpty() ? 0 : 6) + (swatch_.isValid() ? kSwatch + 6 : 0) +
                      fontMetrics().horizontalAdvance(text());
  int x = left_ ? kPad : std::max(kPad, (width() - content) / 2);
  if (!key_.isEmpty()) {
    const QRectF cap(x + 0.5, (height() - kCap) / 2 + 0.5, keyWidth() - 1, kCap - 1);
    painter.setPen(QPen(quietTextColor(p), 1));
    painter.setBrush(p.color(QPalette::Base));
    painter.drawRoundedRect(cap, 3.5, 3.5);
    painter.setFont(keyFont());
    painter.setPen(p.color(QPalette::WindowText));
    painter.drawText(cap, Qt::AlignCenter, key_);
    x += keyWidth() + 6;
  }
  if (swatch_.isValid()) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(swatch_);
    painter.drawRoundedRect(QRectF(x, (height() - kSwatch) / 2.0, kSwatch, kSwatch), 3, 3);
    x += kSwatch + 6;
  }
  painter.setFont(font());
  painter.setPen(p.color(QPalette::WindowText));
  painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignVCenter | Qt::AlignLeft, text());
  if (!detail_.isEmpty()) {
    painter.setPen(quietTextColor(p));
    painter.drawText(rect().adjusted(0, 0, -kPad, 0), Qt::AlignVCenter | Qt::AlignRight, detail_);
  }
}

}  // namespace plumbline
