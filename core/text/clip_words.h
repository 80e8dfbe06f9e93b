// How CLIP cleans a text and splits it into words before byte pairs are merged, and how bytes are written as
// printable characters in vocab.json and merges.txt. Pure functions, shared by the tokenizer and the trainer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline {

// NFC, runs of whitespace to one blank, lower case.
std::string cleanText(std::string_view text);

// The words of a cleaned text: contractions ('s 't 're 've 'm 'll 'd), runs of letters, single digits, runs
// of anything else that is not whitespace.
std::vector<std::string> splitWords(std::string_view cleaned);

// The printable stand-in of one byte, as UTF-8 (GPT-2's table: '!'..'~' and most of Latin-1 stand for
// themselves).
const std::string& byteSymbol(std::uint8_t byte);

inline constexpr const char* kWordEnd = "</w>";

}  // namespace plumbline
