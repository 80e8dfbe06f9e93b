#include <unistd.h>

#include "app/cli/catalog.h"
#include "app/cli/host/host.h"
#include "core/tensor/threads.h"

namespace plumbline::command {
namespace {

struct Config {
  std::string device = "cpu";
  int queueTarget = 0;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema =
      ConfigSchema<Config>()
          .choice("device", &Config::device, {"cpu"}, "The device that this host owns")
          .integer(
              "queue_target", &Config::queueTarget, 0, 10000, "queries",
              "Queries kept ready for annotators unless the project says otherwise; 0 makes none unasked");
  return kSchema;
}

int run(Context& context, const Parsed& parsed) {
  const Config config = schema().fromJson(parsed.of(schema().schema()));
  const auto project = Project::open(parsed.text("project"));
  keepFreedMemory();
  Engine engine(config.device);
  EventWriter events(STDOUT_FILENO);
  Host host(*project, context.catalog(), engine, {config.device, config.queueTarget}, events);
  return host.run(STDIN_FILENO, context.stop());
}

}  // namespace

void register_serve(Registry& registry) {
  registry.add(
      make({"serve", "Device host",
            "Own one device for one project: requests on stdin, events on stdout, one JSON object per line "
            "(resources/docs/protocol.md).",
            "none", 1, schema().schema()},
           {{"project", "Project folder", true, false, false}}, run));
}

}  // namespace plumbline::command
