// What an empty page shows instead of nothing: a drawing, what is the case, what to do next, and the button
// that does it. UI thread.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace plumbline {

class EmptyState : public QWidget {
  Q_OBJECT

 public:
  explicit EmptyState(const QString& icon, QWidget* parent = nullptr);

  // An empty action hides the button.
  void setContent(const QString& title, const QString& text, const QString& action = {});
  QString title() const;
  QPushButton* button() const { return button_; }

 Q_SIGNALS:
  void actionChosen();

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void tintIcon();

  QString icon_;
  QLabel* picture_;
  QLabel* title_;
  QLabel* text_;
  QPushButton* button_;
};

}  // namespace plumbline
