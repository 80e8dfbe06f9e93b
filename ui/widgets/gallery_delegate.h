// One picture of the gallery's grid: the thumbnail, a dot if it has answers, a sign if it is damaged. UI
// thread.
#pragma once

#include <QStyledItemDelegate>

namespace plumbline {

class GalleryDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  explicit GalleryDelegate(QObject* parent = nullptr) : QStyledItemDelegate(parent) {}

  void setSide(int pixels) { side_ = pixels; }
  int side() const { return side_; }
  void setCellWidth(int pixels) { cellWidth_ = pixels; }  // at least the side
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    return QSize(cellWidth_, side_);
  }

 private:
  int side_ = 128;
  int cellWidth_ = 128;
};

}  // namespace plumbline
