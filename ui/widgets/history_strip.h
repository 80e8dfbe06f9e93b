// The last ten answers as small pictures with what was said; a click goes back to one. UI thread.
#pragma once

#include <QImage>
#include <QWidget>
#include <vector>

namespace plumbline {

class HistoryStrip : public QWidget {
  Q_OBJECT

 public:
  struct Item {
    std::int64_t query = 0;
    std::vector<QImage> pictures;
    QString said;          // a word or two: "left", "both bad", "3 regions"
    QString toolTip;       // prompt and the whole answer
    int chosen = -1;       // index of the preferred picture, to be framed
    bool current = false;  // the one that is being edited
  };

  static constexpr int kItems = 10;

  explicit HistoryStrip(QWidget* parent = nullptr);
  void setItems(std::vector<Item> items);  // newest last
  int count() const { return int(items_.size()); }
  QRect itemRect(int index) const;
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return QSize(200, sizeHint().height()); }

 Q_SIGNALS:
  void chosen(std::int64_t query);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  bool event(QEvent* event) override;

 private:
  int itemAt(QPoint position) const;

  std::vector<Item> items_;
  int hovered_ = -1;
};

}  // namespace plumbline
