#include "ui/widgets/key_overlay.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>

#include "ui/commands/shortcut_table.h"
#include "ui/theme.h"

namespace plumbline {

KeyOverlay::KeyOverlay(const ShortcutTable& table, QWidget* parent) : QFrame(parent), table_(table) {
  setObjectName("keyOverlay");
  new QVBoxLayout(this);
  hide();
}

void KeyOverlay::showFor(const QStringList& contexts, const QStringList& titles) {
  delete content_;
  content_ = new QFrame;
  content_->setProperty("role", "card");
  auto* rows = new QVBoxLayout(content_);
  rows->setContentsMargins(3 * kGrid, 2 * kGrid, 3 * kGrid, 2 * kGrid);
  auto* title = new QLabel(tr("Keys"));
  title->setProperty("role", "title");
  rows->addWidget(title);
  auto* columns = new QHBoxLayout;
  columns->setSpacing(5 * kGrid);
  for (int i = 0; i < contexts.size(); ++i) {
    columns->addWidget(column(contexts[i], titles.value(i)), 0, Qt::AlignTop);
  }
  rows->addLayout(columns);
  auto* foot = new QLabel(tr("Any key closes this. Keys can be changed in Settings."));
  foot->setProperty("role", "quiet");
  rows->addSpacing(kGrid);
  rows->addWidget(foot);
  static_cast<QVBoxLayout*>(layout())->addWidget(content_, 0, Qt::AlignCenter);
  setGeometry(parentWidget()->rect());
  show();
  raise();
}

QWidget* KeyOverlay::column(const QString& context, const QString& title) const {
  auto* part = new QWidget;
  auto* grid = new QGridLayout(part);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(2 * kGrid);
  grid->setVerticalSpacing(3);
  auto* head = new QLabel(title);
  head->setProperty("role", "section");
  grid->addWidget(head, 0, 0, 1, 2);
  int row = 1;
  for (const ShortcutAction& action : table_.actions()) {
    if (action.context != context) continue;
    auto* keys = new QLabel(table_.keysText(action.id));
    keys->setProperty("role", "section");
    grid->addWidget(keys, row, 0);
    grid->addWidget(new QLabel(action.title), row, 1);
    ++row;
  }
  return part;
}

void KeyOverlay::mousePressEvent(QMouseEvent*) {
  hide();
}

void KeyOverlay::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  QColor veil = palette().color(QPalette::Window);
  veil.setAlphaF(0.75f);
  painter.fillRect(rect(), veil);
}

}  // namespace plumbline
