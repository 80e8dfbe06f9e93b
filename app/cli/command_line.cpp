#include "app/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

namespace plumbline {
namespace {

using command::Argument;
using command::Command;

// The words of one command as CLI11 fills them; held until the command's values are read.
struct Values {
  const Command* command = nullptr;
  CLI::App* app = nullptr;
  std::map<std::string, std::string> texts;
  std::map<std::string, std::vector<std::string>> lists;
  std::map<std::string, bool> flags;
  std::map<std::string, CLI::Option*> options;
};

std::string flagNames(const std::string& name) {
  std::string typed = name;
  std::replace(typed.begin(), typed.end(), '_', '-');
  return typed == name ? "--" + name : "--" + typed + ",--" + name;
}

std::string rangeText(const Parameter& p) {
  if (p.type == ParameterType::kChoice) {
    std::string text;
    for (const std::string& choice : p.choices) text += (text.empty() ? "" : "|") + choice;
    return text;
  }
  if (p.type != ParameterType::kInteger && p.type != ParameterType::kReal) return {};
  if (!std::isfinite(p.minimum) || !std::isfinite(p.maximum)) return p.unit;
  return Json(p.minimum).dump() + " to " + Json(p.maximum).dump() + (p.unit.empty() ? "" : " " + p.unit);
}

std::string helpText(const Parameter& p) {
  const std::string range = rangeText(p);
  std::string standard =
      p.defaultValue.is_string() ? p.defaultValue.get<std::string>() : p.defaultValue.dump();
  std::string text = p.help;
  if (!range.empty()) text += " (" + range + ")";
  if (!standard.empty() && p.type != ParameterType::kBoolean) text += " [" + standard + "]";
  return text;
}

void addParameter(Values& values, const Parameter& p) {
  CLI::Option* option = nullptr;
  if (p.type == ParameterType::kBoolean) {
    std::string typed = flagNames(p.name);
    if (p.defaultValue == Json(true)) {
      std::string off = p.name;
      std::replace(off.begin(), off.end(), '_', '-');
      typed += ",!--no-" + off;
    }
    option = values.app->add_flag(typed, values.flags[p.name], helpText(p));
  } else {
    option = values.app->add_option(flagNames(p.name), values.texts[p.name], helpText(p));
  }
  values.options[p.name] = option;
}

void addArgument(Values& values, const Argument& a) {
  const std::string typed = a.positional ? a.name : flagNames(a.name);
  CLI::Option* option = a.repeated ? values.app->add_option(typed, values.lists[a.name], a.help)
                                   : values.app->add_option(typed, values.texts[a.name], a.help);
  if (a.repeated && !a.positional) option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  if (a.required) option->required();
  values.options[a.name] = option;
}

Json readValues(Values& values) {
  Json given = Json::object();
  const ParameterSchema& schema = values.command->descriptor.parameters;
  for (const Parameter& p : schema.parameters()) {
    if (values.options.at(p.name)->count() == 0) continue;
    given[p.name] = p.type == ParameterType::kBoolean ? Json(values.flags[p.name])
                                                      : schema.parseValue(p.name, values.texts[p.name]);
  }
  given = schema.complete(given);
  for (const Argument& a : values.command->arguments) {
    given[a.name] = a.repeated ? Json(values.lists[a.name]) : Json(values.texts[a.name]);
  }
  return given;
}

// Owns the CLI11 tree; CLI11 keeps references into `values`, so neither moves.
class Parser {
 public:
  explicit Parser(const command::Registry& commands) {
    app_.set_version_flag("--version", std::string(PLUMBLINE_VERSION));
    app_.require_subcommand(1);
    addGlobal(app_);
    for (const auto& command : commands.all()) addCommand(*command);
  }

  CommandLine parse(int argc, const char* const* argv) {
    CommandLine line;
    try {
      app_.parse(argc, argv);
      for (auto& values : values_) {
        if (!values->app->parsed()) continue;
        line.command = values->command;
        line.given = readValues(*values);
      }
    } catch (const CLI::CallForHelp& help) {
      line.exitCode = app_.exit(help);
    } catch (const CLI::CallForVersion& version) {
      line.exitCode = app_.exit(version);
    } catch (const CLI::ParseError& error) {
      std::cerr << "plumbline: " << error.what() << " (see --help)" << std::endl;
      line.exitCode = 2;
    } catch (const Error& error) {
      std::cerr << "plumbline: " << error.what() << std::endl;
      line.command = nullptr;
      line.exitCode = 2;
    }
    line.json = json_;
    line.progress = progress_;
    return line;
  }

 private:
  void addGlobal(CLI::App& app) {
    app.add_flag("--json", json_, "Print the result as one JSON object on stdout");
    app.add_option("--progress", progress_, "Progress on stderr: auto, bar, json, none")
        ->check(CLI::IsMember({"auto", "bar", "json", "none"}));
  }

  void addCommand(const Command& command) {
    const std::vector<std::string> words = command::commandWords(command.descriptor.id);
    CLI::App* parent = &app_;
    if (words.size() > 1) {
      CLI::App*& group = groups_[words[0]];
      if (!group) {
        group = app_.add_subcommand(words[0], "Commands about " + words[0]);
        group->require_subcommand(1);
      }
      parent = group;
    }
    auto values = std::make_unique<Values>();
    values->command = &command;
    values->app = parent->add_subcommand(words.back(), command.descriptor.help);
    for (const Argument& a : command.arguments) addArgument(*values, a);
    for (const Parameter& p : command.descriptor.parameters.parameters()) addParameter(*values, p);
    addGlobal(*values->app);
    values_.push_back(std::move(values));
  }

  CLI::App app_{"Plumbline: align text-to-image diffusion models with people", "plumbline"};
  std::map<std::string, CLI::App*> groups_;
  std::vector<std::unique_ptr<Values>> values_;
  bool json_ = false;
  std::string progress_ = "auto";
};

}  // namespace

CommandLine parseCommandLine(const command::Registry& commands, int argc, const char* const* argv) {
  return Parser(commands).parse(argc, argv);
}

}  // namespace plumbline
