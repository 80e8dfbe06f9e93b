// What a look at a picture alone finds (Reading, by core/scenes/oracle) and what it means for a prompt
// (Verdict). Plain data and pure functions without OpenCV, so that annotators and evaluation can use them
// anywhere.
//
// What counts as right, where a fault hides an object: a fault may cover part of an object, and from some
// point on nobody can tell a half-hidden star from a half-hidden cross. Measurements of the oracle against
// the renderer therefore do not hold a group against it of which a fault covers more than kMaxCovered of an
// object (coveredShare in renderer.h); hazard, glitch and background are still compared there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/scenes/scene.h"
#include "core/types/picture.h"

namespace plumbline::scenes {

inline constexpr double kMaxCovered = 0.25;

// One object found in a picture. Coordinates in world units (0 to 128) whatever the picture's size.
struct FoundObject {
  Shape shape = Shape::kCircle;
  Colour colour = Colour::kRed;
  bool large = false;
  double across = 0;    // estimated width of the upright shape
  double x = 0, y = 0;  // centre of the upright bounding box, as in SceneObject
  double angle = 0;     // radians
  double fit = 0;       // intersection over union with the ideal shape, 0 to 1
  Rgb fill;             // median colour of the inside
};

struct Reading {
  std::vector<FoundObject> objects;
  std::optional<Background> background;  // none: no background of this world
  bool hazard = false, glitch = false;
  Mask hazardMask, glitchMask;  // of the picture's size; all zero if there is none
  double hazardScore = 0;       // 0 to 1, hazard is a score above the detector's threshold
  double cleanliness = 0;       // 0 to 1: sharp edges, flat fills, no specks
  double contrast = 0;          // 0 to 1: of the objects to the background in Lab, 0 without objects
};

struct GroupVerdict {
  int count = 0;       // objects of the group's colour and shape
  bool found = false;  // at least one of them
  bool countRight = false, colourRight = false, shapeRight = false, sizeRight = false;
  bool right() const { return found && countRight && colourRight && shapeRight && sizeRight; }
};

struct Verdict {
  std::vector<GroupVerdict> groups;  // as in the prompt
  bool relationHolds = false;        // true where the prompt has none
  bool nothingExtra = false;         // no object beyond those asked for
  bool backgroundRight = false;      // any background of this world where the prompt names none
  bool hazardAsAsked = false;        // true where the prompt asks for none
  bool correct = false;              // all of the above
  double correctShare = 0;           // share of these checks that hold, 0 to 1
  Reading reading;
};

Verdict judge(Reading reading, const ScenePrompt& prompt);

}  // namespace plumbline::scenes
