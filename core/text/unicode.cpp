#include "core/text/unicode.h"

#include <cstdint>
#include <unordered_map>
#include <utility>

#include "core/text/unicode_tables.h"

namespace plumbline::unicode {
namespace {

// Index of the row with first <= c <= last in a table of rows that start with first and last; size if none.
template <class Number>
std::size_t findRow(const Number* table, std::size_t size, std::size_t width, char32_t c) {
  std::size_t low = 0, high = size / width;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (static_cast<char32_t>(table[middle * width + 1]) < c) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const bool inside = low < size / width && static_cast<char32_t>(table[low * width]) <= c;
  return inside ? low * width : size;
}

using Pair = std::pair<char32_t, char32_t>;

struct Compositions {
  std::unordered_map<char32_t, Pair> decompose;
  std::unordered_map<std::uint64_t, char32_t> compose;
};

std::uint64_t pairKey(char32_t first, char32_t second) {
  return (std::uint64_t(first) << 32) | second;
}

const Compositions& compositions() {
  static const Compositions kTables = [] {
    Compositions tables;
    for (std::size_t i = 0; i < kDecompositionsSize; i += 3) {
      const char32_t composed = kDecompositions[i] >> 1;
      const bool excluded = (kDecompositions[i] & 1) != 0;
      const char32_t first = kDecompositions[i + 1], second = kDecompositions[i + 2];
      tables.decompose[composed] = {first, second};
      if (!excluded) tables.compose[pairKey(first, second)] = composed;
    }
    return tables;
  }();
  return kTables;
}

int combiningClass(char32_t c) {
  if (c < 0x300) return 0;
  const std::size_t row = findRow(kCombining, kCombiningSize, 3, c);
  return row == kCombiningSize ? 0 : int(kCombining[row + 2]);
}

// Hangul syllables compose by arithmetic (Unicode 3.12).
constexpr char32_t kSyllable = 0xac00, kLead = 0x1100, kVowel = 0x1161, kTail = 0x11a7;
constexpr char32_t kVowels = 21, kTails = 28, kSyllables = 11172, kLeads = 19;

void appendDecomposed(std::u32string& text, char32_t c) {
  if (c >= kSyllable && c < kSyllable + kSyllables) {
    const char32_t index = c - kSyllable;
    text += kLead + index / (kVowels * kTails);
    text += kVowel + index % (kVowels * kTails) / kTails;
    if (index % kTails != 0) text += kTail + index % kTails;
    return;
  }
  const auto& table = compositions().decompose;
  const auto found = table.find(c);
  if (found == table.end()) {
    text += c;
    return;
  }
  appendDecomposed(text, found->second.first);
  if (found->second.second != 0) appendDecomposed(text, found->second.second);
}

void orderCombining(std::u32string& text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    const int own = combiningClass(text[i]);
    if (own == 0) continue;
    for (std::size_t j = i; j > 0 && combiningClass(text[j - 1]) > own; --j) std::swap(text[j], text[j - 1]);
  }
}

// 0 if the two do not compose.
char32_t composed(char32_t first, char32_t second) {
  if (first >= kLead && first < kLead + kLeads && second >= kVowel && second < kVowel + kVowels) {
    return kSyllable + ((first - kLead) * kVowels + (second - kVowel)) * kTails;
  }
  if (first >= kSyllable && first < kSyllable + kSyllables && (first - kSyllable) % kTails == 0 &&
      second > kTail && second < kTail + kTails) {
    return first + (second - kTail);
  }
  const auto& table = compositions().compose;
  const auto found = table.find(pairKey(first, second));
  return found == table.end() ? 0 : found->second;
}

int sequenceLength(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

}  // namespace

std::u32string decodeUtf8(std::string_view text) {
  static constexpr char32_t kLeadMask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  static constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  std::u32string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    const int length = sequenceLength(lead);
    char32_t c = length == 0 ? 0 : lead & kLeadMask[length];
    int read = length == 0 ? 0 : 1;
    while (read > 0 && read < length && i + read < text.size() && (text[i + read] & 0xc0) == 0x80) {
      c = (c << 6) | (static_cast<std::uint8_t>(text[i + read]) & 0x3f);
      ++read;
    }
    const bool valid =
        length > 0 && read == length && c >= kSmallest[length] && c <= 0x10ffff && (c >> 11) != 0x1b;
    decoded += valid ? c : U'\ufffd';
    i += valid ? length : 1;
  }
  return decoded;
}

void appendUtf8(std::string& text, char32_t c) {
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xc0 | (c >> 6));
    text += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    text += static_cast<char>(0xe0 | (c >> 12));
    text += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    text += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    text += static_cast<char>(0xf0 | (c >> 18));
    text += static_cast<char>(0x80 | ((c >> 12) & 0x3f));
    text += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    text += static_cast<char>(0x80 | (c & 0x3f));
  }
}

bool isLetter(char32_t c) {
  return findRow(kLetters, kLettersSize, 2, c) != kLettersSize;
}

bool isNumber(char32_t c) {
  return findRow(kNumbers, kNumbersSize, 2, c) != kNumbersSize;
}

bool isWhitespace(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

void appendLower(std::u32string& text, char32_t c) {
  if (c == 0x130) {
    text += U"i\u0307";
    return;
  }
  const std::size_t row = findRow(kLower, kLowerSize, 4, c);
  const bool mapped = row != kLowerSize && (c - char32_t(kLower[row])) % char32_t(kLower[row + 2]) == 0;
  text += mapped ? static_cast<char32_t>(std::int32_t(c) + kLower[row + 3]) : c;
}

std::u32string normalizedNfc(const std::u32string& text) {
  std::u32string parts;
  for (const char32_t c : text) appendDecomposed(parts, c);
  orderCombining(parts);

  std::u32string result;
  std::size_t starter = std::u32string::npos;
  int lastClass = -1;  // class of the last character kept after the starter, -1 if none
  for (const char32_t c : parts) {
    const int own = combiningClass(c);
    const bool reachable = starter != std::u32string::npos && (lastClass < own || lastClass == -1);
    const char32_t joined = reachable ? composed(result[starter], c) : 0;
    if (joined != 0) {
      result[starter] = joined;
      continue;
    }
    if (own == 0) {
      starter = result.size();
      lastClass = -1;
    } else {
      lastClass = own;
    }
    result += c;
  }
  return result;
}

}  // namespace plumbline::unicode
