// From the words of a command line to a command and its checked parameters, by CLI11. What is wrong with the
// words is the caller's to print: exit code 2, --help exit code 0.
#pragma once

#include <memory>
#include <string>

#include "app/cli/command.h"

namespace plumbline {

struct CommandLine {
  const command::Command* command = nullptr;  // null: nothing to run, leave with exitCode
  Json given = Json::object();                // complete parameters and arguments
  bool json = false;
  std::string progress = "auto";
  int exitCode = 0;
};

// Prints help on stdout and wrong use on stderr (one line).
CommandLine parseCommandLine(const command::Registry& commands, int argc, const char* const* argv);

}  // namespace plumbline
