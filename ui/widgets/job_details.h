// Everything known about one job, in three tabs: what happened, with which parameters, and the last value of
// every number it measured. Read from the store and the run's log off the UI thread. UI thread.
#pragma once

#include <QMap>
#include <QWidget>

#include "ui/models/job_model.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTabWidget;
class QTableWidget;

namespace plumbline {

class JobDetails : public QWidget {
  Q_OBJECT

 public:
  explicit JobDetails(StudioContext& context, QWidget* parent = nullptr);

  void showJob(const JobItem* item);  // null: nothing is chosen
  std::int64_t shown() const { return shown_; }

 private:
  struct Facts {
    QString log;
    QList<QStringList> metrics;  // name, step, value
  };
  static Facts read(Project& project, const JobRow& job);
  void refresh(const JobRow& job);
  void showFacts(const Facts& facts);
  QString story(const JobItem& item) const;

  StudioContext& context_;
  std::int64_t shown_ = 0;
  JobItem item_;                        // as last handed over
  QMap<qint64, QStringList> warnings_;  // of this sitting, by job
  QLabel* title_;
  QTabWidget* tabs_;
  QPlainTextEdit* log_;
  QTableWidget* parameters_;
  QTableWidget* metrics_;
  QPushButton* open_;
  QString story_, page_;
};

}  // namespace plumbline
