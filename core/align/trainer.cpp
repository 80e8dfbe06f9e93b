#include "core/align/trainer.h"

#include <algorithm>
#include <cmath>

#include "core/tensor/noise.h"
#include "core/types/error.h"

namespace plumbline {

using alignment_method::LossValue;
using alignment_method::Moment;
using alignment_method::Phase;
using alignment_method::RoundStart;

namespace {

constexpr double kPixelScale = 127.5;  // [-1, 1] to 255 steps

std::uint64_t streamOf(const std::string& name) {  // FNV-1a: std::hash differs between libraries
  std::uint64_t h = 0xcbf29ce484222325ull;
  for (const char c : name) h = (h ^ std::uint8_t(c)) * 0x100000001b3ull;
  return h;
}

double meanPairwiseDistance(const at::Tensor& pictures) {
  const std::int64_t n = pictures.size(0);
  if (n < 2) return 0;
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = i + 1; j < n; ++j) sum += (pictures[i] - pictures[j]).abs().mean().item<double>();
  }
  return sum * kPixelScale / double(n * (n - 1) / 2);
}

}  // namespace

AlignTrainer::AlignTrainer(alignment_method::Method& method, AlignModel& model, const AlignData& data,
                           AlignRun run, ProgressSink& sink, std::stop_token stop)
    : method_(method),
      model_(model),
      data_(data),
      run_(std::move(run)),
      sink_(sink),
      stop_(stop),
      config_(method.trainerConfig()),
      plan_(method.plan()),
      context_{model,
               data,
               std::uint64_t(config_.seed),
               sink,
               stop,
               {},
               run.control ? &run.control->pause : nullptr},
      spike_(config_.spikeFactor),
      hacking_(config_.hackingPatience) {
  data_.require(plan_.needs);
  model_.setYield(run_.yield);
  std::int64_t perRound = 0;
  for (const Phase& phase : plan_.phases) perRound += phase.steps;
  total_ = perRound * plan_.rounds;
  if (run_.strip.empty()) {
    const std::size_t n = std::min<std::size_t>(data_.prompts.size(), std::size_t(config_.stripPictures));
    run_.strip.assign(data_.prompts.begin(), data_.prompts.begin() + std::ptrdiff_t(n));
  }
  addTrained();
}

void AlignTrainer::addTrained() {
  const auto add = [&](const std::string& name, NamedTensors parameters,
                       const alignment_method::OptimizerSpec& spec) {
    Adam optimizer(parameters, spec.weightDecay > 0 ? spec.weightDecay : config_.weightDecay);
    trained_.push_back({name, std::move(parameters), std::move(optimizer),
                        spec.learningRate > 0 ? spec.learningRate : config_.learningRate});
  };
  for (const auto& a : plan_.adapters) {
    model_.addAdapter(a.adapter, context_.seed ^ streamOf(a.adapter.name));
    if (a.adapter.trainable) {
      add(a.adapter.name, model_.parameters(a.adapter.name), a.optimizer);
    } else {
      for (const auto& [name, p] : model_.parameters(a.adapter.name)) {
        still_.emplace_back(a.adapter.name + "/" + name, p);
      }
    }
  }
  for (const auto& n : plan_.nets) {
    const auto net = n.make(context_.seed ^ streamOf(n.name));
    NamedTensors parameters;
    for (const auto& p : net->named_parameters()) parameters.emplace_back(p.key(), p.value());
    context_.nets[n.name] = net;
    add(n.name, std::move(parameters), n.optimizer);
  }
  if (config_.emaDecay > 0) addAverage();
}

void AlignTrainer::addAverage() {
  for (const auto& a : plan_.adapters) {
    if (a.adapter.name != plan_.result) continue;
    AdapterSpec spec = a.adapter;
    spec.name = "ema";
    spec.trainable = false;
    model_.addAdapter(spec, context_.seed);
  }
  average_ = model_.parameters("ema");
  const NamedTensors source = model_.parameters(plan_.result);
  torch::NoGradGuard guard;
  for (std::size_t i = 0; i < average_.size(); ++i) average_[i].second.copy_(source[i].second);
}

AlignOutcome AlignTrainer::run() {
  std::filesystem::create_directories(run_.folder);
  resumed_ = run_.resume && load();
  if (!resumed_) takeSnapshot();
  if (!stopReason_.empty()) return outcome(AlignEnd::kStoppedEarly);
  drawReferenceStrip();
  const std::int64_t perRound = total_ / plan_.rounds;
  for (int round = int(done_ / perRound); round < plan_.rounds; ++round) {
    if (resumed_ && done_ > perRound * round) {
      method_.resumeRound(context_, round, resumedRound_);
    } else if (method_.beginRound(context_, round) == RoundStart::kWaitForPeople) {
      save();
      return outcome(AlignEnd::kWaiting);
    }
    const Next next = runRound(round, perRound * round);
    if (next == Next::kPause) return outcome(AlignEnd::kPaused);
    if (next == Next::kEnd) break;
    // Saved after the hook, so that a run resumed here does not miss what the hook has moved.
    method_.endRound(context_, round);
    takeSnapshot();
    save();
    if (run_.control && run_.control->pause && done_ < total_) return outcome(AlignEnd::kPaused);
  }
  return outcome(stopReason_.empty() ? AlignEnd::kFinished : AlignEnd::kStoppedEarly);
}

