// The answers of the shown query type with their keys, skip, and the reasons, in one row or, where that does
// not fit, in two. UI thread.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/queries/query_view.h"

class QBoxLayout;

namespace plumbline {

class KeyButton;

class AnswerBar : public QWidget {
  Q_OBJECT

 public:
  explicit AnswerBar(ShortcutTable& shortcuts, QWidget* parent = nullptr);

  void setType(const query_view::QueryViewType& type);
  QStringList chosenReasons() const;  // ids as stored
  void setChosenReasons(const QStringList& ids);
  void toggleReason(int index);
  void flash(const QString& action);
  void setAnswersEnabled(bool enabled);
  KeyButton* button(const QString& action) const { return buttons_.value(action); }

 Q_SIGNALS:
  void chosen(const QString& action);  // an answer or "annotate.skip"

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  KeyButton* addButton(QBoxLayout* row, const QString& action, const QString& text, bool reason);
  void arrange();

  ShortcutTable& shortcuts_;
  QBoxLayout* layout_;
  QWidget* answers_ = nullptr;
  QWidget* reasons_ = nullptr;
  QMap<QString, KeyButton*> buttons_;
  std::vector<std::pair<QString, KeyButton*>> reasonButtons_;
};

}  // namespace plumbline
