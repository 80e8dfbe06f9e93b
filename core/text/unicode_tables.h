// The generated tables behind unicode.h.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plumbline::unicode {

extern const std::uint32_t kLetters[];  // first, last; ascending
extern const std::size_t kLettersSize;
extern const std::uint32_t kNumbers[];  // first, last; ascending
extern const std::size_t kNumbersSize;
extern const std::int32_t kLower[];  // first, last, stride, delta; ascending
extern const std::size_t kLowerSize;
extern const std::uint32_t kDecompositions[];  // 2 * composed + excluded from composition, first, second or 0
extern const std::size_t kDecompositionsSize;
extern const std::uint32_t kCombining[];  // first, last, combining class; ascending
extern const std::size_t kCombiningSize;

}  // namespace plumbline::unicode
