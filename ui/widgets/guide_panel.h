// What the answers should follow: the project's guideline, and a line on ties where it says none. UI thread.
#pragma once

#include <QFrame>

class QLabel;

namespace plumbline {

class GuidePanel : public QFrame {
  Q_OBJECT

 public:
  explicit GuidePanel(QWidget* parent = nullptr);
  void setGuideline(const QString& text);  // Markdown; empty for the built-in advice
  void setType(const QString& queryType);

 private:
  void showText();

  QString guideline_, type_;
  QLabel* text_;
};

}  // namespace plumbline
