#include "ui/widgets/history_strip.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "ui/theme.h"

namespace plumbline {
namespace {

constexpr int kThumb = 36;
constexpr int kItemWidth = 2 * kThumb + 4;
constexpr int kItemGap = kGrid;

}  // namespace

HistoryStrip::HistoryStrip(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::NoFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void HistoryStrip::setItems(std::vector<Item> items) {
  items_ = std::move(items);
  if (items_.size() > kItems) items_.erase(items_.begin(), items_.end() - kItems);
  hovered_ = -1;
  update();
}

QSize HistoryStrip::sizeHint() const {
  return QSize(kItems * (kItemWidth + kItemGap), kThumb + fontMetrics().height() + 4);
}

QRect HistoryStrip::itemRect(int index) const {
  return QRect(index * (kItemWidth + kItemGap), 0, kItemWidth, height());
}

int HistoryStrip::itemAt(QPoint position) const {
  for (int i = 0; i < count(); ++i) {
    if (itemRect(i).contains(position)) return i;
  }
  return -1;
}

void HistoryStrip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  QFont small = font();
  small.setPointSizeF(small.pointSizeF() * 0.85);
  painter.setFont(small);
  if (items_.empty()) {
    painter.setPen(quietTextColor(palette()));
    painter.drawText(rect(), Qt::AlignVCenter | Qt::AlignLeft,
                     tr("Your last ten answers appear here; click one to change it."));
    return;
  }
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  for (int i = 0; i < count(); ++i) {
    const Item& item = items_[std::size_t(i)];
    const QRect box = itemRect(i);
    const int pictures = std::max<int>(1, int(item.pictures.size()));
    const int width = pictures * kThumb + (pictures - 1) * 2;
    int x = box.left() + (box.width() - width) / 2;
    for (int k = 0; k < int(item.pictures.size()); ++k, x += kThumb + 2) {
      const QRect thumb(x, 1, kThumb, kThumb);
      if (item.pictures[std::size_t(k)].isNull()) {
        painter.fillRect(thumb, surroundGrey());
      } else {
        painter.drawImage(thumb, item.pictures[std::size_t(k)]);
      }
      if (k == item.chosen) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
        painter.drawRect(thumb.adjusted(1, 1, -1, -1));
      }
    }
    if (item.current || i == hovered_) {
      painter.setPen(QPen(palette().color(QPalette::Highlight), 1));
      painter.drawRect(box.adjusted(0, 0, -1, -1));
    }
    painter.setPen(item.current ? palette().color(QPalette::WindowText) : quietTextColor(palette()));
    painter.drawText(QRect(box.left(), kThumb + 2, box.width(), box.height() - kThumb - 2), Qt::AlignCenter,
                     painter.fontMetrics().elidedText(item.said, Qt::ElideRight, box.width()));
  }
}

void HistoryStrip::mouseReleaseEvent(QMouseEvent* event) {
  const int index = itemAt(event->pos());
  if (event->button() == Qt::LeftButton && index >= 0) Q_EMIT chosen(items_[std::size_t(index)].query);
}

void HistoryStrip::mouseMoveEvent(QMouseEvent* event) {
  const int index = itemAt(event->pos());
  setCursor(index >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
  if (index != hovered_) {
    hovered_ = index;
    update();
  }
}

void HistoryStrip::leaveEvent(QEvent* event) {
  QWidget::leaveEvent(event);
  hovered_ = -1;
  update();
}

bool HistoryStrip::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const int index = itemAt(help->pos());
    QToolTip::showText(help->globalPos(), index >= 0 ? items_[std::size_t(index)].toolTip : QString(), this);
    return true;
  }
  return QWidget::event(event);
}

}  // namespace plumbline
