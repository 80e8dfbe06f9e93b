// The command line and worker: finds the command, runs it, and is the boundary where errors end.
#include <csignal>
#include <iostream>
#include <thread>

#include "app/cli/catalog.h"
#include "app/cli/command_line.h"
#include "app/cli/progress_display.h"

#ifndef PLUMBLINE_HEADLESS
#include <QCoreApplication>
#endif

namespace {

// Signals are taken by one thread that waits for them, so that the handler may use a stop source. A second
// SIGINT ends the program at once: the rows and checkpoints on disk are made for that.
void forwardSignals(std::stop_source& source) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([signals, &source] {
    int number = 0;
    sigwait(&signals, &number);
    source.request_stop();
    sigwait(&signals, &number);
    std::_Exit(128 + number);
  }).detach();
}

int runCommand(const plumbline::Catalog& catalog, const plumbline::CommandLine& line, std::stop_token stop) {
  const auto progress = plumbline::makeProgressDisplay(line.progress);
  plumbline::command::Context context(catalog, *progress, std::move(stop), line.json);
  std::string reason;
  try {
    return line.command->run(context, plumbline::command::Parsed(line.given));
  } catch (const plumbline::Error& error) {
    reason = error.message();
    if (!error.detail().empty() && std::getenv("PLUMBLINE_VERBOSE")) reason += "\n" + error.detail();
  } catch (const std::bad_alloc&) {
    reason = "out of memory; choose a smaller batch or close other programs";
  } catch (const std::exception& error) {
    reason = std::string("internal error: ") + error.what();
    if (!std::getenv("PLUMBLINE_VERBOSE")) reason = reason.substr(0, reason.find('\n'));
  }
  std::cerr << "plumbline: " << reason << std::endl;
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  static std::stop_source source;
  std::signal(SIGPIPE, SIG_IGN);
  forwardSignals(source);
#ifndef PLUMBLINE_HEADLESS  // the store's database drivers need it
  QCoreApplication application(argc, argv);
  QCoreApplication::setApplicationName("plumbline");
#endif
  const plumbline::Catalog catalog;
  const plumbline::CommandLine line = plumbline::parseCommandLine(catalog.commands, argc, argv);
  if (!line.command) return line.exitCode;
  return runCommand(catalog, line, source.get_token());
}
