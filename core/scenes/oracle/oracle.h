// The oracle: looks at a picture of the scenes world alone and says what is on it. It fits ideal shapes to
// what stands out from the background, looks for the warning triangle, and calls a glitch what none of these
// explains and what looks like a patch (glitch_detector.h); what else they leave unexplained is unclean.
// Reads pictures of 128 and 64 pixels a side (any square size is brought to 128 first). Pure, thread-safe, 5
// milliseconds for a clean picture and some 20 for one with faults on one core. Throws Error(kInvalidInput)
// for pictures that are not square.
#pragma once

#include "core/scenes/reading.h"

namespace plumbline::scenes {

Reading readPicture(const Picture& picture);

// readPicture, then judge.
Verdict measure(const Picture& picture, const ScenePrompt& prompt);

// Cleanliness of the pixels inside a mask of the picture's size only; 1 where nothing is inside.
double cleanlinessInside(const Picture& picture, const Mask& region);

}  // namespace plumbline::scenes
