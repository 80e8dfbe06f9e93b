// The middle of the Align page: one fine-tune, with its state and the buttons for it, its curves while they
// grow, and its pictures before and after. Shows what it is handed; does nothing itself. UI thread.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/models/align_overview.h"
#include "ui/models/job_model.h"

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;
class QSlider;

namespace plumbline {

class MetricChart;
class SampleGrid;

class RunView : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kJudged = -1;  // instead of a step: the pictures of the evaluation

  explicit RunView(QWidget* parent = nullptr);

  // item: its job, null without one. Clears curves and pictures if it is another one than before.
  void showEntry(const AlignEntry& entry, const QString& methodTitle, const JobItem* item);
  void showProgress(const JobItem* item);  // of the entry that is shown; nothing happens before there is one
  void setDetail(const RunDetail& detail);
  void setSamples(SampleSet samples);
  QString samplesStamp() const { return samplesStamp_; }  // of the pictures that are shown
  void setEvaluationProblem(const QString& reason);       // empty: the run can be evaluated
  void addLivePoint(const QString& metric, double step, double value);
  int wantedStep() const;  // which pictures should be shown

 Q_SIGNALS:
  void pauseChosen();
  void finishChosen();
  void resumeChosen();
  void cancelChosen();
  void exportChosen();
  void evaluateChosen();
  void settingsChosen();  // to be used for a new run
  void samplesWanted(int step);

 private:
  QWidget* buildHead();
  QWidget* buildCharts();
  QWidget* buildSampleBar();
  QPushButton* addButton(QHBoxLayout* layout, const char* name, const QString& text, const QString& tip,
                         void (RunView::*signal)());
  void showState(const AlignEntry& entry, const JobItem* item);
  void showOtherCurve();
  void showStepText();

  qint64 job_ = 0, run_ = 0;
  AlignEntry entry_;
  RunDetail detail_;
  QLabel *title_, *state_, *stepText_, *changeText_;
  QProgressBar* bar_;
  QPushButton *pause_ = nullptr, *finish_ = nullptr, *resume_ = nullptr, *cancel_ = nullptr,
              *evaluate_ = nullptr, *export_ = nullptr, *settings_ = nullptr;
  MetricChart *reward_, *other_;
  QComboBox *metric_, *source_;
  QSlider* step_;
  QCheckBox* masks_;
  SampleGrid* grid_;
  QString samplesStamp_;
  bool followNewest_ = true;  // until a person moves the slider away from its end
};

}  // namespace plumbline
