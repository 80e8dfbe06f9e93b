// Cuts what stands out from the background into pieces of one colour and fits a shape to each.
#pragma once

#include <vector>

#include "core/scenes/oracle/backdrop.h"
#include "core/scenes/reading.h"

namespace plumbline::scenes {

// hidden: non-zero where a fault lies, so that nothing can be said there.
std::vector<FoundObject> findObjects(const Picture& picture, const cv::Mat3f& lab, const Backdrop& backdrop,
                                     const cv::Mat1b& hidden);

}  // namespace plumbline::scenes
