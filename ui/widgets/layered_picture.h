// A picture with people's masks as layers that can be switched: translucent colour per category. UI thread.
#pragma once

#include <QImage>
#include <QWidget>
#include <vector>

#include "core/types/picture.h"

namespace plumbline {

class LayeredPicture : public QWidget {
  Q_OBJECT

 public:
  explicit LayeredPicture(QWidget* parent = nullptr);

  void setPicture(const QImage& image, const QString& error = {});
  // Several masks of one category add up: the more people painted a spot, the stronger it shows.
  void setLayer(int category, const std::vector<Mask>& masks);
  void clearLayers();
  void setLayerShown(int category, bool shown);
  bool hasLayer(int category) const;

  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;
  QSize sizeHint() const override { return QSize(320, 320); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  struct Layer {
    QImage overlay;
    bool shown = true;
  };
  QImage image_;
  QString error_;
  std::vector<Layer> layers_;
};

}  // namespace plumbline
