#include "core/models/round_trip.h"

#include "core/tensor/picture_tensor.h"

namespace plumbline {

std::vector<Picture> roundTrip(const DiffusionModel& model, const std::vector<Picture>& pictures) {
  const torch::NoGradGuard noGrad;
  return toPictures(model.decodeLatents(model.encodePictures(toTensor(pictures))));
}

}  // namespace plumbline
