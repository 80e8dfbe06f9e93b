// The words of the scenes world and what they look like. Changing anything here or in the renderer that
// alters a picture or a text raises kWorldVersion, which goes into every rendered set.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace plumbline::scenes {

inline constexpr int kWorldVersion = 1;
inline constexpr int kCanvas = 128;  // world units a side; a picture of 64 shows the same world at half scale

enum class Shape { kCircle, kSquare, kTriangle, kStar, kHeart, kCross };
enum class Colour { kRed, kGreen, kBlue, kYellow, kOrange, kPurple, kWhite, kBlack };
enum class SizeWord { kAny, kSmall, kLarge };
enum class Relation { kNone, kLeftOf, kRightOf, kAbove, kBelow };
enum class Background { kUnsaid, kWhite, kPaper, kGrey, kDark, kSky, kGrass };  // unsaid is drawn white

inline constexpr int kShapes = 6, kColours = 8, kBackgrounds = 6;

struct Rgb {
  int r = 0, g = 0, b = 0;
  bool operator==(const Rgb&) const = default;
};

inline constexpr std::array<Rgb, kColours> kPalette = {{{214, 40, 40},
                                                        {44, 160, 68},
                                                        {38, 84, 210},
                                                        {250, 200, 20},
                                                        {245, 130, 32},
                                                        {130, 60, 170},
                                                        {245, 245, 245},
                                                        {20, 20, 20}}};
inline constexpr Rgb kAmber{255, 191, 0};

// Mean colours of the backgrounds; sky runs from kSkyTop to kSkyBottom.
inline constexpr Rgb kPaper{245, 238, 222}, kSkyTop{100, 160, 236}, kSkyBottom{178, 212, 248},
    kGrass{92, 146, 58};

inline constexpr double kSmallMin = 18, kSmallMax = 24, kLargeMin = 34, kLargeMax = 44;

std::string_view name(Shape shape);        // "circle"
std::string_view pluralName(Shape shape);  // "circles"
std::string_view name(Colour colour);
std::string_view name(SizeWord size);          // "" for any
std::string_view name(Relation relation);      // "left of"
std::string_view name(Background background);  // "" for unsaid

// What is drawn: unsaid means white.
constexpr Background drawn(Background background) {
  return background == Background::kUnsaid ? Background::kWhite : background;
}
// An object of this colour would vanish there, so the grammar never asks for it.
bool vanishes(Colour colour, Background background);

}  // namespace plumbline::scenes
