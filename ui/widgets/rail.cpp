#include "ui/widgets/rail.h"

#include <QEvent>
#include <QPainter>
#include <QStyleOptionToolButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace plumbline {
namespace {

constexpr int kRailWidth = 80;

// Icon above the word; the shown page carries the accent as a bar at its left edge.
class RailButton : public QToolButton {
 public:
  using QToolButton::QToolButton;

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    const bool shown = isChecked();
    if (shown || underMouse()) {
      QColor back = palette().color(QPalette::WindowText);
      back.setAlphaF(shown ? 0.10f : 0.05f);
      painter.fillRect(rect(), back);
    }
    if (shown) painter.fillRect(0, 0, 3, height(), palette().color(QPalette::Highlight));
    const QSize size = iconSize();
    const QRect iconRect((width() - size.width()) / 2, 8, size.width(), size.height());
    icon().paint(&painter, iconRect);
    painter.setPen(shown ? palette().color(QPalette::WindowText) : quietTextColor(palette()));
    QFont small = font();
    small.setPointSizeF(font().pointSizeF() * 0.9);
    painter.setFont(small);
    painter.drawText(QRect(0, iconRect.bottom() + 3, width(), height() - iconRect.bottom() - 5),
                     Qt::AlignHCenter | Qt::AlignTop, text());
    if (hasFocus()) {
      painter.setPen(QPen(palette().color(QPalette::Highlight), 1, Qt::DotLine));
      painter.drawRect(rect().adjusted(4, 2, -3, -3));
    }
  }
};

}  // namespace

Rail::Rail(QWidget* parent) : QFrame(parent), top_(new QVBoxLayout), bottom_(new QVBoxLayout) {
  setObjectName("rail");
  setFixedWidth(kRailWidth);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, kGrid, 0, kGrid);
  layout->setSpacing(0);
  top_->setSpacing(0);
  bottom_->setSpacing(0);
  layout->addLayout(top_);
  layout->addStretch(1);
  layout->addLayout(bottom_);
}

void Rail::addPage(const QString& id, const QString& title, const QString& icon, const QString& keys,
                   bool atBottom) {
  auto* button = new RailButton(this);
  button->setObjectName("rail_" + id);
  button->setText(title);
  button->setToolTip(keys.isEmpty() ? title : tr("%1 (%2)").arg(title, keys));
  button->setCheckable(true);
  button->setAutoExclusive(false);
  button->setFocusPolicy(Qt::TabFocus);
  button->setIconSize(QSize(24, 24));
  button->setFixedSize(kRailWidth, 56);
  button->setIcon(studioIcon(icon));
  connect(button, &QToolButton::clicked, this, [this, id] { Q_EMIT pageChosen(id); });
  (atBottom ? bottom_ : top_)->addWidget(button);
  entries_.insert(id, {button, icon});
  order_.append(id);
}

void Rail::setCurrent(const QString& id) {
  for (auto it = entries_.begin(); it != entries_.end(); ++it) it->button->setChecked(it.key() == id);
}

void Rail::changeEvent(QEvent* event) {
  QFrame::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) tintIcons();
}

void Rail::tintIcons() {
  for (const Entry& entry : entries_) entry.button->setIcon(studioIcon(entry.icon));
}

}  // namespace plumbline
