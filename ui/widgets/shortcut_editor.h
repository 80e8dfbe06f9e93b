// The table of all actions with their two keys each; a double click (or F2) on a key changes it, clashes are
// refused with a word on why, Delete clears one. UI thread.
#pragma once

#include <QWidget>

class QLabel;
class QTableWidget;
class QTableWidgetItem;

namespace plumbline {

class ShortcutTable;

class ShortcutEditor : public QWidget {
  Q_OBJECT

 public:
  explicit ShortcutEditor(ShortcutTable& table, QWidget* parent = nullptr);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void fill();
  void take(QTableWidgetItem* item);

  ShortcutTable& table_;
  QTableWidget* rows_;
  QLabel* problem_;
  bool filling_ = false;
};

}  // namespace plumbline
