// The whole loop on a new project with simulated annotators, through the same jobs as the window: pictures,
// answers, reward, answers where the reward is unsure, reward again, Focus-N-Fix, its comparison without the
// penalty, evaluation on held-out prompts, exports, check, report. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "app/cli/command.h"

namespace plumbline {

struct DemoConfig {
  std::filesystem::path out;
  std::string model;
  std::int64_t seed = 0;
  // Answers over all rounds.
  int pairs = 400, binaries = 200, masks = 80;
  int rounds = 2;
  double agreement = 0.75;
  int annotators = 4;
  int picturesPerPrompt = 3;
  int evaluationPrompts = 256;
  int decidedPictures = 16;
  int draftSteps = 32;  // of the comparison run: without the penalty it is there sooner
  std::string align;    // settings of Focus-N-Fix, name=value joined by commas
};

// The figures, flat (the keys and more), each measured in this run.
Json runDemo(const DemoConfig& config, command::Context& context);

}  // namespace plumbline
