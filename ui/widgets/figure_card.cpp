#include "ui/widgets/figure_card.h"

#include <QCoreApplication>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>
#include <cmath>

#include "ui/theme.h"

namespace plumbline {

QString percentText(double share) {
  if (!std::isfinite(share)) return QStringLiteral("–");
  return QCoreApplication::translate("percent", "%1 %").arg(QLocale().toString(share * 100, 'f', 1));
}

FigureCard::FigureCard(const QString& caption, QWidget* parent)
    : QFrame(parent), figure_(new QLabel(QStringLiteral("–"))), note_(new QLabel) {
  setProperty("role", "card");
  auto* title = new QLabel(caption);
  title->setProperty("role", "quiet");
  title->setWordWrap(true);  // other languages need more room for the same
  QFont large = figure_->font();
  large.setPointSizeF(large.pointSizeF() * 1.7);
  large.setWeight(QFont::DemiBold);
  figure_->setFont(large);
  note_->setProperty("role", "quiet");
  note_->setWordWrap(true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(kGrid * 3 / 2, kGrid, kGrid * 3 / 2, kGrid);
  layout->setSpacing(2);
  layout->addWidget(title);
  layout->addWidget(figure_);
  layout->addWidget(note_);
  layout->addStretch(1);
}

void FigureCard::setFigure(const QString& figure, const QString& note) {
  figure_->setText(figure);
  note_->setText(note);
}

QString FigureCard::figure() const {
  return figure_->text();
}

QString FigureCard::note() const {
  return note_->text();
}

}  // namespace plumbline
