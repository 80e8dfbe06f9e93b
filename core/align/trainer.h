// Owns the loop of every alignment run: order of the data, optimizers, accumulation, clipping, running
// average, checkpoints, resume, logging, sample strips at fixed seeds and the guards. A run that was
// interrupted and resumed ends with the same weights, bit for bit, as one that was not (same engine
// fingerprint). One trainer, one run, one thread; AlignControl may be used from other threads.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/align/adam.h"
#include "core/align/alignment_method.h"
#include "core/align/checkpoint.h"
#include "core/align/guards.h"

namespace plumbline {

// A person's wishes for a run that is under way.
struct AlignControl {
  std::atomic<bool> pause{false};   // checkpoint, then return kPaused: the run can go on later
  std::atomic<bool> finish{false};  // stop and save: checkpoint, then end as if all steps were done
};

enum class AlignEnd { kFinished, kStoppedEarly, kPaused, kWaiting };

struct AlignOutcome {
  AlignEnd end = AlignEnd::kFinished;
  std::string reason;            // why it stopped early, for the user
  std::int64_t steps = 0;        // optimizer steps done
  std::string adapter;           // name of the adapter to hand over
  std::filesystem::path folder;  // its files; empty unless finished or stopped early
  Json summary = Json::object();
};

struct AlignRun {
  std::filesystem::path folder;  // checkpoints/, strips/, adapter/ and log.jsonl are written here
  bool resume = false;           // go on from the newest checkpoint in the folder, if there is one
  Json config = Json::object();  // the method's parameters; a checkpoint of others is refused
  std::vector<DrawItem> strip;   // pictures drawn again and again; empty: the first prompts of the data
  DrawSettings stripSettings;
  // Writes strip pictures (b 3 H W): the caller knows image files; may be empty.
  std::function<void(const std::filesystem::path& folder, const at::Tensor& pictures)> writeStrip;
  YieldHook yield;
  AlignControl* control = nullptr;
};

class AlignTrainer {
 public:
  // Everything passed in must outlive the trainer. Adds the plan's adapters to the model.
  AlignTrainer(alignment_method::Method& method, AlignModel& model, const AlignData& data, AlignRun run,
               ProgressSink& sink, std::stop_token stop);

  // Once. Throws Error(kCancelled) within one sampler step of a stop request, or of a pause while a round's
  // pictures are drawn; the last checkpoint stays.
  AlignOutcome run();

 private:
  struct Trained {
    std::string name;
    NamedTensors parameters;
    Adam optimizer;
    double learningRate;
  };
  enum class Next { kGo, kPause, kEnd };

  void addTrained();
  void addAverage();
  Next runRound(int round, std::int64_t stepsBefore);
  Next runPhase(const alignment_method::Phase& phase, int round, std::int64_t stepsBefore);
  void step(const alignment_method::Phase& phase, int round, std::int64_t inPhase);
  double accumulate(const alignment_method::Phase& phase, int round, std::int64_t inPhase);
  double clipGradients(const std::vector<Trained*>& trained) const;
  std::vector<Trained*> selectTrained(const alignment_method::Phase& phase);
  std::vector<std::int64_t> itemsFor(const alignment_method::Phase& phase, std::int64_t micro) const;
  Next afterStep();
  double rateNow() const;  // part of the learning rate that the next step takes
  void rollBack(const std::string& why);
  void updateAverage();
  void drawReferenceStrip();
  void checkStrip();
  AlignOutcome outcome(AlignEnd end);

  NamedTensors liveState() const;
  void restoreState(const std::map<std::string, at::Tensor>& tensors, const std::string& prefix);
  void takeSnapshot();
  void save();
  bool load();
  void log(const std::map<std::string, double>& values);

  alignment_method::Method& method_;
  AlignModel& model_;
  const AlignData& data_;
  AlignRun run_;
  ProgressSink& sink_;
  std::stop_token stop_;
  const TrainerConfig config_;
  const alignment_method::Plan plan_;
  alignment_method::Context context_;
  std::vector<Trained> trained_;
  NamedTensors still_;    // of adapters without an optimizer: hooks may move them, so checkpoints hold them
  NamedTensors average_;  // parameters of the adapter "ema", empty without one
  std::map<std::string, at::Tensor> snapshot_;      // the last state known to be good
  std::map<std::string, at::Tensor> resumedRound_;  // the method's part of the checkpoint that was loaded
  bool resumed_ = false;
  std::int64_t snapshotStep_ = -1;
  SpikeGuard spike_;
  HackingGuard hacking_;
  at::Tensor stripReference_;
  std::int64_t done_ = 0;  // optimizer steps of the whole run
  std::int64_t total_ = 0;
  double rateScale_ = 1;
  int rollbacks_ = 0;
  std::string stopReason_;
};

}  // namespace plumbline
