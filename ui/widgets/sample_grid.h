// Pictures of a run beside those of the untouched generator from the same noise: a row before, a row after, a
// row that shows what changed; the mask's outline on top, one pixel wide. All of equal size and filtering on
// neutral grey. UI thread.
#pragma once

#include <QLineF>
#include <QWidget>
#include <vector>

#include "ui/models/align_overview.h"

namespace plumbline {

// The border of a mask as line segments in picture coordinates.
QVector<QLineF> maskOutline(const Mask& mask);

class SampleGrid : public QWidget {
  Q_OBJECT

 public:
  explicit SampleGrid(QWidget* parent = nullptr);

  void setSamples(std::vector<SamplePair> samples);
  void setMasksShown(bool shown);
  void setNothingText(const QString& text);  // while there are no pictures
  int count() const { return int(samples_.size()); }
  bool hasMasks() const;
  // Mean over the pictures, of 255; outside the masks where they are known.
  double change() const { return change_; }

  QSize minimumSizeHint() const override { return {320, 160}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

 private:
  struct Cell {
    SamplePair pair;
    QImage difference;
    QVector<QLineF> outline;
    double change = 0;
  };
  int side() const;
  QRect cellRect(int row, int column) const;
  void paintCell(QPainter& painter, const QRect& target, const QImage& image, const Cell& cell) const;

  std::vector<Cell> samples_;
  QString nothing_;
  double change_ = 0;
  bool masks_ = true;
};

}  // namespace plumbline
