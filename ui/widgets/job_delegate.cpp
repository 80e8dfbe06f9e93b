#include "ui/widgets/job_delegate.h"

#include <QApplication>
#include <QPainter>

#include "ui/models/job_model.h"
#include "ui/theme.h"

namespace plumbline {
namespace {

constexpr int kDot = 9, kBar = 4;

void paintBackground(QPainter* painter, const QStyleOptionViewItem& option) {
  QStyleOptionViewItem bare(option);
  bare.text.clear();
  const QStyle* style = option.widget ? option.widget->style() : QApplication::style();
  style->drawPrimitive(QStyle::PE_PanelItemViewItem, &bare, painter, option.widget);
}

QColor textColor(const QStyleOptionViewItem& option) {
  return option.palette.color(option.state & QStyle::State_Selected ? QPalette::HighlightedText
                                                                    : QPalette::Text);
}

}  // namespace

void JobDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
  if (index.column() == JobModel::kState) return paintState(painter, option, index);
  if (index.column() == JobModel::kProgress) return paintProgress(painter, option, index);
  QStyledItemDelegate::paint(painter, option, index);
}

void JobDelegate::paintState(QPainter* painter, const QStyleOptionViewItem& option,
                             const QModelIndex& index) const {
  painter->save();
  paintBackground(painter, option);
  painter->setRenderHint(QPainter::Antialiasing);
  QRect area = option.rect.adjusted(kGrid / 2, 0, -kGrid / 2, 0);
  const QRectF dot(area.left() + 1, area.center().y() - kDot / 2.0 + 0.5, kDot, kDot);
  const bool selected = option.state & QStyle::State_Selected;
  painter->setPen(selected ? QPen(Qt::white, 1.5) : QPen(Qt::NoPen));
  painter->setBrush(index.data(JobModel::kStateColor).value<QColor>());
  painter->drawEllipse(dot);
  area.setLeft(area.left() + kDot + kGrid);
  painter->setPen(textColor(option));
  const QString text = index.data().toString();
  painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                    option.fontMetrics.elidedText(text, Qt::ElideRight, area.width()));
  painter->restore();
}

void JobDelegate::paintProgress(QPainter* painter, const QStyleOptionViewItem& option,
                                const QModelIndex& index) const {
  painter->save();
  paintBackground(painter, option);
  const QString text = index.data().toString();
  if (!text.isEmpty()) {
    const QRect area = option.rect.adjusted(kGrid / 2, 0, -kGrid, 0);
    const int height = option.fontMetrics.height();
    const int top = area.center().y() - (height + kBar + 2) / 2;
    painter->setPen(textColor(option));
    painter->drawText(QRect(area.left(), top, area.width(), height), Qt::AlignLeft | Qt::AlignVCenter,
                      option.fontMetrics.elidedText(text, Qt::ElideRight, area.width()));
    const QRectF bar(area.left(), top + height + 2, area.width(), kBar);
    const double fraction = index.data(JobModel::kFraction).toDouble();
    QColor trough = textColor(option);
    trough.setAlphaF(0.15f);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(trough);
    painter->drawRoundedRect(bar, kBar / 2.0, kBar / 2.0);
    const bool selected = option.state & QStyle::State_Selected;
    painter->setBrush(selected ? QColor(Qt::white) : index.data(JobModel::kStateColor).value<QColor>());
    if (fraction > 0) {
      painter->drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * fraction, kBar), kBar / 2.0,
                               kBar / 2.0);
    }
  }
  painter->restore();
}

}  // namespace plumbline