AlignTrainer::Next AlignTrainer::runRound(int round, std::int64_t stepsBefore) {
  for (const Phase& phase : plan_.phases) {
    if (const Next next = runPhase(phase, round, stepsBefore); next != Next::kGo) return next;
    stepsBefore += phase.steps;
  }
  return Next::kGo;
}

AlignTrainer::Next AlignTrainer::runPhase(const Phase& phase, int round, std::int64_t stepsBefore) {
  for (std::int64_t inPhase = std::max<std::int64_t>(0, done_ - stepsBefore); inPhase < phase.steps;
       ++inPhase) {
    throwIfStopped(stop_);
    if (run_.yield) run_.yield();
    step(phase, round, inPhase);
    if (const Next next = afterStep(); next != Next::kGo) return next;
  }
  return Next::kGo;
}

std::vector<std::int64_t> AlignTrainer::itemsFor(const Phase& phase, std::int64_t micro) const {
  const std::int64_t n = method_.itemCount(context_, phase.name);
  if (n <= 0)
    throw Error(ErrorKind::kInvalidInput, "there is nothing to train on in phase '" + phase.name + "'");
  std::vector<std::int64_t> items, order;
  std::int64_t epochOfOrder = -1;
  for (int j = 0; j < phase.batch; ++j) {
    const std::int64_t position = micro * phase.batch + j;
    if (position / n != epochOfOrder) {
      epochOfOrder = position / n;
      order = NoiseStream(context_.seed, streamOf(phase.name), std::uint64_t(epochOfOrder),
                          NoisePurpose::kShuffle)
                  .permutation(std::size_t(n));
    }
    items.push_back(order[std::size_t(position % n)]);
  }
  return items;
}

std::vector<AlignTrainer::Trained*> AlignTrainer::selectTrained(const Phase& phase) {
  std::vector<Trained*> selected;
  for (Trained& t : trained_) {
    const bool use = std::find(phase.trains.begin(), phase.trains.end(), t.name) != phase.trains.end();
    for (auto& [name, p] : t.parameters) p.set_requires_grad(use);
    t.optimizer.zeroGradients();
    if (use) selected.push_back(&t);
  }
  return selected;
}

double AlignTrainer::accumulate(const Phase& phase, int round, std::int64_t inPhase) {
  std::map<std::string, double> metrics;
  double total = 0;
  for (int m = 0; m < phase.accumulation; ++m) {
    throwIfStopped(stop_);
    if (m > 0 && run_.yield) run_.yield();
    const std::int64_t micro = (std::int64_t(round) * phase.steps + inPhase) * phase.accumulation + m;
    const Moment moment{round, phase.name, done_, m, itemsFor(phase, micro)};
    const LossValue value = method_.loss(context_, moment);
    if (value.loss.requires_grad()) (value.loss / double(phase.accumulation)).backward();
    total += value.loss.item<double>() / phase.accumulation;
    for (const auto& [name, v] : value.metrics) metrics[name] += v / phase.accumulation;
  }
  metrics["loss"] = total;
  log(metrics);
  return total;
}

double AlignTrainer::clipGradients(const std::vector<Trained*>& trained) const {
  double squares = 0;
  for (const Trained* t : trained) {
    for (const auto& [name, p] : t->parameters) {
      if (p.grad().defined()) squares += p.grad().to(torch::kFloat64).square().sum().item<double>();
    }
  }
  const double norm = std::sqrt(squares);
  if (config_.clip > 0 && std::isfinite(norm) && norm > config_.clip) {
    torch::NoGradGuard guard;
    for (const Trained* t : trained) {
      for (const auto& [name, p] : t->parameters) {
        if (p.grad().defined()) p.grad().mul_(config_.clip / norm);
      }
    }
  }
  return norm;
}

void AlignTrainer::step(const Phase& phase, int round, std::int64_t inPhase) {
  const std::vector<Trained*> trained = selectTrained(phase);
  const double loss = accumulate(phase, round, inPhase);
  const double norm = clipGradients(trained);
  if (const std::string why = spike_.check(loss, norm); !why.empty()) {
    ++done_;
    rollBack(why);
    return;
  }
  const double rate = rateNow();
  for (Trained* t : trained) t->optimizer.step(t->learningRate * rate);
  ++done_;
  updateAverage();
  log({{"gradient_norm", norm}});
}

