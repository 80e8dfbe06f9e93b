// Opens a project as a window does and holds it until killed. The project test runs and kills it.
#include <unistd.h>

#include <QCoreApplication>
#include <cstdio>

#include "db/project.h"

int main(int argc, char** argv) {
  QCoreApplication application(argc, argv);
  try {
    const auto project = plumbline::Project::open(argv[1], plumbline::OpenAs::kWindow);
    std::puts("held");
    std::fflush(stdout);
    pause();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
