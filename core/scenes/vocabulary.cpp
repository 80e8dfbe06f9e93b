#include "core/scenes/vocabulary.h"

namespace plumbline::scenes {

std::string_view name(Shape shape) {
  constexpr std::string_view kNames[] = {"circle", "square", "triangle", "star", "heart", "cross"};
  return kNames[int(shape)];
}

std::string_view pluralName(Shape shape) {
  constexpr std::string_view kNames[] = {"circles", "squares", "triangles", "stars", "hearts", "crosses"};
  return kNames[int(shape)];
}

std::string_view name(Colour colour) {
  constexpr std::string_view kNames[] = {"red",    "green",  "blue",  "yellow",
                                         "orange", "purple", "white", "black"};
  return kNames[int(colour)];
}

std::string_view name(SizeWord size) {
  constexpr std::string_view kNames[] = {"", "small", "large"};
  return kNames[int(size)];
}

std::string_view name(Relation relation) {
  constexpr std::string_view kNames[] = {"", "left of", "right of", "above", "below"};
  return kNames[int(relation)];
}

std::string_view name(Background background) {
  constexpr std::string_view kNames[] = {"", "white", "paper", "grey", "dark", "sky", "grass"};
  return kNames[int(background)];
}

bool vanishes(Colour colour, Background background) {
  switch (drawn(background)) {
    case Background::kWhite:
    case Background::kPaper:
      return colour == Colour::kWhite;
    case Background::kDark:
      return colour == Colour::kBlack;
    case Background::kGrass:
      return colour == Colour::kGreen;
    default:
      return false;
  }
}

}  // namespace plumbline::scenes
