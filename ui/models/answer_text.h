// Answers in words for people, and which picture they prefer. Pure functions.
#pragma once

#include <QString>

#include "db/stores/answer_store.h"

namespace plumbline {

// "left", "both bad", "good", "2 painted" (categories), "nothing wrong", "skipped".
QString answerText(const AnswerRow& answer);
// The same with reasons: "left (colour, place)".
QString answerTextWithReasons(const AnswerRow& answer);
// Index of the preferred picture in shown order, -1 if none.
int preferredPicture(const AnswerRow& answer);
// "Unsafe", "Artifact" ... for an id of kRegionCategories; the id itself if unknown.
QString categoryTitle(const std::string& category);

}  // namespace plumbline
