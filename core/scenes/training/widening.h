// Goes on with a wider network where a narrower one was trained.
#pragma once

#include <cstdint>

#include "core/scenes/training/training_state.h"

namespace plumbline::training {

// Weights of the form of `wide` (names and shapes alone are read) with which a network computes what it does
// with `narrow`: channels repeated next to each other, so that group norms see the same statistics, and what
// reads a repeated channel shared among its copies at random, so that they learn different things (Net2Net,
// Chen, Goodfellow and Shlens 2016, section 2.3). Pure in the seed. Where shapes are the same, narrow's own
// tensors. Throws Error(kInvalidInput) that names the tensor where one is missing or too many (a block
// whose channels become as many as the next one's has no shortcut any more) or a size is no whole multiple.
NamedTensors widened(const NamedTensors& narrow, const NamedTensors& wide, std::uint64_t seed);

}  // namespace plumbline::training
