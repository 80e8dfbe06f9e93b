// Fills a combo box that shows rows of the project. One that holds just these items already is left alone:
// rows are read again every second while a job runs, and an open list must not close under the pointer. UI
// thread.
#pragma once

#include <QComboBox>
#include <QList>
#include <QPair>
#include <QSignalBlocker>
#include <QString>
#include <QVariant>
#include <algorithm>

namespace plumbline {

using ComboItems = QList<QPair<QString, QVariant>>;  // text and data

// What was current stays current; if it is gone, the item with the data `otherwise`, else the first. No
// signals.
inline void setComboItems(QComboBox& box, const ComboItems& items, const QVariant& otherwise = {}) {
  bool same = box.count() == items.size();
  for (int i = 0; same && i < box.count(); ++i)
    same = box.itemText(i) == items[i].first && box.itemData(i) == items[i].second;
  if (same) return;
  const QSignalBlocker quiet(box);
  const QVariant before = box.currentData();
  box.clear();
  for (const auto& [text, data] : items) box.addItem(text, data);
  int index = before.isValid() ? box.findData(before) : -1;
  if (index < 0) index = box.findData(otherwise);
  box.setCurrentIndex(std::max(0, index));
}

}  // namespace plumbline
