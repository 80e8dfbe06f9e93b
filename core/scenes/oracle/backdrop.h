// Which background a picture has, and what the picture would be with nothing on it.
#pragma once

#include <optional>

#include "core/scenes/oracle/lab.h"

namespace plumbline::scenes {

struct Backdrop {
  std::optional<Background> kind;  // none: no background of this world fits
  Picture picture;                 // the bare background, shifted to this picture's own tone
  cv::Mat3f lab;                   // the same in Lab
  cv::Mat1f distance;              // of every pixel of the picture to it
  float threshold = 14;            // a distance above this is not background
};

Backdrop findBackdrop(const Picture& picture, const cv::Mat3f& lab);

}  // namespace plumbline::scenes
