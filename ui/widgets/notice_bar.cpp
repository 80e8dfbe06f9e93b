#include "ui/widgets/notice_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <utility>

#include "ui/theme.h"

namespace plumbline {

NoticeBar::NoticeBar(QWidget* parent) : QFrame(parent), label_(new QLabel), button_(new QPushButton) {
  setObjectName("notice");
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(2 * kGrid, kGrid, kGrid, kGrid);
  auto* mark = new QLabel;
  mark->setPixmap(studioIcon("warning", badColor()).pixmap(18, 18));
  label_->setWordWrap(true);
  label_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* close = new QToolButton;
  close->setIcon(studioIcon("close"));
  close->setAutoRaise(true);
  close->setToolTip(tr("Close"));
  connect(close, &QToolButton::clicked, this, &QWidget::hide);
  button_->setObjectName("noticeAction");
  connect(button_, &QPushButton::clicked, this, [this] {
    hide();
    const auto act = act_;  // it may show the next notice
    act();
  });
  layout->addWidget(mark);
  layout->addWidget(label_, 1);
  layout->addWidget(button_);
  layout->addWidget(close);
  hide();
}

void NoticeBar::showFailure(const QString& text) {
  showRemedy(text, {}, {});
}

void NoticeBar::showRemedy(const QString& text, const QString& button, std::function<void()> act) {
  label_->setText(text);
  button_->setText(button);
  button_->setVisible(!button.isEmpty());
  act_ = std::move(act);
  QColor back = badColor();
  back.setAlphaF(0.16f);
  setStyleSheet(QStringLiteral("#notice { background: rgba(%1,%2,%3,%4); }")
                    .arg(back.red())
                    .arg(back.green())
                    .arg(back.blue())
                    .arg(back.alpha()));
  show();
}

QString NoticeBar::text() const {
  return isHidden() ? QString() : label_->text();
}

}  // namespace plumbline
