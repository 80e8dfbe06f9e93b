// A number worth a card: what it is, the number, and a line that says how to read it. UI thread.
#pragma once

#include <QFrame>

class QLabel;

namespace plumbline {

class FigureCard : public QFrame {
  Q_OBJECT

 public:
  explicit FigureCard(const QString& caption, QWidget* parent = nullptr);
  void setFigure(const QString& figure, const QString& note = {});
  QString figure() const;
  QString note() const;

 private:
  QLabel* figure_;
  QLabel* note_;
};

// "87.5 %"; a dash for what is no number.
QString percentText(double share);

}  // namespace plumbline
