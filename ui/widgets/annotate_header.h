// Above the pictures: the prompt, the question, how many are answered of how many, and the speed. A prompt
// that does not fit two large lines is written smaller, and after five ends with an ellipsis. UI thread.
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
  QString prompt() const { return text_; }
  bool isCut() const { return cut_; }  // the prompt is longer than what is shown of it
  QString counts() const;

 Q_SIGNALS:
  void cutChanged();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void fitPrompt();

  QString text_;
  QFont large_;
  bool cut_ = false;
  QLabel* prompt_;
  QLabel* question_;
  QLabel* note_;
  QLabel* counts_;
  QLabel* speed_;
};

}  // namespace plumbline
