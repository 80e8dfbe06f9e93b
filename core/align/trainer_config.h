// Settings of the trainer that every method shares. A method's own config derives from this one and sets its
// own defaults; bindTrainerParameters() adds these fields to its schema, each declared once here.
#pragma once

#include <cstdint>

#include "core/types/parameter_schema.h"

namespace plumbline {

struct TrainerConfig {
  int steps = 48;
  int batch = 8;
  int accumulation = 1;
  double learningRate = 1e-3;
  double weightDecay = 1e-4;
  double warmupSteps = 4;
  double finalRate = 1.0;
  double clip = 1.0;
  double emaDecay = 0.0;
  int checkpointEvery = 4;
  int stripEvery = 16;
  int stripPictures = 4;
  double spikeFactor = 10.0;
  int maxRollbacks = 4;
  double maxDistance = 0.0;
  int hackingPatience = 2;
  int seed = 0;
};

template <class Config>
void bindTrainerParameters(ConfigSchema<Config>& schema) {
  schema.template integer<int>("steps", &Config::steps, 1, 1e6, "steps", "Optimizer steps in each round");
  schema.template integer<int>("batch", &Config::batch, 1, 4096, "pictures", "Pictures in each micro-batch");
  schema.template integer<int>("accumulation", &Config::accumulation, 1, 4096, "",
                               "Micro-batches whose gradients are added before each optimizer step", true);
  schema.real("learning_rate", &Config::learningRate, 1e-9, 1, "", "AdamW learning rate");
  schema.real("weight_decay", &Config::weightDecay, 0, 1, "", "AdamW decoupled weight decay", true);
  schema.real("warmup_steps", &Config::warmupSteps, 0, 1e6, "steps",
              "Learning rate rises linearly over these", true);
  schema.real("final_rate", &Config::finalRate, 0, 1, "",
              "Part of the learning rate that is left at the last step; it falls evenly", true);
  schema.real("clip", &Config::clip, 0, 1e6, "", "Largest gradient norm; 0 does not clip", true);
  schema.real("ema_decay", &Config::emaDecay, 0, 0.99999, "",
              "The handed-over adapter is a running average of the trained one with this decay; 0 is none",
              true);
  schema.template integer<int>("checkpoint_every", &Config::checkpointEvery, 1, 1e6, "steps",
                               "Steps between checkpoints", true);
  schema.template integer<int>("strip_every", &Config::stripEvery, 1, 1e6, "steps",
                               "Steps between sample strips and guard checks");
  schema.template integer<int>("strip_pictures", &Config::stripPictures, 0, 64, "pictures",
                               "Pictures in each sample strip; 0 turns strips and their guards off");
  schema.real("spike_factor", &Config::spikeFactor, 0, 1e6, "",
              "A gradient norm this many times the largest of the last 20 undoes the last steps; 0 is off",
              true);
  schema.template integer<int>("max_rollbacks", &Config::maxRollbacks, 0, 1000, "",
                               "The run fails after this many undone steps", true);
  schema.real(
      "max_distance", &Config::maxDistance, 0, 255, "of 255",
      "Stop early when strip pictures differ by more than this from the reference on average; 0 is off",
      true);
  schema.template integer<int>(
      "hacking_patience", &Config::hackingPatience, 0, 1000, "checks",
      "Stop early after so many checks in a row in which the trained reward rose and the "
      "held-out reward fell; 0 is off",
      true);
  schema.template integer<int>("seed", &Config::seed, 0, 2147483647, "", "Seed of the run's order and noise");
}

}  // namespace plumbline
