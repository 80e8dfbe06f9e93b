#include "ui/widgets/key_overlay.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>

#include "ui/theme.h"

namespace plumbline {
namespace {

using Rows = std::vector<std::pair<QString, QString>>;  // key, what it does

QWidget* column(const QString& title, const Rows& rows) {
  auto* part = new QWidget;
  auto* grid = new QGridLayout(part);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(2 * kGrid);
  grid->setVerticalSpacing(3);
  auto* head = new QLabel(title);
  head->setProperty("role", "section");
  grid->addWidget(head, 0, 0, 1, 2);
  int line = 1;
  for (const auto& [key, does] : rows) {
    auto* keys = new QLabel(key);
    keys->setProperty("role", "section");
    grid->addWidget(keys, line, 0);
    grid->addWidget(new QLabel(does), line, 1);
    ++line;
  }
  return part;
}

}  // namespace

KeyOverlay::KeyOverlay(const ShortcutTable& table, QWidget* parent) : QFrame(parent), table_(table) {
  setObjectName("keyOverlay");
  new QVBoxLayout(this);
  hide();
}

void KeyOverlay::showFor(const QStringList& contexts, const QStringList& titles,
                         const std::vector<query_view::MouseHint>& mouse) {
  delete content_;
  content_ = new QFrame;
  content_->setProperty("role", "card");
  auto* rows = new QVBoxLayout(content_);
  rows->setContentsMargins(3 * kGrid, 2 * kGrid, 3 * kGrid, 2 * kGrid);
  auto* title = new QLabel(tr("Keys"));
  title->setProperty("role", "title");
  rows->addWidget(title);
  auto* columns = new QHBoxLayout;
  columns->setSpacing(4 * kGrid);
  for (int i = 0; i < contexts.size(); ++i) {
    columns->addWidget(keyColumn(contexts[i], titles.value(i), contexts.first(i)), 0, Qt::AlignTop);
  }
  if (!mouse.empty()) {
    Rows gestures;
    for (const query_view::MouseHint& hint : mouse) gestures.emplace_back(hint.gesture, hint.title);
    columns->addWidget(column(tr("Mouse"), gestures), 0, Qt::AlignTop);
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

QWidget* KeyOverlay::keyColumn(const QString& context, const QString& title,
                               const QStringList& winners) const {
  Rows rows;
  for (const ShortcutAction& action : table_.actions()) {
    if (action.context != context) continue;
    const QString keys = table_.keysText(action.id, winners);
    // With all its keys taken it cannot be reached here.
    if (keys.isEmpty() && !table_.keysText(action.id).isEmpty()) continue;
    rows.emplace_back(keys, action.title);
  }
  return column(title, rows);
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
