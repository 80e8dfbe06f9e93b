// Paints two columns of the jobs table: the state as a coloured dot with its word, and progress as words over
// a thin bar. UI thread.
#pragma once

#include <QStyledItemDelegate>

namespace plumbline {

class JobDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

 private:
  void paintState(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
  void paintProgress(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
};

}  // namespace plumbline
