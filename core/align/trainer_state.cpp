// The part of the trainer that is written down: snapshots, checkpoints and the log.
#include <fstream>

#include "core/align/trainer.h"
#include "core/types/error.h"

namespace plumbline {

NamedTensors AlignTrainer::liveState() const {
  NamedTensors tensors;
  for (const Trained& t : trained_) {
    for (const auto& [name, p] : t.parameters) tensors.emplace_back("parameter/" + t.name + "/" + name, p);
    for (auto& entry : t.optimizer.state("optimizer/" + t.name + "/")) tensors.push_back(std::move(entry));
  }
  for (const auto& [name, p] : still_) tensors.emplace_back("still/" + name, p);
  for (const auto& [name, p] : average_) tensors.emplace_back("average/" + name, p);
  return tensors;
}

void AlignTrainer::restoreState(const std::map<std::string, at::Tensor>& tensors, const std::string& prefix) {
  torch::NoGradGuard guard;
  const auto copy = [&](const std::string& name, at::Tensor target) {
    const auto found = tensors.find(prefix + name);
    if (found == tensors.end() || found->second.sizes() != target.sizes()) {
      throw Error(ErrorKind::kCorrupt,
                  "the checkpoint does not fit this run ('" + name + "'); start the run afresh");
    }
    target.copy_(found->second);
  };
  for (Trained& t : trained_) {
    for (const auto& [name, p] : t.parameters) copy("parameter/" + t.name + "/" + name, p);
    t.optimizer.restore(tensors, prefix + "optimizer/" + t.name + "/");
  }
  for (const auto& [name, p] : still_) copy("still/" + name, p);
  for (const auto& [name, p] : average_) copy("average/" + name, p);
}

void AlignTrainer::takeSnapshot() {
  snapshot_.clear();
  for (const auto& [name, tensor] : liveState()) snapshot_[name] = tensor.detach().clone();
  snapshotStep_ = done_;
}

void AlignTrainer::save() {
  Checkpoint checkpoint;
  for (const auto& [name, tensor] : liveState()) checkpoint.tensors[name] = tensor.detach();
  // In mid-interval the good state to roll back to is an older one; a resumed run must roll back to the same.
  if (snapshotStep_ != done_) {
    for (const auto& [name, tensor] : snapshot_) checkpoint.tensors["snapshot/" + name] = tensor;
  }
  for (const auto& [name, tensor] : method_.roundState()) checkpoint.tensors["round/" + name] = tensor;
  checkpoint.state = {
      {"steps", done_},           {"config", run_.config},        {"seed", config_.seed},
      {"rate_scale", rateScale_}, {"rollbacks", rollbacks_},      {"snapshot_step", snapshotStep_},
      {"spike", spike_.toJson()}, {"hacking", hacking_.toJson()}, {"stop_reason", stopReason_}};
  writeCheckpoint(run_.folder, done_, checkpoint);
  sink_.artifact("checkpoint", checkpointPath(run_.folder, done_).string());
}

bool AlignTrainer::load() {
  const std::vector<std::int64_t> steps = checkpointSteps(run_.folder);
  if (steps.empty()) return false;
  const Checkpoint checkpoint = readCheckpoint(checkpointPath(run_.folder, steps.back()));
  const Json& state = checkpoint.state;
  if (state.at("config") != run_.config) {
    throw Error(ErrorKind::kInvalidInput,
                "this run was started with other parameters; resume it with those, or start a new run");
  }
  restoreState(checkpoint.tensors, "");
  done_ = state.at("steps");
  rateScale_ = state.at("rate_scale");
  rollbacks_ = state.at("rollbacks");
  spike_.restore(state.at("spike"));
  hacking_.restore(state.at("hacking"));
  stopReason_ = state.at("stop_reason");
  takeSnapshot();
  const std::string snapshotPrefix = "snapshot/", roundPrefix = "round/";
  for (const auto& [name, tensor] : checkpoint.tensors) {
    if (name.starts_with(snapshotPrefix)) snapshot_[name.substr(snapshotPrefix.size())] = tensor;
    if (name.starts_with(roundPrefix)) resumedRound_[name.substr(roundPrefix.size())] = tensor;
  }
  snapshotStep_ = state.at("snapshot_step");
  return true;
}

void AlignTrainer::log(const std::map<std::string, double>& values) {
  Json line{{"step", done_}};
  for (const auto& [name, value] : values) {
    sink_.metric(name, done_, value);
    line[name] = value;
  }
  std::ofstream out(run_.folder / "log.jsonl", std::ios::app);
  out << line.dump() << '\n';
}

}  // namespace plumbline
