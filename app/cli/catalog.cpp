#include "app/cli/catalog.h"

namespace plumbline {

Catalog::Catalog() {
  query_type::registerAll(queryTypes);
  command::registerAll(commands);
}

Json Catalog::describe() const {
  return {{"build", buildId()},
          {"version", programVersion()},
          {"query_type", queryTypes.describe()},
          {"command", commands.describe()}};
}

std::string programVersion() {
  return PLUMBLINE_VERSION;
}

}  // namespace plumbline
