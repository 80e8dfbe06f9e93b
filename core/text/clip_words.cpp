#include "core/text/clip_words.h"

#include <array>

#include "core/text/unicode.h"

namespace plumbline {
namespace {

using namespace unicode;

std::string toUtf8(std::u32string_view text) {
  std::string bytes;
  for (const char32_t c : text) appendUtf8(bytes, c);
  return bytes;
}

std::array<std::string, 256> makeByteSymbols() {
  std::array<std::string, 256> symbols;
  char32_t next = 256;
  for (int byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    appendUtf8(symbols[byte], printable ? char32_t(byte) : next++);
  }
  return symbols;
}

std::size_t contractionLength(std::u32string_view rest) {
  static constexpr std::u32string_view kContractions[] = {U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"};
  for (const auto contraction : kContractions) {
    if (rest.substr(0, contraction.size()) == contraction) return contraction.size();
  }
  return 0;
}

template <class Test>
std::size_t runLength(std::u32string_view rest, Test inside) {
  std::size_t length = 0;
  while (length < rest.size() && inside(rest[length])) ++length;
  return length;
}

}  // namespace

std::string cleanText(std::string_view text) {
  std::u32string cleaned;
  bool blank = false;
  for (const char32_t c : normalizedNfc(decodeUtf8(text))) {
    if (isWhitespace(c)) {
      blank = true;
      continue;
    }
    if (blank && !cleaned.empty()) cleaned += U' ';
    blank = false;
    appendLower(cleaned, c);
  }
  return toUtf8(cleaned);
}

std::vector<std::string> splitWords(std::string_view cleaned) {
  const std::u32string text = decodeUtf8(cleaned);
  std::vector<std::string> words;
  for (std::size_t i = 0; i < text.size();) {
    const std::u32string_view rest = std::u32string_view(text).substr(i);
    if (isWhitespace(rest[0])) {
      ++i;
      continue;
    }
    std::size_t length = contractionLength(rest);
    if (length == 0 && isNumber(rest[0])) length = 1;
    if (length == 0) length = runLength(rest, isLetter);
    if (length == 0) {
      length = runLength(rest, [](char32_t c) { return !isWhitespace(c) && !isLetter(c) && !isNumber(c); });
    }
    words.push_back(toUtf8(rest.substr(0, length)));
    i += length;
  }
  return words;
}

const std::string& byteSymbol(std::uint8_t byte) {
  static const std::array<std::string, 256> kSymbols = makeByteSymbols();
  return kSymbols[byte];
}

}  // namespace plumbline
