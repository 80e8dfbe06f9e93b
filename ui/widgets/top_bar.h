// The bar on top: project, annotator, generator, device, queue length; at the right end one chip for running
// jobs (ring, time left) that opens Jobs. Text only, given from outside. UI thread.
#pragma once

#include <QFrame>

class QLabel;

namespace plumbline {

class JobChip;

class TopBar : public QFrame {
  Q_OBJECT

 public:
  explicit TopBar(QWidget* parent = nullptr);

  void setProject(const QString& name, const QString& folder);
  void setAnnotator(const QString& name);
  void setGenerator(const QString& base, const QString& adapters);
  void setBase(const QString& base);  // unless a generator with adapters is known already
  void setDevice(const QString& device, const QString& precision);
  void setQueue(int waiting);  // negative: not known yet
  void setJobs(int running, const QString& title, double fraction, int secondsLeft);

 Q_SIGNALS:
  void jobsClicked();

 private:
  QLabel* addField(const QString& caption);

  QString adapters_;
  QLabel* project_;
  QLabel* annotator_;
  QLabel* generator_;
  QLabel* device_;
  QLabel* queue_;
  JobChip* chip_;
};

}  // namespace plumbline
