// Above the pictures: the prompt, the question, how many are answered of how many, and the speed. UI thread.
#pragma once

#include <QWidget>

class QLabel;

namespace plumbline {

class AnnotateHeader : public QWidget {
  Q_OBJECT

 public:
  explicit AnnotateHeader(QWidget* parent = nullptr);

  void setQuery(const QString& prompt, const QString& question);
  void setNote(const QString& note);  // "changing an earlier answer", "not saved"; empty hides it
  void setCounts(qint64 answered, qint64 open, double perMinute);
  QString prompt() const;
  QString counts() const;

 private:
  QLabel* prompt_;
  QLabel* question_;
  QLabel* note_;
  QLabel* counts_;
  QLabel* speed_;
};

}  // namespace plumbline
