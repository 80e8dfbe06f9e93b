// The family `command`: one file per command of the program, commands/<id>.cpp with
// `register_<id>(Registry&)`, and its id in commands/CMakeLists.txt. Every option is declared once, in the
// descriptor's parameter schema; flags that may be given several times and positional words are declared as
// arguments. An id whose first word is a group (models, scenes, reward, bench) is typed as two words:
// models_inspect is `plumbline models inspect`; other underscores are typed as hyphens: train_base is
// `plumbline train-base`. A command runs on the main thread, reports through its context and throws Error;
// main turns that into one line and exit code 1. Wrong use (unknown flag, bad value, missing argument) never
// reaches `run`: exit code 2.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/types/progress.h"
#include "core/types/registry.h"

namespace plumbline {
struct Catalog;
}

namespace plumbline::command {

struct Argument {
  std::string name;  // snake_case; a flag is typed --like-this
  std::string help;
  bool required = true;
  bool repeated = false;   // may be given several times
  bool positional = true;  // false: a flag, for what no schema holds (repeated or required ones)
};

// What a command got: the schema's parameters (complete, checked) and its arguments.
class Parsed {
 public:
  explicit Parsed(Json given) : json_(std::move(given)) {}

  std::string text(const std::string& name) const { return json_.at(name).get<std::string>(); }
  std::int64_t integer(const std::string& name) const { return json_.at(name).get<std::int64_t>(); }
  double real(const std::string& name) const { return json_.at(name).get<double>(); }
  bool flag(const std::string& name) const { return json_.at(name).get<bool>(); }
  std::vector<std::string> list(const std::string& name) const {
    return json_.at(name).get<std::vector<std::string>>();
  }
  // Of the parameters and arguments, the parameters: what a ConfigSchema reads.
  Json of(const ParameterSchema& schema) const {
    Json parameters = Json::object();
    for (const Parameter& p : schema.parameters()) parameters[p.name] = json_.at(p.name);
    return parameters;
  }
  // Arguments that are absent are "" or an empty list. The whole object, for a run's stored specification.
  const Json& json() const { return json_; }

 private:
  Json json_;
};

// What a command works with. Lives as long as the program; not for other threads except where said.
class Context {
 public:
  Context(const Catalog& catalog, ProgressSink& progress, std::stop_token stop, bool json)
      : catalog_(catalog), progress_(progress), stop_(std::move(stop)), json_(json) {}

  const Catalog& catalog() const { return catalog_; }
  ProgressSink& progress() { return progress_; }
  std::stop_token stop() const { return stop_; }  // SIGINT and SIGTERM
  bool json() const { return json_; }

  // The result: with --json one object on stdout, else nothing (the command says it in words with say()).
  void result(const Json& object) const;
  // A line for people on stdout; silent with --json.
  void say(const std::string& line) const;

  // The folder `resources` of this build. Throws Error(kNotFound) when the program was torn from it.
  static std::filesystem::path resources();
  // A model by path or by its name under resources/models; "" is the default model.
  static std::filesystem::path modelFolder(const std::string& nameOrPath);

 private:
  const Catalog& catalog_;
  ProgressSink& progress_;
  std::stop_token stop_;
  bool json_;
};

struct Command {
  Descriptor descriptor;  // extra: {"words": [...], "arguments": [...]}, written by make()
  std::vector<Argument> arguments;
  std::function<int(Context&, const Parsed&)> run;  // the exit code
};

// The words that are typed for an id.
std::vector<std::string> commandWords(const std::string& id);
Command make(Descriptor descriptor, std::vector<Argument> arguments,
             std::function<int(Context&, const Parsed&)> run);

using Registry = plumbline::Registry<Command>;
void registerAll(Registry& registry);

}  // namespace plumbline::command
