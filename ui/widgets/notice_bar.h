// One line above the page that says what went wrong and what to do, with a button that does it where there is
// one; stays until closed or replaced. UI thread.
#pragma once

#include <QFrame>
#include <functional>

class QLabel;
class QPushButton;

namespace plumbline {

class NoticeBar : public QFrame {
  Q_OBJECT

 public:
  explicit NoticeBar(QWidget* parent = nullptr);
  void showFailure(const QString& text);
  void showRemedy(const QString& text, const QString& button, std::function<void()> act);
  QString text() const;

 private:
  QLabel* label_;
  QPushButton* button_;
  std::function<void()> act_;
};

}  // namespace plumbline
