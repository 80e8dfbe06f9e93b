#include "ui/widgets/saved_tick.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>

#include "ui/theme.h"

namespace plumbline {

SavedTick::SavedTick(QWidget* parent) : QWidget(parent), mark_(new QLabel), text_(new QLabel) {
  setObjectName("savedTick");
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(kGrid, 0, kGrid, 0);
  layout->setSpacing(kGrid / 2);
  mark_->setFixedSize(16, 16);
  layout->addWidget(mark_);
  layout->addWidget(text_);
  showState({});
}

void SavedTick::setSaving() {
  state_ = State::kSaving;
  showState(tr("saving"));
}

void SavedTick::setSaved(const QDateTime& time) {
  state_ = State::kSaved;
  showState(tr("saved %1").arg(QLocale().toString(time.time(), QStringLiteral("HH:mm:ss"))));
}

void SavedTick::setFailed(const QString& reason) {
  state_ = State::kFailed;
  showState(tr("NOT SAVED: %1").arg(reason));
}

QString SavedTick::text() const {
  return text_->text();
}

void SavedTick::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) showState(text_->text());
}

void SavedTick::showState(const QString& text) {
  text_->setText(text);
  const qreal ratio = devicePixelRatioF();
  switch (state_) {
    case State::kSaved:
      mark_->setPixmap(studioIcon("tick", goodColor()).pixmap(QSize(16, 16), ratio));
      break;
    case State::kFailed:
      mark_->setPixmap(studioIcon("warning", badColor()).pixmap(QSize(16, 16), ratio));
      break;
    case State::kIdle:
    case State::kSaving:
      mark_->clear();
      break;
  }
}

}  // namespace plumbline
