// One or two pictures of a query on neutral grey, as large as they go and of equal size, with equal
// filtering. Zoom shows the same spot of all pictures at once. Never blocks, never touches the disk. UI
// thread.
#pragma once

#include <QImage>
#include <QTimer>
#include <QWidget>
#include <optional>
#include <vector>

namespace plumbline {

class PictureStage : public QWidget {
  Q_OBJECT

 public:
  enum class Mode { kAll, kFlicker, kDifference };

  explicit PictureStage(QWidget* parent = nullptr);

  // In shown order. errors[i] is drawn where images[i] is null. Leaves zoom and mode.
  void setPictures(std::vector<QImage> images, QStringList errors = {});
  void setBadges(const QStringList& keys);  // drawn beside each picture where there is room
  void setSurround(const QColor& grey);
  void swap();
  bool isSwapped() const { return swapped_; }
  void setZoom(bool held);  // at the pointer; at the centre if it is outside
  void setMode(Mode mode);  // two pictures only
  Mode mode() const { return mode_; }

  // Where picture i (shown order) lies, and the largest square side that the widget could give one picture.
  QRectF pictureRect(int index) const;
  double scale(int index) const;

  // The part of an image that a held zoom shows, in image pixels.
  QRectF zoomSource(const QImage& image, const QRectF& target) const;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

 private:
  int cells() const;
  int imageAt(int cell) const;
  void drawPicture(QPainter& painter, int cell, const QImage& image, const QString& error) const;
  void drawBadge(QPainter& painter, int cell) const;
  const QImage& difference();
  void updatePointer();

  std::vector<QImage> images_;
  QStringList errors_, badges_;
  QImage difference_;
  QColor surround_;
  bool swapped_ = false, zoomed_ = false, flickerSecond_ = false;
  Mode mode_ = Mode::kAll;
  QPointF pointer_{0.5, 0.5};  // in parts of a picture
  QTimer flicker_;
};

}  // namespace plumbline
