// A button that shows the key that does the same: an answer ("[1] Left is better"), a reason, or a tool
// (drawing with a small key). Never takes the keyboard focus, so that keys always reach the page. UI thread.
#pragma once

#include <QAbstractButton>
#include <QColor>

namespace plumbline {

class KeyButton : public QAbstractButton {
  Q_OBJECT

 public:
  enum class Shape { kAnswer, kReason, kTool };

  explicit KeyButton(Shape shape, QWidget* parent = nullptr);

  void setKey(const QString& key);
  void setIconName(const QString& name);
  void setSwatch(const QColor& color);    // a square of colour before the text
  void setDetail(const QString& detail);  // quiet text at the right
  void setAlignedLeft(bool left) { left_ = left; }
  // Shows for a moment that this was chosen.
  void flash();
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void enterEvent(QEnterEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  void paintTool(QPainter& painter);
  void paintText(QPainter& painter);
  int keyWidth() const;
  QFont keyFont() const;

  Shape shape_;
  QString key_, iconName_, detail_;
  QColor swatch_;
  bool left_ = false;
  bool flashing_ = false;
};

}  // namespace plumbline
