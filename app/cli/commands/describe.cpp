#include "app/cli/catalog.h"

namespace plumbline::command {
namespace {

int run(Context& context, const Parsed&) {
  const Json catalogue = context.catalog().describe();
  context.result(catalogue);
  for (const auto& [family, variants] : catalogue.items()) {
    if (!variants.is_array()) continue;
    context.say(family);
    for (const Json& v : variants) {
      context.say("  " + v.at("id").get<std::string>() + "  " + v.at("title").get<std::string>());
    }
  }
  return 0;
}

}  // namespace

void register_describe(Registry& registry) {
  registry.add(
      make({"describe", "Catalogue",
            "Print everything this build knows: each family's variants with their parameters.", "none"},
           {}, run));
}

}  // namespace plumbline::command
