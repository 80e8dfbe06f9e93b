#include "ui/widgets/empty_state.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace plumbline {

EmptyState::EmptyState(const QString& icon, QWidget* parent)
    : QWidget(parent),
      icon_(icon),
      picture_(new QLabel),
      title_(new QLabel),
      text_(new QLabel),
      button_(new QPushButton) {
  auto* layout = new QVBoxLayout(this);
  layout->setSpacing(kGrid);
  layout->addStretch(2);
  for (QLabel* label : {picture_, title_, text_}) {
    label->setAlignment(Qt::AlignHCenter);
    label->setWordWrap(true);
    layout->addWidget(label);
  }
  title_->setProperty("role", "title");
  text_->setProperty("role", "quiet");
  button_->setProperty("role", "primary");
  button_->setFocusPolicy(Qt::TabFocus);
  layout->addSpacing(kGrid);
  layout->addWidget(button_, 0, Qt::AlignHCenter);
  layout->addStretch(3);
  button_->hide();
  connect(button_, &QPushButton::clicked, this, &EmptyState::actionChosen);
  tintIcon();
}

void EmptyState::setContent(const QString& title, const QString& text, const QString& action) {
  title_->setText(title);
  text_->setText(text);
  button_->setText(action);
  button_->setVisible(!action.isEmpty());
}

QString EmptyState::title() const {
  return title_->text();
}

void EmptyState::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) tintIcon();
}

void EmptyState::tintIcon() {
  picture_->setPixmap(
      studioIcon(icon_, quietTextColor(palette())).pixmap(QSize(64, 64), devicePixelRatioF()));
}

}  // namespace plumbline
