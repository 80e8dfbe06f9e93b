// The table of all keys that apply now, over the page until any key or click. UI thread.
#pragma once

#include <QFrame>

class QGridLayout;
class QLabel;

namespace plumbline {

class ShortcutTable;

class KeyOverlay : public QFrame {
  Q_OBJECT

 public:
  KeyOverlay(const ShortcutTable& table, QWidget* parent);
  // contexts in the order in which they win; titles of their columns.
  void showFor(const QStringList& contexts, const QStringList& titles);

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  QWidget* column(const QString& context, const QString& title) const;

  const ShortcutTable& table_;
  QWidget* content_ = nullptr;
};

}  // namespace plumbline
