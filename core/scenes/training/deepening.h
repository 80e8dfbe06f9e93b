// Goes on with a deeper U-Net where a shallower one was trained.
#pragma once

#include "core/scenes/training/training_state.h"

namespace plumbline::training {

// Weights of the form of `deep`, a newly initialised UNet2DConditionModel whose blocks have as many layers as
// those of `shallow` or more, with which it computes what that does: what is added to a residual stream by a
// new layer starts at nothing, and of the skip connections of the up blocks each old layer reads the one that
// it always read (going deeper by identity layers: Net2Net, Chen, Goodfellow and Shlens 2016, section 2.4).
// Tensors are shared with shallow and deep, not copied. Throws Error(kInvalidInput) that names the tensor
// where one is missing, of another shape or too many.
NamedTensors deepened(const NamedTensors& shallow, const NamedTensors& deep);

}  // namespace plumbline::training
