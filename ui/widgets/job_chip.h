// A small button with a progress ring: what runs, how far, how long. UI thread.
#pragma once

#include <QAbstractButton>

namespace plumbline {

// "2 min", "40 s", "1 h 10 min"; empty if negative.
QString durationText(int seconds);

class JobChip : public QAbstractButton {
  Q_OBJECT

 public:
  explicit JobChip(QWidget* parent = nullptr);
  void setJobs(int running, const QString& title, double fraction, int secondsLeft);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  double fraction_ = -1;
};

}  // namespace plumbline
