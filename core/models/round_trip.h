// What a model's autoencoder leaves of pictures.
#pragma once

#include <vector>

#include "core/models/diffusion_model.h"
#include "core/types/picture.h"

namespace plumbline {

// Pictures of the model's size, encoded and decoded again; without gradients.
std::vector<Picture> roundTrip(const DiffusionModel& model, const std::vector<Picture>& pictures);

}  // namespace plumbline
