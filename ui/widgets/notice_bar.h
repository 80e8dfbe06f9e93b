// One line above the page that says what went wrong and what to do; stays until closed or replaced. UI
// thread.
#pragma once

#include <QFrame>

class QLabel;

namespace plumbline {

class NoticeBar : public QFrame {
  Q_OBJECT

 public:
  explicit NoticeBar(QWidget* parent = nullptr);
  void showFailure(const QString& text);
  QString text() const;

 private:
  QLabel* label_;
};

}  // namespace plumbline
