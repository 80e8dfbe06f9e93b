#include "ui/widgets/gallery_delegate.h"

#include <QImage>
#include <QPainter>

#include "ui/models/gallery_model.h"
#include "ui/theme.h"

namespace plumbline {

void GalleryDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
  QRect cell(0, 0, side_ - 6, side_ - 6);
  cell.moveCenter(option.rect.center());
  const QImage image = index.data(Qt::DecorationRole).value<QImage>();
  const bool broken = index.data(GalleryModel::kState).toInt() != int(ImageState::kOk);
  painter->save();
  QRect picture = cell;
  if (image.isNull()) {
    painter->fillRect(cell, surroundGrey());
    if (broken)
      studioIcon("warning", Qt::white).paint(painter, QRect(cell.center() - QPoint(14, 14), QSize(28, 28)));
  } else {
    picture = QRect(QPoint(), image.size().scaled(cell.size(), Qt::KeepAspectRatio));
    picture.moveCenter(cell.center());
    painter->setRenderHint(QPainter::SmoothPixmapTransform);
    painter->drawImage(picture, image);
  }
  painter->setRenderHint(QPainter::Antialiasing);
  if (index.data(GalleryModel::kAnswers).toInt() > 0) {
    const QPointF dot(picture.right() - 9, picture.bottom() - 9);
    painter->setPen(QPen(Qt::white, 1.5));
    painter->setBrush(goodColor());
    painter->drawEllipse(dot, 5, 5);
  }
  if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
    QColor frame = option.palette.color(QPalette::Highlight);
    if (!(option.state & QStyle::State_Selected)) frame.setAlphaF(0.5f);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(frame, 3));
    painter->drawRect(QRectF(picture).adjusted(-0.5, -0.5, 0.5, 0.5));
  }
  painter->restore();
}

}  // namespace plumbline
