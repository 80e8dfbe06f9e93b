// An alignment method is one file in methods/. It declares what it learns from, which adapters and nets it
// trains, in which phases, and the loss of each; the trainer owns everything else (loop, optimizers,
// checkpoints, guards). A method object belongs to one run and to one thread.
#pragma once

#include <torch/torch.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/align/align_data.h"
#include "core/align/align_model.h"
#include "core/align/trainer_config.h"
#include "core/types/progress.h"
#include "core/types/registry.h"

namespace plumbline::alignment_method {

// Settings of AdamW for one adapter or net. A learning rate of 0 stands for the run's.
struct OptimizerSpec {
  double learningRate = 0;
  double weightDecay = 0;
};

struct TrainedAdapter {
  AdapterSpec adapter;
  OptimizerSpec optimizer;
};

// A value net, critic or surrogate beside the generator.
struct TrainedNet {
  std::string name;
  std::function<std::shared_ptr<torch::nn::Module>(std::uint64_t seed)> make;
  OptimizerSpec optimizer;
};

struct Phase {
  std::string name;
  std::vector<std::string> trains;  // adapters and nets that its loss may move
  int steps = 1;                    // optimizer steps in each round
  int accumulation = 1;             // micro-batches in each step; per-timestep losses are micro-batches too
  int batch = 1;                    // items in each micro-batch
};

struct Plan {
  std::vector<DataNeed> needs;
  std::vector<TrainedAdapter> adapters;
  std::vector<TrainedNet> nets;
  std::vector<Phase> phases;
  int rounds = 1;
  std::string result = "policy";  // the adapter that a finished run hands over
};

// What a method may use during a run. References live as long as the run.
struct Context {
  AlignModel& model;
  const AlignData& data;
  std::uint64_t seed = 0;
  ProgressSink& sink;
  std::stop_token stop;
  std::map<std::string, std::shared_ptr<torch::nn::Module>> nets;
  const std::atomic<bool>* pause = nullptr;  // a person wants the device: see throwIfPaused()

  // For hooks that draw for long before a round. Throws Error(kCancelled) on a stop or pause request; the
  // hook is called again when the run goes on.
  void throwIfPaused() const {
    throwIfStopped(stop);
    if (pause && *pause) throw Error(ErrorKind::kCancelled, "paused");
  }
};

// Where in a run a loss is asked for. items: indices below itemCount(), in the run's seeded order.
struct Moment {
  int round = 0;
  std::string phase;
  std::int64_t step = 0;  // optimizer steps of the whole run before this one
  int micro = 0;
  std::vector<std::int64_t> items;
};

struct LossValue {
  at::Tensor loss;                        // scalar with a graph
  std::map<std::string, double> metrics;  // mean over the micro-batches is logged
};

enum class RoundStart { kGo, kWaitForPeople };

class Method {
 public:
  virtual ~Method() = default;
  virtual Plan plan() const = 0;
  virtual TrainerConfig trainerConfig() const = 0;

  // Draw, score, move references, ask people. kWaitForPeople: checkpoint and give the device back; the round
  // is begun again when the run is resumed.
  virtual RoundStart beginRound(Context& context, int round) = 0;
  // What a checkpoint in mid-round must hold beside parameters and optimizers; by default nothing, and then
  // the round is simply begun again, which must give the same state (a function of reference, data and seed
  // alone).
  virtual NamedTensors roundState() const { return {}; }
  virtual void resumeRound(Context& context, int round, const std::map<std::string, at::Tensor>&) {
    beginRound(context, round);
  }
  // Number of items that the phase's order runs over; known once the round has begun.
  virtual std::int64_t itemCount(const Context& context, const std::string& phase) const = 0;
  virtual LossValue loss(Context& context, const Moment& moment) = 0;
  virtual void endRound(Context&, int) {}
  // Facts for the run's record (how many items had a region ...), asked for at the end.
  virtual Json summary() const { return Json::object(); }
};

struct AlignmentMethod {
  Descriptor descriptor;  // extra: {"needs": [names of DataNeed]}
  // config: completed by the descriptor's schema.
  std::function<std::unique_ptr<Method>(const Json& config)> create;
};

using Registry = plumbline::Registry<AlignmentMethod>;
void registerAll(Registry& registry);

}  // namespace plumbline::alignment_method
