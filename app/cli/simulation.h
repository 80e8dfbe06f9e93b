// Simulated annotators answer a project's queue, each with a taste of its own, judging pictures by what the
// oracle reads from them (world.md). The only way in which anything that learns gets to know the truth. One
// thread. Answers are a pure function of the annotator and the query's id.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/scenes/annotator.h"
#include "core/types/parameter_schema.h"
#include "core/types/progress.h"
#include "db/project.h"

namespace plumbline {

struct SimulatedConfig {
  std::string name;  // of the annotator row; "" names it after kind and seed
  std::int64_t seed = 1;
  std::string kind = "normal";
  double agreement =
      0.75;  // of decided pair answers with the noiseless order, on random pairs of the project
  double ties = 0.4;
  double pace = 1.0;
  double carefulness = 1.0;
};
const ConfigSchema<SimulatedConfig>& simulatedConfigSchema();

class Simulation {
 public:
  Simulation(Project& project, ProgressSink& progress, std::stop_token stop);

  // The annotator's row; a known one keeps the temperature that was calibrated when it first answered.
  // Throws Error(kInvalidInput) while the project has no pictures to calibrate on.
  void addAnnotator(const SimulatedConfig& config);
  // At most so many answers, the annotators in turn; types: only these kinds of queries, empty for all.
  // {"answers", "by_type", "seconds", "agreement", "agreement_pairs"}
  Json answer(std::int64_t count, const std::vector<std::string>& types = {});

 private:
  struct Person {
    std::int64_t id = 0, session = 0;
    scenes::SimulatedAnnotator annotator;
  };
  const scenes::Verdict& verdict(const std::string& image);
  double temperatureFor(const scenes::AnnotatorProfile& profile, double agreement);
  void answerOne(const Person& person, const QueryRow& query);

  Project& project_;
  ProgressSink& progress_;
  std::stop_token stop_;
  std::vector<Person> people_;
  std::map<std::string, scenes::Verdict> verdicts_;
  std::map<std::string, std::int64_t> byType_;
  double seconds_ = 0;
  std::int64_t decided_ = 0, agreed_ = 0;
};

}  // namespace plumbline
