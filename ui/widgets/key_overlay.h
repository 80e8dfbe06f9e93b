// The table of all keys that apply now, and of what the mouse does, over the page until any key or click. UI
// thread.
#pragma once

#include <QFrame>
#include <vector>

#include "ui/queries/query_view.h"

namespace plumbline {

class KeyOverlay : public QFrame {
  Q_OBJECT

 public:
  KeyOverlay(const ShortcutTable& table, QWidget* parent);
  // contexts in the order in which they win; titles of their columns; no column for an empty mouse.
  void showFor(const QStringList& contexts, const QStringList& titles,
               const std::vector<query_view::MouseHint>& mouse);

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  QWidget* keyColumn(const QString& context, const QString& title, const QStringList& winners) const;

  const ShortcutTable& table_;
  QWidget* content_ = nullptr;
};

}  // namespace plumbline
