// What the studio shows when it was started without a project: the latest ones, open another, make a new one.
// UI thread.
#pragma once

#include <QDialog>
#include <QProcess>
#include <QSettings>

class QLabel;
class QListWidget;
class QPushButton;

namespace plumbline {

class StartPage : public QDialog {
  Q_OBJECT

 public:
  // worker: the plumbline program, which makes new projects.
  StartPage(QSettings& settings, QString worker, QWidget* parent = nullptr);
  ~StartPage() override;

  // The chosen project once accepted.
  QString folder() const { return folder_; }
  void showProblem(const QString& text);

  static QStringList recent(const QSettings& settings);
  static void remember(QSettings& settings, const QString& folder);

 private:
  void choose(const QString& folder);
  void openOther();
  void makeNew();
  void newFinished(int code);

  QSettings& settings_;
  QString worker_, folder_, coming_;
  QProcess process_;
  QListWidget* list_;
  QLabel* problem_;
  QPushButton* open_;
  QPushButton* create_;
};

}  // namespace plumbline
