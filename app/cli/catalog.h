// Every registry of the program, built once in main (and in tests) and read-only afterwards: the one place
// that knows all families. `plumbline describe --json` prints it; the window builds its forms from that.
#pragma once

#include <string>

#include "app/cli/command.h"
#include "core/types/query_type.h"

namespace plumbline {

struct Catalog {
  query_type::Registry queryTypes{"query type"};
  command::Registry commands{"command"};

  Catalog();
  // {"build": ..., "version": ..., "<family>": [descriptor, ...], ...}
  Json describe() const;
};

std::string programVersion();
// Changes with every link of the program (the linker's build id), so that caches of the catalogue can be
// checked.
std::string buildId();

}  // namespace plumbline
