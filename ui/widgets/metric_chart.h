// Curves of numbers over steps, in the studio's colours: legend, axis labels, the value under the pointer.
// A series is made when it is first named, and keeps its colour until clear(). UI thread. (The plotting
// library stays inside the .cpp.)
#pragma once

#include <QString>
#include <QVector>
#include <QWidget>

namespace plumbline {

class MetricChart : public QWidget {
  Q_OBJECT

 public:
  explicit MetricChart(const QString& title, QWidget* parent = nullptr);
  ~MetricChart() override;

  // Points of a series come in any order; a second one at the same step replaces the first. What is not a
  // finite number is left out.
  void addPoint(const QString& series, double step, double value);
  void setSeries(const QString& series, const QVector<double>& x, const QVector<double>& y);
  void clear();

  // "step" unless set; y has none unless set.
  void setAxisLabels(const QString& x, const QString& y);
  // Fixed range of the values; without it the range follows the data.
  void setValueRange(double low, double high);
  void setStepRange(double low, double high);
  // Dots at the points, for series of few points.
  void setMarked(const QString& series);
  // A thin dashed line instead of a series' own: references such as a diagonal.
  void setReference(const QString& series);
  // What is under the given position, in words; empty if nothing is near. For the tool tip.
  QString textAt(const QPoint& position) const;

  QSize sizeHint() const override { return {480, 260}; }
  QSize minimumSizeHint() const override { return {240, 160}; }

 protected:
  void changeEvent(QEvent* event) override;

 private:
  class Plot;
  Plot* plot_;
};

}  // namespace plumbline
