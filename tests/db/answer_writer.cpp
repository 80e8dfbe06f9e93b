// Answers every query of a project as one annotator and says on stdout, line by line, which answers it was
// told are on disk. The crash and contention tests run and kill it.
//   answer_writer PROJECT ANNOTATOR COUNT
#include <QCoreApplication>
#include <algorithm>
#include <cstdio>

#include "db/project.h"

int main(int argc, char** argv) {
  QCoreApplication application(argc, argv);
  try {
    const auto project = plumbline::Project::open(argv[1]);
    const auto annotator = project->annotators().ensure({.name = argv[2]});
    std::puts("ready");
    std::fflush(stdout);
    int left = std::atoi(argv[3]);
    while (left > 0) {
      const auto queries = project->queries().next(annotator, std::min(4, left));
      if (queries.empty()) break;
      for (const auto& query : queries) {
        plumbline::AnswerDraft draft;
        draft.query = query.id;
        draft.annotator = annotator;
        draft.value = {{"choice", query.id % 3 == 0 ? "both_bad" : "a"}};
        const auto answer = project->answers().record(draft);
        std::printf("%lld %lld\n", static_cast<long long>(answer.id), static_cast<long long>(query.id));
        std::fflush(stdout);
        if (--left == 0) break;
      }
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
