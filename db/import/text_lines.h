// Text files as people hand them over: byte order marks, both line ends, quoted CSV, and bytes that are not
// text. Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumbline::import_format {

bool isUtf8(std::string_view text);
// Without a byte order mark, line ends and surrounding white space; empty lines stay, so that numbers fit the
// file.
std::vector<std::string> textLines(std::string_view bytes);
// Records of RFC 4180: quoted fields may hold commas, quotes and line ends.
std::vector<std::vector<std::string>> csvRecords(std::string_view bytes);

}  // namespace plumbline::import_format