double AlignTrainer::rateNow() const {
  const double warm = config_.warmupSteps > 0 ? std::min(1.0, double(done_ + 1) / config_.warmupSteps) : 1.0;
  const double fallen =
      (1 - config_.finalRate) * double(done_) / double(std::max<std::int64_t>(1, total_ - 1));
  return warm * (1 - fallen) * rateScale_;
}

void AlignTrainer::rollBack(const std::string& why) {
  if (++rollbacks_ > config_.maxRollbacks) {
    throw Error(ErrorKind::kExhausted,
                "the run diverged (" + why + ") again and again; start it with a lower learning_rate",
                "step " + std::to_string(done_));
  }
  restoreState(snapshot_, "");
  rateScale_ *= 0.5;
  sink_.warning("step " + std::to_string(done_) + ": " + why + "; went back to step " +
                std::to_string(snapshotStep_) + " with half the learning rate");
}

void AlignTrainer::updateAverage() {
  if (average_.empty()) return;
  torch::NoGradGuard guard;
  const double decay = std::min(config_.emaDecay, (1.0 + double(done_)) / (10.0 + double(done_)));
  const NamedTensors source = model_.parameters(plan_.result);
  for (std::size_t i = 0; i < average_.size(); ++i) {
    average_[i].second.mul_(decay).add_(source[i].second, 1 - decay);
  }
}

AlignTrainer::Next AlignTrainer::afterStep() {
  sink_.progress("training", done_, total_);
  if (!run_.strip.empty() && (done_ % config_.stripEvery == 0 || done_ == total_)) checkStrip();
  const bool due = done_ % config_.checkpointEvery == 0;
  if (due) takeSnapshot();
  if ((run_.control && run_.control->finish) || !stopReason_.empty()) {
    save();
    return Next::kEnd;
  }
  if (done_ % (total_ / plan_.rounds) == 0) return Next::kGo;  // the end of a round saves by itself
  const bool pause = run_.control && run_.control->pause;
  if (due || pause) save();
  return pause ? Next::kPause : Next::kGo;
}

void AlignTrainer::drawReferenceStrip() {
  if (run_.strip.empty()) return;
  torch::NoGradGuard guard;
  stripReference_ = model_.draw(run_.strip, run_.stripSettings, "", {}, false, stop_).pictures;
  if (resumed_) return;
  if (run_.writeStrip) run_.writeStrip(run_.folder / "strips" / "reference", stripReference_);
  if (!data_.reward) return;
  std::vector<std::string> prompts;
  for (const DrawItem& item : run_.strip) prompts.push_back(item.prompt);
  const auto scores = data_.reward->bothScores(stripReference_, prompts);
  const double reward = scores.first.mean().item<double>(), heldOut = scores.second.mean().item<double>();
  hacking_.check(reward, heldOut);
  log({{"strip_reward", reward},
       {"strip_reward_held_out", heldOut},
       {"distance_to_reference", 0.0},
       {"diversity", meanPairwiseDistance(stripReference_)}});
}

void AlignTrainer::checkStrip() {
  torch::NoGradGuard guard;
  const std::string adapter = average_.empty() ? plan_.result : "ema";
  const at::Tensor pictures = model_.draw(run_.strip, run_.stripSettings, adapter, {}, false, stop_).pictures;
  const double distance = (pictures - stripReference_).abs().mean().item<double>() * kPixelScale;
  std::map<std::string, double> values{{"distance_to_reference", distance},
                                       {"diversity", meanPairwiseDistance(pictures)}};
  if (data_.reward) {
    std::vector<std::string> prompts;
    for (const DrawItem& item : run_.strip) prompts.push_back(item.prompt);
    const auto scores = data_.reward->bothScores(pictures, prompts);
    values["strip_reward"] = scores.first.mean().item<double>();
    values["strip_reward_held_out"] = scores.second.mean().item<double>();
    if (hacking_.check(values["strip_reward"], values["strip_reward_held_out"])) {
      stopReason_ = "the trained reward rises while the held-out reward falls";
    }
  }
  if (config_.maxDistance > 0 && distance > config_.maxDistance) {
    stopReason_ = "the pictures have moved further from the reference than max_distance allows";
  }
  log(values);
  if (run_.writeStrip) {
    const std::filesystem::path folder = run_.folder / "strips" / ("step-" + std::to_string(done_));
    run_.writeStrip(folder, pictures);
    sink_.artifact("strip", folder.string());
  }
}

AlignOutcome AlignTrainer::outcome(AlignEnd end) {
  AlignOutcome result;
  result.end = end;
  result.reason = stopReason_;
  result.steps = done_;
  result.adapter = average_.empty() ? plan_.result : "ema";
  result.summary = method_.summary();
  result.summary["rollbacks"] = rollbacks_;
  if (end == AlignEnd::kFinished || end == AlignEnd::kStoppedEarly) {
    result.folder = run_.folder / "adapter";
    model_.exportAdapter(result.adapter, result.folder.string());
    sink_.artifact("adapter", result.folder.string());
  }
  return result;
}

}  // namespace plumbline
