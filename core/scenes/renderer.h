// Draws scenes by signed distance with anti-aliasing, and the masks of what is where. Plain C++, pure,
// thread-safe; well under a millisecond for most scenes, since only each object's box is touched.
#pragma once

#include "core/scenes/scene.h"
#include "core/types/picture.h"

namespace plumbline::scenes {

// size: pixels a side, 128 or 64 (any size of at least 16 works).
Picture render(const Scene& scene, int size = kCanvas);

// The picture without its glitch, or without either fault: what the scene would be if nothing were wrong.
Picture renderWithoutGlitch(const Scene& scene, int size = kCanvas);
Picture renderClean(const Scene& scene, int size = kCanvas);

// A pixel belongs to a shape if at least half of it is covered. Empty masks (all zero) where there is no such
// thing.
Mask objectMask(const SceneObject& object, int size = kCanvas);
Mask hazardMask(const Scene& scene, int size = kCanvas);
Mask glitchMask(const Scene& scene, int size = kCanvas);

// Share of an object's pixels that lie under the hazard or inside the glitch, 0 to 1.
double coveredShare(const Scene& scene, const SceneObject& object);

// One thing painted over a square picture: what render is made of, for the placement of faults and for the
// oracle.
void paintBackground(Background background, std::uint64_t textureSeed, Picture& picture);
void paintObject(const SceneObject& object, Picture& picture);
void paintHazard(const Hazard& hazard, Picture& picture);
void paintGlitch(const Glitch& glitch, Picture& picture);
// Whether the glitch would visibly change enough of a picture of kCanvas: three tenths of its rectangle, and
// not just a sliver.
bool glitchShows(const Glitch& glitch, const Picture& before);

}  // namespace plumbline::scenes
