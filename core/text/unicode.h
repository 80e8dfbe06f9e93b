// As much of Unicode as the CLIP tokenizer needs: classes, lower case and canonical composition (NFC), from
// tables of Unicode 14 in unicode_tables.cpp. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace plumbline::unicode {

// Invalid bytes become U+FFFD.
std::u32string decodeUtf8(std::string_view text);
void appendUtf8(std::string& text, char32_t c);

bool isLetter(char32_t c);      // general category L*
bool isNumber(char32_t c);      // general category N*
bool isWhitespace(char32_t c);  // property White_Space

// Lower case of one character without context; only U+0130 becomes two.
void appendLower(std::u32string& text, char32_t c);

std::u32string normalizedNfc(const std::u32string& text);

}  // namespace plumbline::unicode
