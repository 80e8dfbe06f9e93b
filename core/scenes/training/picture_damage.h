// What is done to rendered pictures so that a CLIP and its reader learn from drawings that are not perfect,
// with what was done told: nobody has to label anything. Pure in the canvas and the random numbers;
// thread-safe.
#pragma once

#include <torch/types.h>

#include <utility>

#include "core/scenes/training/canvas.h"

namespace plumbline::training {

// A block becomes noise, a smear, a piece of this or another picture, or a blur. Returns the share of each of
// patches by patches patches that it covers and really changed, p p.
at::Tensor corrupt(Canvas& canvas, const Canvas& other, int patches, scenes::SceneRng& rng);

// Every outline, by up to three pixels of 128 at strength 1: long bends, or shorter and flatter ones.
void bend(Canvas& canvas, double strength, scenes::SceneRng& rng);

// Looks for something that stands alone, and bends it so far that it is no shape of this world, as a
// generator fails to draw a small star. Returns whether it found anything.
bool mangle(Canvas& canvas, scenes::SceneRng& rng);

// Blur, noise and contrast as sampling and the autoencoder leave them; returns blur and noise in [0, 1].
std::pair<float, float> degrade(Canvas& canvas, scenes::SceneRng& rng);

}  // namespace plumbline::training
